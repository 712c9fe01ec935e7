import type { Clock } from '../std/clock.ts';
import type { BatchRunner } from './batch-runner.ts';
import type { BatchFiles, BatchStore } from './batch-store.ts';

export interface TendedBatches {
  readonly store: BatchStore;
  readonly files: BatchFiles;
  readonly clock: Clock;
  readonly runner: BatchRunner;
}

const DAY_MS = 86_400_000;
/** How long results can be fetched, from the making of the batch; API reference §1.5. */
const RESULTS_MS = 29 * DAY_MS;
/** How long a batch is listed after that. */
const ROWS_MS = 365 * DAY_MS;
/** What one round takes, so that none is long. */
const ROUND_BATCHES = 100;
const ownId = /^msgbatch_[0-9A-Za-z]+$/;

/**
 * Before anything is served: what a crash left behind is cleared away, and batches that have not
 * ended are taken on.
 */
export async function recoverBatches({ store, files, runner }: TendedBatches): Promise<void> {
  for (const id of store.idsWithItems()) {
    const known = store.statusOf(id);
    if (known === undefined || known.status === 'ended') await store.removeItems(id);
  }
  for (const id of await files.ids()) {
    if (!ownId.test(id)) continue;
    const known = store.statusOf(id);
    if (known === undefined || known.isArchived) await files.remove(id);
    else if (known.status === 'ended') await files.removeRequests(id);
  }
  for (const batch of store.unfinished()) runner.add(batch);
}

/** Expires batches that are over their time, removes results that are, forgets what is long gone. */
export async function sweepBatches({ store, files, clock, runner }: TendedBatches): Promise<void> {
  const nowMs = clock.wallMs();
  for (const batch of store.unfinished()) {
    // Made or canceled by another process on the same directory.
    if (!runner.has(batch.id)) runner.add(batch);
    if (batch.status === 'canceling') runner.close(batch.id, 'canceled');
    if (batch.expiresAtMs <= nowMs) runner.close(batch.id, 'expired');
  }
  for (const id of store.toArchive(nowMs - RESULTS_MS, ROUND_BATCHES)) {
    await store.archive(id, nowMs);
    await files.remove(id);
  }
  await store.removeOld(nowMs - ROWS_MS, ROUND_BATCHES);
}
