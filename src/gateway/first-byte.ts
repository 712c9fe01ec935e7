import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { StreamFault } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import { HeldSource } from './held-source.ts';

/**
 * Waits for the first byte of an answer's body. Resolves with the same answer, no byte of it lost,
 * or with the refusal that a break before that amounts to. An error has said all that counts in its
 * head, and a break that a scenario orders is for the caller to see.
 */
export async function awaitFirstByte(
  outcome: UpstreamAnswer | Refusal,
  cancellation: Cancellation,
): Promise<UpstreamAnswer | Refusal> {
  if (isRefusal(outcome) || outcome.status >= 400) return outcome;
  const held = new HeldSource(outcome.body, () => true);
  const state = await held.begin(cancellation);
  if (state === 'broken' && outcome.isScripted !== true) return brokenBefore(held.fault);
  return { ...outcome, body: held };
}

/** What a break amounts to before any of an answer could go out. */
export function brokenBefore(fault: StreamFault | undefined): Refusal {
  return refusal(fault?.kind === 'idle-timeout' ? 'upstream_timeout' : 'upstream_truncated');
}
