import type { Clock, Timer } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { LedgerCounts } from './ledger-counts.ts';

const FIRST_WAIT_MS = 500;
const WAIT_MS_MAX = 30_000;
/** More than this may not wait: new requests are refused before that. */
const WAITING_MAX = 10_000;
const REFUSING_PERCENT = 80;
const LOGGED_EVERY = 20;

interface Waiting {
  readonly holdId: string;
  readonly run: () => Promise<void>;
  tries: number;
  timer: Timer | undefined;
}

/**
 * Ends of holds that the store did not take: they stay in memory and are tried again until they land
 * (reliability §4.5), never dropped. What a process takes with it when it dies its checkpoints say.
 */
export class SettlementRetries {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counts: LedgerCounts;
  readonly #waiting = new Set<Waiting>();
  #isClosed = false;

  constructor({ clock, log, counts }: { clock: Clock; log: Log; counts: LedgerCounts }) {
    this.#clock = clock;
    this.#log = log;
    this.#counts = counts;
  }

  /** Whether so much waits that nothing may be added. */
  get isFull(): boolean {
    return this.#waiting.size >= (WAITING_MAX * REFUSING_PERCENT) / 100;
  }

  /** Runs an order; true once it has landed, false where it goes on behind the request. */
  async land(holdId: string, run: () => Promise<void>): Promise<boolean> {
    const waiting: Waiting = { holdId, run, tries: 0, timer: undefined };
    if (await this.#try(waiting)) return true;
    this.#waiting.add(waiting);
    this.#counts.settlementsWaiting = this.#waiting.size;
    this.#again(waiting);
    return false;
  }

  /** Tries what waits once more, each once, and ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const left = [...this.#waiting];
    for (const { timer } of left) timer?.cancel();
    await Promise.all(left.map(async (waiting) => this.#try(waiting)));
  }

  async #try(waiting: Waiting): Promise<boolean> {
    waiting.tries += 1;
    try {
      await waiting.run();
    } catch (fault) {
      this.#counts.storeFaults += 1;
      const { holdId, tries } = waiting;
      if (tries % LOGGED_EVERY === 1) {
        this.#log.error('settlement_failed', { holdId, tries, reason: String(fault) });
      }
      return false;
    }
    this.#waiting.delete(waiting);
    this.#counts.settlementsWaiting = this.#waiting.size;
    return true;
  }

  #again(waiting: Waiting): void {
    if (this.#isClosed) return;
    const waitMs = Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** Math.min(waiting.tries - 1, 10));
    waiting.timer = this.#clock.after(waitMs, () => {
      void this.#try(waiting).then((hasLanded) => {
        if (!hasLanded) this.#again(waiting);
      });
    });
  }
}
