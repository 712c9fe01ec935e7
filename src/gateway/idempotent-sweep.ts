import type { IdempotencyStore } from '../ledger/idempotency-store.ts';
import type { Clock, Timer } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';

const EVERY_MS = 60_000;
/** At a time, so that no other write waits long. */
const PAGE = 500;
/** Of one round: what is left over is there in the next. */
const PAGES_MAX = 100;

export interface SweepParts {
  readonly store: Pick<IdempotencyStore, 'runningOwners' | 'abandonOwner' | 'forgetExpired'>;
  /** This process. */
  readonly owner: string;
  /** Whether another one over the same store runs: what it has under way is its own. */
  readonly isAlive: (owner: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Gives back idempotency keys of processes that died while they ran, as the next one starts, and
 * forgets those whose time is up, all along (wallet reference §8, case I08).
 */
export class IdempotentSweep {
  readonly #parts: SweepParts;
  #timer: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: SweepParts) {
    this.#parts = parts;
  }

  /** Before the first request comes. */
  async start(): Promise<void> {
    const { store, owner, isAlive, log } = this.#parts;
    let abandoned = 0;
    for (const other of await store.runningOwners()) {
      if (other !== owner && !isAlive(other)) abandoned += await store.abandonOwner(other);
    }
    if (abandoned > 0) log.info('idempotency_keys_given_back', { count: abandoned });
    this.#schedule();
  }

  /** One round. */
  async sweep(): Promise<void> {
    const { store, clock } = this.#parts;
    const atMs = clock.wallMs();
    for (let page = 0; page < PAGES_MAX && !this.#isClosed; page += 1) {
      if ((await store.forgetExpired(atMs, PAGE)) < PAGE) return;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#round;
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = this.#parts.clock.after(EVERY_MS, () => {
      this.#round = this.sweep().then(
        () => {
          this.#schedule();
        },
        (error: unknown) => {
          // What stays is forgotten in a later round, and is not given again meanwhile.
          this.#parts.log.warn('idempotency_sweep_failed', { reason: String(error) });
          this.#schedule();
        },
      );
    });
  }
}
