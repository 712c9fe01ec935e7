import { assert } from '../std/assert.ts';
import type { Clock } from '../std/clock.ts';
import type { GcraAnswer } from './gcra.ts';
import { NEVER_USED_US, askGcra, correctGcra, standingOfGcra } from './gcra.ts';
import type {
  MeterStanding,
  RateDemand,
  RateExcess,
  RateLimits,
  RateMeter,
  RatePermit,
  RateRules,
} from './rate-limits.ts';
import { rateMeters } from './rate-limits.ts';

/** Most subjects at once that are not as they were before they were used. */
const SUBJECTS_MAX = 1_000_000;
/** How many of those left alone for longest are looked at for each one that is used. */
const SWEPT_EACH_TIME = 2;
const US_PER_MS = 1000;
/** When to ask again where that depends on other requests. */
const RETRY_AFTER_REQUESTS_MS = 1000;

interface SubjectState {
  /** By meter, the moment that GCRA remembers. */
  readonly drainedAtUs: Record<RateMeter, number>;
  running: number;
}

interface Asked {
  readonly demand: RateDemand;
  readonly state: SubjectState;
  readonly nowUs: number;
}

/**
 * Rate limits in this process's memory. A subject is forgotten once its state is that of one which
 * nobody has used, so forgetting changes no decision.
 */
export class LocalRateLimits implements RateLimits {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #subjectsMax: number;
  /** In order of use. */
  readonly #subjects = new Map<string, SubjectState>();

  constructor(clock: Pick<Clock, 'monotonicMs'>, subjectsMax: number = SUBJECTS_MAX) {
    this.#clock = clock;
    this.#subjectsMax = subjectsMax;
  }

  /** How many subjects are remembered. */
  get size(): number {
    return this.#subjects.size;
  }

  admit(demand: RateDemand): Promise<RatePermit | RateExcess> {
    const nowUs = this.#nowUs();
    this.#sweep(nowUs);
    const asked = this.#asked(demand, nowUs);
    const excess = this.#excess(asked);
    if (excess !== undefined) return Promise.resolve(excess);
    this.#subjects.delete(demand.subject);
    this.#subjects.set(demand.subject, asked.state);
    take(asked);
    return Promise.resolve({
      kind: 'permit',
      standings: standingsOf(asked.state, demand.rules, nowUs),
      giveBack: this.#giveBackOnce(asked),
    });
  }

  ask(demand: RateDemand): Promise<RateExcess | undefined> {
    return Promise.resolve(this.#excess(this.#asked(demand, this.#nowUs())));
  }

  look(subject: string, rules: RateRules): Promise<readonly MeterStanding[]> {
    const state = this.#subjects.get(subject) ?? freshState();
    return Promise.resolve(standingsOf(state, rules, this.#nowUs()));
  }

  #asked(demand: RateDemand, nowUs: number): Asked {
    return { demand, state: this.#subjects.get(demand.subject) ?? freshState(), nowUs };
  }

  #excess(asked: Asked): RateExcess | undefined {
    const isKnown = this.#subjects.has(asked.demand.subject);
    const isFull = !isKnown && this.#subjects.size >= this.#subjectsMax;
    return isFull ? crowdedOut(asked) : excessOf(asked);
  }

  #giveBackOnce({ demand, state, nowUs: takenAtUs }: Asked): RatePermit['giveBack'] {
    let isBack = false;
    return (used) => {
      assert(!isBack, 'a permit is given back once');
      isBack = true;
      state.running -= 1;
      const nowUs = this.#nowUs();
      for (const meter of rateMeters) {
        const perMinute = demand.rules.perMinute[meter];
        const inTruth = used[meter];
        if (perMinute === undefined || inTruth === undefined) continue;
        const taken = demand.amounts[meter];
        const times = { limit: { perMinute }, nowUs, takenAtUs };
        const before = state.drainedAtUs[meter];
        state.drainedAtUs[meter] = correctGcra(before, { ...times, taken, used: inTruth });
      }
    };
  }

  /** Whole, so that decisions are the same wherever they are made. */
  #nowUs(): number {
    return Math.floor(this.#clock.monotonicMs() * US_PER_MS);
  }

  /** Goes round the subjects, those left alone for longest first. */
  #sweep(nowUs: number): void {
    for (let swept = 0; swept < SWEPT_EACH_TIME; swept += 1) {
      const oldest = this.#subjects.entries().next();
      if (oldest.done === true) return;
      const [subject, state] = oldest.value;
      this.#subjects.delete(subject);
      if (!isFresh(state, nowUs)) this.#subjects.set(subject, state);
    }
  }
}

function freshState(): SubjectState {
  return {
    drainedAtUs: {
      requests: NEVER_USED_US,
      'input-tokens': NEVER_USED_US,
      'output-tokens': NEVER_USED_US,
    },
    running: 0,
  };
}

function isFresh({ drainedAtUs, running }: SubjectState, nowUs: number): boolean {
  return running === 0 && rateMeters.every((meter) => drainedAtUs[meter] <= nowUs);
}

/** The limit that the request has to wait for longest. */
function excessOf(asked: Asked): RateExcess | undefined {
  const { demand, state, nowUs } = asked;
  const { concurrency } = demand.rules;
  let longest: RateExcess | undefined;
  for (const meter of rateMeters) {
    const limit = demand.rules.perMinute[meter];
    const answer = answerOf(asked, meter);
    if (limit === undefined || answer?.kind !== 'excess') continue;
    const retryAfterMs = Math.ceil(answer.retryAfterUs / US_PER_MS);
    if (retryAfterMs <= (longest?.retryAfterMs ?? 0)) continue;
    const standings = standingsOf(state, demand.rules, nowUs);
    longest = { kind: 'excess', over: meter, limit, retryAfterMs, standings };
  }
  if (longest !== undefined || concurrency === undefined || state.running < concurrency) {
    return longest;
  }
  return tooManyAtOnce(asked, concurrency);
}

function tooManyAtOnce({ demand, state, nowUs }: Asked, limit: number): RateExcess {
  return {
    kind: 'excess',
    over: 'concurrency',
    limit,
    retryAfterMs: RETRY_AFTER_REQUESTS_MS,
    standings: standingsOf(state, demand.rules, nowUs),
  };
}

/** More subjects than can be remembered: to forget one would let more through than its limit. */
function crowdedOut(asked: Asked): RateExcess {
  return tooManyAtOnce(asked, asked.demand.rules.concurrency ?? 0);
}

function answerOf({ demand, state, nowUs }: Asked, meter: RateMeter): GcraAnswer | undefined {
  const perMinute = demand.rules.perMinute[meter];
  if (perMinute === undefined) return undefined;
  const times = { limit: { perMinute }, nowUs };
  return askGcra(state.drainedAtUs[meter], demand.amounts[meter], times);
}

function take(asked: Asked): void {
  const { state } = asked;
  for (const meter of rateMeters) {
    const answer = answerOf(asked, meter);
    if (answer === undefined) continue;
    assert(answer.kind === 'fits', 'what is taken was asked for');
    state.drainedAtUs[meter] = answer.drainedAtUs;
  }
  state.running += 1;
}

function standingsOf(
  { drainedAtUs }: SubjectState,
  { perMinute }: RateRules,
  nowUs: number,
): readonly MeterStanding[] {
  return rateMeters.flatMap((meter) => {
    const limit = perMinute[meter];
    if (limit === undefined) return [];
    const { remaining, resetUs } = standingOfGcra(drainedAtUs[meter], { perMinute: limit }, nowUs);
    return [{ meter, limit, remaining, resetMs: Math.ceil(resetUs / US_PER_MS) }];
  });
}
