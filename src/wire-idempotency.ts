import type { Config } from './config/config.ts';
import type { Idempotency } from './gateway/idempotent-answer.ts';
import { IdempotentRuns } from './gateway/idempotent-runs.ts';
import type { SweepParts } from './gateway/idempotent-sweep.ts';
import { IdempotentSweep } from './gateway/idempotent-sweep.ts';
import type { IdempotencyStore } from './ledger/idempotency-store.ts';
import type { OwnerLocks } from './store/owner-locks.ts';

export interface IdempotencyWiring extends Pick<SweepParts, 'owner' | 'clock' | 'log'> {
  readonly store: {
    readonly idempotency: IdempotencyStore;
    readonly owners: Pick<OwnerLocks, 'isAlive'>;
  };
  readonly config: () => Config;
}

/** What answers requests with an idempotency key once, with what tends it. */
export interface WiredIdempotency {
  readonly idempotency: Idempotency;
  /** Gives back what a process that died had claimed: before the first request. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Puts together what keeps idempotency keys. */
export function wireIdempotency({ store, config, ...wiring }: IdempotencyWiring): WiredIdempotency {
  const sweep = new IdempotentSweep({
    ...wiring,
    isAlive: (owner) => store.owners.isAlive(owner),
    store: store.idempotency,
  });
  return {
    idempotency: {
      store: store.idempotency,
      owner: wiring.owner,
      runs: new IdempotentRuns(wiring.clock),
      answerBytesMax: () => config().limits.idempotent_answer_bytes_max,
    },
    start: () => sweep.start(),
    close: () => sweep.close(),
  };
}
