import type { Clock, Timer } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { PriceTable } from './price-table.ts';
import { PRICES_READ_EVERY_MS } from './price-table.ts';

/** Reads prices now and then, for what other processes set; until it is told to stop. */
export class PriceRefresher {
  readonly #table: Pick<PriceTable, 'load'>;
  readonly #clock: Clock;
  readonly #log: Log;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(table: Pick<PriceTable, 'load'>, clock: Clock, log: Log) {
    this.#table = table;
    this.#clock = clock;
    this.#log = log;
  }

  /** The first time before anything is priced; it fails where the store does. */
  async start(): Promise<void> {
    await this.#table.load();
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = this.#clock.after(PRICES_READ_EVERY_MS, () => {
      this.#table
        .load()
        .catch((fault: unknown) => {
          // What was read before still holds.
          this.#log.warn('prices_not_read', { reason: String(fault) });
        })
        .finally(() => {
          this.#schedule();
        });
    });
  }
}
