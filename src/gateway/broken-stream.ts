import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/** What a stream amounts to that cannot be passed on any further. */
export function brokenStream(detail: string): Refusal {
  const text = `The upstream sent a broken stream: ${detail}.`;
  return refusal('upstream_failed', text, { reason: 'upstream_error' });
}
