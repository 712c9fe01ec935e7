import type { Clock } from '../std/clock.ts';

/** A target that says no longer how long it wants to be left alone is asked again after this. */
const UNSAID_MS = 1000;
/** What an upstream asks for beyond this is not believed: a probe costs one refusal. */
const PAUSE_MS_MAX = 300_000;

/**
 * Targets that said 429, and until when each wants to be left alone. That is no failure of theirs
 * (reliability §1.2), so no breaker hears of it.
 */
export class TargetPauses {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It said 429, and how long to wait, if it said that. */
  note(healthKey: string, retryAfterMs: number | undefined): void {
    const pauseMs = Math.min(PAUSE_MS_MAX, retryAfterMs ?? UNSAID_MS);
    const untilMs = this.#clock.monotonicMs() + pauseMs;
    this.#untilMs.set(healthKey, Math.max(untilMs, this.#untilMs.get(healthKey) ?? 0));
  }

  /** Who wants, or wanted, to be left alone. */
  get keys(): Iterable<string> {
    return this.#untilMs.keys();
  }

  /** What these keys stood for is not there any more. */
  forget(isGone: (healthKey: string) => boolean): void {
    for (const healthKey of this.#untilMs.keys())
      if (isGone(healthKey)) this.#untilMs.delete(healthKey);
  }

  /** How long it still wants to be left alone; 0 where it may be asked. */
  leftMs(healthKey: string): number {
    const untilMs = this.#untilMs.get(healthKey);
    if (untilMs === undefined) return 0;
    const leftMs = untilMs - this.#clock.monotonicMs();
    if (leftMs > 0) return leftMs;
    this.#untilMs.delete(healthKey);
    return 0;
  }
}
