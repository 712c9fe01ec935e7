import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/** A 400 about one option, in the words that clients of the form look for; Workers reference §1.9. */
export function invalidOption(place: string, expected: string): Refusal {
  return refusal('invalid_request', `Invalid value at ${place}: expected ${expected}`, {
    param: place,
  });
}
