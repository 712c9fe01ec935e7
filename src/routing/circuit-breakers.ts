import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import { drawOf } from '../std/random.ts';

/** Whether an upstream may be asked now. */
export type BreakerVerdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'open'; readonly retryAfterMs: number };

/** Where a breaker stands: open, or half open where the next request finds out, or the one that is out does. */
export type BreakerState =
  | { readonly kind: 'closed' | 'half-open' }
  | { readonly kind: 'open'; readonly openForMs: number };

/** How an attempt ended, as far as it says something of its upstream. */
export type AttemptReport = 'succeeded' | 'failed' | 'said-nothing';

/** Reliability §1.2. */
const CONSECUTIVE_MAX = 5;
const RATE_WINDOW_MS = 10_000;
const RATE_ATTEMPTS_MIN = 20;
const RATE_FAILED_MIN = 0.5;
const OPEN_MS = 5000;
/** Finding out costs one request, and whoever is back is to be used within ten seconds (decision 0023). */
const OPEN_MS_MAX = 6000;
/** A probe of which nothing was heard keeps others from finding out for so long: it may hang for ever. */
const PROBE_MS_MAX = 6000;

interface Breaker {
  consecutive: number;
  windowStartMs: number;
  attempts: number;
  failures: number;
  /** How often it opened without a success in between. */
  opened: number;
  openUntilMs: number | undefined;
  /** Since when the one request is out that finds out whether the upstream is back. */
  probeSinceMs: number | undefined;
  /** When it opened last, or let the last one through that finds out: who was asked before says nothing new. */
  newsSinceMs: number;
}

/**
 * Stops asking an upstream that fails, so that callers are told at once and it can recover. One for
 * each name; names are those of the configuration, so there are few.
 */
export class CircuitBreakers {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #byName = new Map<string, Breaker>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Whether a request may go out; after a break, one at a time finds out whether all may again. */
  admit(name: string): BreakerVerdict {
    const verdict = this.look(name);
    const breaker = this.#byName.get(name);
    const isProbe = verdict.kind === 'pass' && breaker?.openUntilMs !== undefined;
    if (isProbe) breaker.probeSinceMs = breaker.newsSinceMs = this.#clock.monotonicMs();
    return verdict;
  }

  /** The same, without taking the turn of the one that finds out. */
  look(name: string): BreakerVerdict {
    const breaker = this.#byName.get(name);
    if (breaker?.openUntilMs === undefined) return { kind: 'pass' };
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < breaker.openUntilMs) {
      return { kind: 'open', retryAfterMs: breaker.openUntilMs - nowMs };
    }
    const { probeSinceMs } = breaker;
    if (probeSinceMs !== undefined && nowMs - probeSinceMs < PROBE_MS_MAX) {
      return { kind: 'open', retryAfterMs: OPEN_MS };
    }
    return { kind: 'pass' };
  }

  /**
   * What came of an attempt that was asked at `askedMs`. One that hung for long may fail when its
   * upstream is back: that is no reason to leave it alone again.
   */
  report(name: string, said: AttemptReport, askedMs: number = this.#clock.monotonicMs()): void {
    const breaker = this.#byName.get(name) ?? this.#begin(name);
    if (said !== 'succeeded' && askedMs < breaker.newsSinceMs) return;
    breaker.probeSinceMs = undefined;
    if (said === 'said-nothing') return;
    this.#turnWindow(breaker);
    breaker.attempts += 1;
    if (said === 'succeeded') this.#close(breaker);
    else this.#fail(breaker);
  }

  /** Somebody found out elsewhere that it is back: the next request goes there to prove it. */
  letThrough(name: string): void {
    const breaker = this.#byName.get(name);
    if (breaker?.openUntilMs === undefined) return;
    breaker.openUntilMs = Math.min(breaker.openUntilMs, this.#clock.monotonicMs());
    breaker.probeSinceMs = undefined;
  }

  /** Where it stands, for whoever looks after it. */
  stateOf(name: string): BreakerState {
    const openUntilMs = this.#byName.get(name)?.openUntilMs;
    if (openUntilMs === undefined) return { kind: 'closed' };
    const openForMs = openUntilMs - this.#clock.monotonicMs();
    return openForMs > 0 ? { kind: 'open', openForMs } : { kind: 'half-open' };
  }

  /** Those that are not closed: they are open, or wait for the one request that finds out. */
  get openNames(): readonly string[] {
    return [...this.#byName]
      .filter(([, { openUntilMs }]) => openUntilMs !== undefined)
      .map(([name]) => name);
  }

  /** All of which something was ever heard. */
  get names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** What these names stood for is not there any more. */
  forget(isGone: (name: string) => boolean): void {
    for (const name of this.#byName.keys()) if (isGone(name)) this.#byName.delete(name);
  }

  #begin(name: string): Breaker {
    const breaker: Breaker = {
      consecutive: 0,
      windowStartMs: this.#clock.monotonicMs(),
      attempts: 0,
      failures: 0,
      opened: 0,
      openUntilMs: undefined,
      probeSinceMs: undefined,
      newsSinceMs: -Infinity,
    };
    this.#byName.set(name, breaker);
    return breaker;
  }

  #turnWindow(breaker: Breaker): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - breaker.windowStartMs < RATE_WINDOW_MS) return;
    breaker.windowStartMs = nowMs;
    breaker.attempts = 0;
    breaker.failures = 0;
  }

  #close(breaker: Breaker): void {
    breaker.consecutive = 0;
    if (breaker.openUntilMs === undefined) return;
    breaker.openUntilMs = undefined;
    breaker.opened = 0;
    breaker.attempts = 0;
    breaker.failures = 0;
  }

  #fail(breaker: Breaker): void {
    breaker.consecutive += 1;
    breaker.failures += 1;
    const { attempts, failures, consecutive } = breaker;
    const isRateBad = attempts >= RATE_ATTEMPTS_MIN && failures / attempts >= RATE_FAILED_MIN;
    const nowMs = this.#clock.monotonicMs();
    // Whoever is asked all the same says nothing new; a probe that failed does.
    const isOpen = breaker.openUntilMs !== undefined && nowMs < breaker.openUntilMs;
    if (isOpen || (consecutive < CONSECUTIVE_MAX && !isRateBad)) return;
    const openMs = Math.min(OPEN_MS_MAX, OPEN_MS * 2 ** breaker.opened);
    breaker.opened += 1;
    breaker.newsSinceMs = nowMs;
    // Between three quarters and all of it, so that breakers of many gateways do not close at once.
    breaker.openUntilMs = nowMs + openMs * (0.75 + 0.25 * drawOf(this.#random));
  }
}
