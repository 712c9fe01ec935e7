import type { Cancellation } from '../std/cancellation.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import type { AttemptedExchange } from './exchange.ts';

/** Answers of one upstream that are read on at once for nobody; what is beyond that is cancelled. */
export const DRAINS_MAX = 16;
/** How long one of them may take. */
export const DRAIN_MS = 60_000;

/**
 * Answers that are read to their end although their callers have gone: an upstream that bills the
 * whole answer anyway says at the end of it how much that was; reliability §2.2. Bounded for each
 * upstream in number, and for each answer in time.
 */
export class DrainedAnswers {
  readonly #clock: Clock;
  readonly #byUpstream = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many are being read. */
  get count(): number {
    let all = 0;
    for (const count of this.#byUpstream.values()) all += count;
    return all;
  }

  /**
   * A place for one of an upstream's answers, with `giveUp` for when it took too long; undefined
   * where there is none. What comes back gives the place back, once.
   */
  begin(upstream: string, giveUp: () => void): (() => void) | undefined {
    const taken = this.#byUpstream.get(upstream) ?? 0;
    if (taken >= DRAINS_MAX) return undefined;
    this.#byUpstream.set(upstream, taken + 1);
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      const left = (this.#byUpstream.get(upstream) ?? 1) - 1;
      if (left === 0) this.#byUpstream.delete(upstream);
      else this.#byUpstream.set(upstream, left);
    };
    const timer = this.#clock.after(DRAIN_MS, () => {
      end();
      giveUp();
    });
    return end;
  }
}

/** Whether the upstream of a request is one whose answers are read on. */
export function isDrained({ walk, settings, upstream }: AttemptedExchange): boolean {
  return walk.drained !== undefined && settings.drainedUpstreams?.has(upstream.name) === true;
}

/** The reading on of one stream whose caller has gone, where its upstream is one of which that is done. */
export class UnheardReading {
  readonly #exchange: AttemptedExchange;
  #leave: (() => void) | undefined;

  constructor(exchange: AttemptedExchange) {
    this.#exchange = exchange;
  }

  /** Whether the rest is read; `giveUp` is for when that takes too long. */
  readonly readsOn = (giveUp: () => void): boolean => {
    const { walk, upstream } = this.#exchange;
    if (!isDrained(this.#exchange)) return false;
    this.#leave = walk.drained?.begin(upstream.name, giveUp);
    return this.#leave !== undefined;
  };

  end(): void {
    this.#leave?.();
  }
}

/** A cancellation of its own, for what reads an answer; `end` is for when it has. */
export interface ReadCancellation {
  readonly cancellation: Cancellation;
  readonly end: () => void;
}

/** Cancelled when `cancellation` is or, where the answer is read on all the same, by when that is over. */
export function readCancellation(
  exchange: AttemptedExchange,
  cancellation: Cancellation,
): ReadCancellation {
  const { walk, upstream } = exchange;
  if (!isDrained(exchange)) return { cancellation, end: () => {} };
  const own = new CancellationSource();
  let leave: (() => void) | undefined;
  const forget = cancellation.onCancel(() => {
    leave = walk.drained?.begin(upstream.name, () => {
      own.cancel();
    });
    if (leave === undefined) own.cancel();
  });
  const end = (): void => {
    forget();
    leave?.();
  };
  return { cancellation: own, end };
}
