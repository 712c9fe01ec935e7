import type { Clock, Timer } from './clock.ts';

interface PendingTimer {
  dueMs: number;
  readonly delayMs: number;
  readonly run: () => void;
  readonly order: number;
}

/** A clock that stands still until it is told to move: what tests and simulations run on. */
export class ManualClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #startMs: number;
  readonly #pending = new Set<PendingTimer>();

  constructor(startMs = 1_767_225_600_000) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer: PendingTimer = {
      dueMs: this.#nowMs + delayMs,
      delayMs,
      run,
      order: this.#order++,
    };
    this.#pending.add(timer);
    return {
      cancel: () => {
        this.#pending.delete(timer);
      },
      restart: () => {
        timer.dueMs = this.#nowMs + delayMs;
        this.#pending.add(timer);
      },
    };
  }

  /** Moves time forward and runs what comes due on the way, in order of due time, then of making. */
  advance(byMs: number): void {
    const targetMs = this.#nowMs + byMs;
    for (;;) {
      const next = this.#nextDue(targetMs);
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#nowMs = next.dueMs;
      next.run();
    }
    this.#nowMs = targetMs;
  }

  get pendingTimers(): number {
    return this.#pending.size;
  }

  #nextDue(targetMs: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#pending) {
      if (timer.dueMs > targetMs) continue;
      const earlier =
        next === undefined ||
        timer.dueMs < next.dueMs ||
        (timer.dueMs === next.dueMs && timer.order < next.order);
      if (earlier) next = timer;
    }
    return next;
  }
}
