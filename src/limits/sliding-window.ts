import type { Clock } from '../std/clock.ts';
import type { Admission, RequestWindow, WindowRule } from './window-rule.ts';
import { permit } from './window-rule.ts';

/** Most moments that one window remembers. */
const MOMENTS_MAX = 200;

/** Requests that came so close together that they are forgotten together. */
interface Moment {
  readonly firstMs: number;
  lastMs: number;
  count: number;
}

/**
 * The time just past, as long as the interval: a request is counted until it is that long ago. Exact
 * for limits of up to 200; above, requests within a two-hundredth of the interval are forgotten with
 * the last of them, so that memory is bounded and the limit still holds for any time of the
 * interval's length. Workers reference §3.6.
 */
export class SlidingWindow implements RequestWindow {
  readonly #rule: WindowRule;
  /** Durations are measured by the clock that does not jump. */
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #togetherMs: number;
  /** In order of time. */
  readonly #moments: Moment[] = [];
  #count = 0;

  constructor(rule: WindowRule, clock: Pick<Clock, 'monotonicMs'>) {
    this.#rule = rule;
    this.#clock = clock;
    this.#togetherMs = rule.limit > MOMENTS_MAX ? rule.intervalMs / MOMENTS_MAX : 0;
  }

  /** How much it remembers. */
  get moments(): number {
    return this.#moments.length;
  }

  admit(): Admission {
    const admission = this.look();
    if (admission.kind === 'permit') this.#remember(this.#clock.monotonicMs());
    return admission;
  }

  look(): Admission {
    const { limit, intervalMs } = this.#rule;
    const nowMs = this.#clock.monotonicMs();
    this.#forget(nowMs);
    if (this.#count >= limit) {
      const oldestMs = this.#moments[0]?.lastMs ?? nowMs;
      return { kind: 'excess', retryAfterMs: oldestMs + intervalMs - nowMs };
    }
    return permit;
  }

  #forget(nowMs: number): void {
    const { intervalMs } = this.#rule;
    const first = this.#moments.findIndex(({ lastMs }) => lastMs + intervalMs > nowMs);
    const past = this.#moments.splice(0, first < 0 ? this.#moments.length : first);
    for (const { count } of past) this.#count -= count;
  }

  #remember(nowMs: number): void {
    this.#count += 1;
    const newest = this.#moments.at(-1);
    if (newest !== undefined && nowMs - newest.firstMs <= this.#togetherMs) {
      newest.lastMs = nowMs;
      newest.count += 1;
      return;
    }
    this.#moments.push({ firstMs: nowMs, lastMs: nowMs, count: 1 });
  }
}
