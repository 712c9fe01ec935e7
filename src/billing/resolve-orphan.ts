import type { HoldRecord, LedgerStore } from '../ledger/ledger-store.ts';
import { readCheckpoint } from './charge-record.ts';

/** What became of a hold whose process is dead or whose time is up. */
export type OrphanEnd = 'settled' | 'released' | 'unresolved';

/** Whether anybody may still come back for it: only until its time is up. */
export interface OrphanMoment {
  readonly isExpired: boolean;
  readonly atMs: number;
  /** How long one of which nothing was heard stands from now on: whoever ran it does no more. */
  readonly untilMs: number;
}

/**
 * Ends a hold by what its checkpoints say (wallet reference §4.4, §4.8): nothing was sent, so it goes
 * back; counts were final, so they are settled as they are; content went out, so what was seen of it
 * is settled; sent and nothing heard, so it stays until its time is up, and what it may have cost is
 * ours.
 */
export async function resolveOrphan(
  ledger: LedgerStore,
  hold: HoldRecord,
  { isExpired, atMs, untilMs }: OrphanMoment,
): Promise<OrphanEnd> {
  const { holdId, checkpoint } = hold;
  if (checkpoint === undefined) {
    await ledger.release({ holdId, why: 'owner_died', upstreamCosts: [], charge: '{}', atMs });
    return 'released';
  }
  const { charge, attempt, upstreamCosts } = readCheckpoint(checkpoint.seen);
  const isSeen = checkpoint.stage !== 'sent';
  if (isSeen && checkpoint.costNanoUsd > 0n) {
    const amountNanoUsd = checkpoint.costNanoUsd;
    await ledger.settle({ holdId, amountNanoUsd, attempt, upstreamCosts, charge, atMs });
    return 'settled';
  }
  if (isSeen || isExpired) {
    const why = isSeen ? 'owner_died' : 'expired';
    await ledger.release({ holdId, why, upstreamCosts, charge, atMs });
    return 'released';
  }
  if (hold.state === 'open') await ledger.leaveUnresolved(holdId, untilMs);
  return 'unresolved';
}
