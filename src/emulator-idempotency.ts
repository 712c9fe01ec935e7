import type { Idempotency } from './gateway/idempotent-answer.ts';
import { IdempotentRuns } from './gateway/idempotent-runs.ts';
import type { IdempotencyStore } from './ledger/idempotency-store.ts';
import type { Clock } from './std/clock.ts';
import type { openTemporaryStore } from './store/temporary-store.ts';
import type { Log } from './telemetry/log.ts';

type TemporaryStore = Awaited<ReturnType<typeof openTemporaryStore>>;

const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Idempotency keys of an emulator inside a test suite. Most suites send none, so their store is
 * opened when the first one comes, and a start costs nothing for it.
 */
export class EmulatorIdempotency implements Idempotency {
  readonly owner = 'emulator';
  readonly runs: IdempotentRuns;
  readonly store: IdempotencyStore;
  readonly #log: Log;
  #opening: Promise<TemporaryStore> | undefined;

  constructor(clock: Clock, log: Log) {
    this.#log = log;
    this.runs = new IdempotentRuns(clock);
    this.store = {
      claim: async (order) => (await this.#open()).claim(order),
      look: async (question) => (await this.#open()).look(question),
      complete: async (order) => (await this.#open()).complete(order),
      abandon: async (place) => (await this.#open()).abandon(place),
      runningOwners: async () => (await this.#open()).runningOwners(),
      abandonOwner: async (owner) => (await this.#open()).abandonOwner(owner),
      forgetExpired: async (atMs, limit) => (await this.#open()).forgetExpired(atMs, limit),
    };
  }

  answerBytesMax(): number {
    return ANSWER_BYTES_MAX;
  }

  async close(): Promise<void> {
    await this.runs.idle();
    const opened = await this.#opening;
    await opened?.close();
  }

  async #open(): Promise<IdempotencyStore> {
    this.#opening ??= this.#openStore();
    try {
      return (await this.#opening).idempotency;
    } catch (error) {
      // A store that could not be opened is tried again, and is nothing that a stop would close.
      this.#opening = undefined;
      throw error;
    }
  }

  async #openStore(): Promise<TemporaryStore> {
    const { openTemporaryStore } = await import('./store/temporary-store.ts');
    return openTemporaryStore((reason) => {
      this.#log.error('store_died', { reason });
    });
  }
}
