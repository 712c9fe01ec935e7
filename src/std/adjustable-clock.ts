import type { Clock, Timer } from './clock.ts';
import { systemClock } from './clock.ts';

interface PendingTimer {
  dueMs: number;
  real: Timer;
  readonly order: number;
  readonly run: () => void;
}

/**
 * The machine's clock, which can be set forward: time passes as it does, and `advance` makes an
 * hour of it pass at once. Timers that come due on the way run in their order before it returns.
 */
export class AdjustableClock implements Clock {
  #aheadMs = 0;
  #order = 0;
  readonly #real: Clock;
  readonly #pending = new Set<PendingTimer>();

  constructor(real: Clock = systemClock) {
    this.#real = real;
  }

  wallMs(): number {
    // Whole milliseconds, as the machine's are; how far it is ahead has fractions.
    return this.#real.wallMs() + Math.floor(this.#aheadMs);
  }

  monotonicMs(): number {
    return this.#real.monotonicMs() + this.#aheadMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const fire = (): void => {
      this.#pending.delete(timer);
      run();
    };
    const dueMs = this.monotonicMs() + delayMs;
    const real = this.#real.after(delayMs, fire);
    const timer: PendingTimer = { dueMs, real, order: this.#order++, run: fire };
    this.#pending.add(timer);
    return {
      cancel: () => {
        timer.real.cancel();
        this.#pending.delete(timer);
      },
      restart: () => {
        timer.real.cancel();
        timer.dueMs = this.monotonicMs() + delayMs;
        timer.real = this.#real.after(delayMs, fire);
        this.#pending.add(timer);
      },
    };
  }

  /** Sets the clock forward by so much. */
  advance(byMs: number): void {
    const targetMs = this.monotonicMs() + byMs;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (next.dueMs > targetMs) break;
      this.#aheadMs += Math.max(0, next.dueMs - this.monotonicMs());
      next.real.cancel();
      next.run();
    }
    this.#aheadMs += Math.max(0, targetMs - this.monotonicMs());
    for (const timer of this.#pending) {
      timer.real.cancel();
      timer.real = this.#real.after(Math.max(0, timer.dueMs - this.monotonicMs()), timer.run);
    }
  }

  #next(): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#pending) {
      const isEarlier =
        next === undefined ||
        timer.dueMs < next.dueMs ||
        (timer.dueMs === next.dueMs && timer.order < next.order);
      if (isEarlier) next = timer;
    }
    return next;
  }
}
