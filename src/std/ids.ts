import { base62 } from './base62.ts';
import type { Random } from './random.ts';

const REQUEST_ID_LETTERS = 24;

/** A request's id in the API's form: `req_` and 24 letters. */
export function newRequestId(random: Random): string {
  return `req_${base62(REQUEST_ID_LETTERS, (count) => random.bytes(count))}`;
}
