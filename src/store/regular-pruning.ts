import type { Clock, Timer } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';

const EVERY_MS = 600_000;

/** What goes with its time, and how. */
export interface PruningOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long after the start it begins: not all at once, and not while everything starts. */
  readonly firstMs: number;
  /** What the log says where it failed. */
  readonly failure: string;
  readonly prune: () => Promise<void>;
}

/** Removes what is past its time every ten minutes. One that fails is said, and tried again in its turn. */
export class RegularPruning {
  readonly #options: PruningOptions;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: PruningOptions) {
    this.#options = options;
    this.#schedule(options.firstMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #schedule(afterMs: number): void {
    this.#timer = this.#options.clock.after(afterMs, () => {
      void this.#prune();
    });
  }

  async #prune(): Promise<void> {
    const { log, failure, prune } = this.#options;
    try {
      await prune();
    } catch (error) {
      log.error(failure, { reason: String(error) });
    }
    if (!this.#isStopped) this.#schedule(EVERY_MS);
  }
}
