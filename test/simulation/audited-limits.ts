import type {
  MeterStanding,
  RateDemand,
  RateExcess,
  RateLimits,
  RatePermit,
  RateRules,
} from '../../src/limits/rate-limits.ts';
import type { Clock } from '../../src/std/clock.ts';

interface Admitted {
  readonly perMinute: number;
  /** The least of "how many before" less what had drained by then. */
  lowest: number;
  count: number;
}

const MINUTE_MS = 60_000;
/** Moments are whole microseconds and amounts are not: less than one request of any limit. */
const ROUNDING = 0.01;

/**
 * Counts what the real limits let through: over no window more than what drains in it and what may
 * be there at once (reliability §4.2, I14), and never more at once than a key may have.
 */
export class AuditedLimits implements RateLimits {
  readonly #limits: RateLimits;
  readonly #clock: Clock;
  readonly #onProblem: (problem: string) => void;
  readonly #admitted = new Map<string, Admitted>();
  readonly #running = new Map<string, number>();

  constructor(limits: RateLimits, clock: Clock, onProblem: (problem: string) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onProblem = onProblem;
  }

  async admit(demand: RateDemand): Promise<RatePermit | RateExcess> {
    const atMs = this.#clock.monotonicMs();
    const answer = await this.#limits.admit(demand);
    if (answer.kind === 'excess') return answer;
    this.#note(demand, atMs);
    return {
      ...answer,
      giveBack: (used) => {
        answer.giveBack(used);
        this.#running.set(demand.subject, this.#runningOf(demand.subject) - 1);
      },
    };
  }

  ask(demand: RateDemand): Promise<RateExcess | undefined> {
    return this.#limits.ask(demand);
  }

  look(subject: string, rules: RateRules): Promise<readonly MeterStanding[]> {
    return this.#limits.look(subject, rules);
  }

  #note({ subject, rules }: RateDemand, atMs: number): void {
    const running = this.#runningOf(subject) + 1;
    this.#running.set(subject, running);
    if (running > (rules.concurrency ?? Infinity)) {
      this.#onProblem(`I14 ${subject}: ${String(running)} at once`);
    }
    const { requests: perMinute } = rules.perMinute;
    if (perMinute === undefined) return;
    const drained = (atMs * perMinute) / MINUTE_MS;
    const known = this.#admitted.get(subject);
    const state: Admitted = known ?? { perMinute, lowest: Infinity, count: 0 };
    this.#admitted.set(subject, state);
    state.lowest = Math.min(state.lowest, state.count - drained);
    state.count += 1;
    const most = state.count - drained - state.lowest;
    if (most > perMinute + ROUNDING) {
      this.#onProblem(`I14 ${subject}: ${String(most)} of ${String(perMinute)} a minute`);
    }
  }

  #runningOf(subject: string): number {
    return this.#running.get(subject) ?? 0;
  }
}
