import { shownPlace } from '../ai-gateway-form/shown-place.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/** What is said of a member of a body that is not as it has to be; the place of it comes first. */
export function invalidMember(place: string, text: string): Refusal {
  const shown = shownPlace(place);
  return refusal('invalid_request', `Invalid value at ${shown}: ${text}`, { param: shown });
}
