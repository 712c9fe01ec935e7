/** A running timer. `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
  /** Starts the wait anew with the delay it was made with. */
  restart(): void;
}

/**
 * Time as the rest of the house sees it. Wall time is for stamps that people read,
 * monotonic time for durations: the wall may jump, a duration may not.
 */
export interface Clock {
  /** Whole milliseconds since the Unix epoch. */
  wallMs(): number;
  /** Milliseconds from an arbitrary start, never going back, with fractions. */
  monotonicMs(): number;
  /** Runs `run` once after `delayMs`. A pending timer keeps the process alive. */
  after(delayMs: number, run: () => void): Timer;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs: number, run: () => void): Timer {
    const timeout = setTimeout(run, delayMs);
    return {
      cancel: () => {
        clearTimeout(timeout);
      },
      restart: () => {
        timeout.refresh();
      },
    };
  },
};

/** Runs `run` once the event loop has come round: after what is ready now, and before any wait. */
export function afterThisRound(run: () => void): void {
  setImmediate(run);
}
