import type { HoldRecord } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Done, OrderContext } from './audit-note.ts';
import type { HoldAnswer } from './contract.ts';
import { timeText } from './field-schemas.ts';

export function encodeHold(hold: HoldRecord): HoldAnswer {
  return {
    id: hold.holdId,
    account: hold.account,
    key_id: hold.keyId,
    state: hold.state,
    held_nano: String(hold.heldNanoUsd),
    created_at: timeText(hold.createdAtMs),
    expires_at: timeText(hold.expiresAtMs),
    checkpoint: hold.checkpoint?.stage ?? null,
    checkpoint_cost_nano:
      hold.checkpoint === undefined ? null : String(hold.checkpoint.costNanoUsd),
  };
}

/**
 * Gives back what is held for a request whose outcome nobody knows, or whose time is over; of one
 * that runs, that would be money spent twice (wallet reference §12).
 */
export async function releaseHold(
  { parts, atMs }: OrderContext,
  holdId: string,
  reason: string,
): Promise<Done<HoldAnswer> | Refusal> {
  const hold = await parts.ledger.hold(holdId);
  if (hold === undefined) return noHold(holdId);
  const mayGo = hold.state === 'unresolved' || (hold.state === 'open' && hold.expiresAtMs <= atMs);
  if (!mayGo) {
    const text = `The hold is ${hold.state}: only one that is unresolved, or past its time, can be released.`;
    return refusal('conflict', text, { reason: 'hold_not_releasable' });
  }
  const charge = JSON.stringify({ released_by: 'admin', reason });
  const outcome = await parts.ledger.release({
    holdId,
    why: 'by_admin',
    upstreamCosts: [],
    charge,
    atMs,
  });
  const now = await parts.ledger.hold(holdId);
  if (outcome.kind === 'no_hold' || now === undefined) return noHold(holdId);
  const answer = encodeHold(now);
  if (outcome.kind === 'already') return { kind: 'done', answer, note: 'nothing_new' };
  const before = { state: hold.state, held_nano: String(hold.heldNanoUsd) };
  const note = { action: 'hold.release', subject: holdId, account: hold.account, reason, before };
  return { kind: 'done', answer, note: { ...note, after: { state: now.state } } };
}

function noHold(holdId: string): Refusal {
  return refusal('not_found', `There is no hold "${holdId}".`, { reason: 'hold_not_found' });
}
