import { base62 } from './base62.ts';
import type { Random } from './random.ts';

const REQUEST_ID_LETTERS = 24;
const FILE_ID_LETTERS = 22;
const BATCH_ID_LETTERS = 22;

/** A request's id in the API's form: `req_` and 24 letters. */
export function newRequestId(random: Random): string {
  return `req_${base62(REQUEST_ID_LETTERS, (count) => random.bytes(count))}`;
}

/** A file's id in the API's form: `file_01` and 22 letters. */
export function newFileId(random: Random): string {
  return `file_01${base62(FILE_ID_LETTERS, (count) => random.bytes(count))}`;
}

/** A batch's id in the API's form: `msgbatch_01` and 22 letters. */
export function newBatchId(random: Random): string {
  return `msgbatch_01${base62(BATCH_ID_LETTERS, (count) => random.bytes(count))}`;
}
