import type { LoadShedder, SheddableLoad } from '../gateway/shed-load.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Clock } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';

/** How the process fares, as whoever can look at it says. */
export interface ProcessLoad {
  /** By how much the event loop was late, in the worst of a hundred times since it was asked last. */
  takeDelayP99Ms(): number;
  /** How much of the heap that there may be is in use, in percent. */
  heapPercent(): number;
}

/** From where on requests are refused. */
export interface SheddingLimits {
  /** 0 for never. */
  readonly eventLoopMs: number;
  /** 100 for never. */
  readonly streamsHeapPercent: number;
  readonly requestsHeapPercent: number;
}

export interface LoadSheddingOptions {
  readonly clock: Clock;
  readonly load: ProcessLoad;
  readonly limits: () => SheddingLimits;
  readonly log: Log;
}

/** The process is looked at this often at most, by whoever asks. */
const LOOK_EVERY_MS = 1000;
/** One long step is no overload: so many looks in a row have to find the loop late. */
const LATE_LOOKS = 5;
const RETRY_AFTER_MS = 5000;

const levels = ['none', 'streams', 'all'] as const;
type SheddingLevel = (typeof levels)[number];

const shedAt: Readonly<Record<SheddableLoad, ReadonlySet<SheddingLevel>>> = {
  request: new Set(['all']),
  stream: new Set(['streams', 'all']),
};

/**
 * Refuses what a process without time or memory cannot serve, while it still can say so: streams
 * first, then everything. It looks when it is asked, so that an idle process does nothing.
 */
export class LoadShedding implements LoadShedder {
  readonly #options: LoadSheddingOptions;
  #lookedMs: number;
  #lateLooks = 0;
  #level: SheddingLevel = 'none';

  constructor(options: LoadSheddingOptions) {
    this.#options = options;
    this.#lookedMs = options.clock.monotonicMs();
  }

  refuses(load: SheddableLoad): Refusal | undefined {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#lookedMs >= LOOK_EVERY_MS) this.#look(nowMs);
    return shedAt[load].has(this.#level) ? overloaded : undefined;
  }

  #look(nowMs: number): void {
    const { load, limits, log } = this.#options;
    const { eventLoopMs, streamsHeapPercent, requestsHeapPercent } = limits();
    const delayMs = load.takeDelayP99Ms();
    const heapPercent = load.heapPercent();
    this.#lookedMs = nowMs;
    this.#lateLooks = eventLoopMs > 0 && delayMs > eventLoopMs ? this.#lateLooks + 1 : 0;
    const isLate = this.#lateLooks >= LATE_LOOKS;
    const isFull = (percent: number): boolean => percent < 100 && heapPercent > percent;
    const level =
      isLate || isFull(requestsHeapPercent)
        ? 'all'
        : isFull(streamsHeapPercent)
          ? 'streams'
          : 'none';
    if (level === this.#level) return;
    this.#level = level;
    log.warn('load_shedding', { level, delayMs, heapPercent });
  }
}

const overloaded: Refusal = refusal(
  'overloaded',
  'The gateway has more to do than it can. Please try again in a few seconds.',
  { retryAfterMs: RETRY_AFTER_MS },
);
