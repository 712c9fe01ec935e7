import { shownPlace } from '../../ai-gateway-form/shown-place.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';

/**
 * A 400 about one value, in the words that clients of this form look for. `place` is a JSON pointer
 * without its first slash; Workers reference §1.9.
 */
export function invalidValue(place: string, detail: string): Refusal {
  const shown = shownPlace(place);
  const at = shown === '' ? 'the top level' : shown;
  return refusal('invalid_request', `Invalid value at ${at}: ${detail}`, { param: shown });
}
