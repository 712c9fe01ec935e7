import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/** A 400 about a parameter of the query, in the words of the form. */
export function invalidInQuery(place: string, expected: string): Refusal {
  const text = `Invalid value at ${place}: expected ${expected}`;
  return refusal('invalid_request', text, { param: place });
}
