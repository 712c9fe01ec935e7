import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';

/**
 * A 400 about one value, in the words that clients of this form look for. `place` is a JSON pointer
 * without its first slash; Workers reference §1.9.
 */
export function invalidValue(place: string, detail: string): Refusal {
  const at = place === '' ? 'the top level' : place;
  return refusal('invalid_request', `Invalid value at ${at}: ${detail}`, { param: place });
}
