import type { HeaderList } from '../../messages/upstream.ts';
import type { Clock } from '../../std/clock.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import type { TokenBucket } from './token-bucket.ts';
import { drawn, fullBucket, levelAt, untilLevelMs } from './token-bucket.ts';

/** The three meters of the API (API reference §10). */
export const meters = ['requests', 'inputTokens', 'outputTokens'] as const;
export type Meter = (typeof meters)[number];

/** Limits a minute. One that is absent has the default in the headers and refuses nothing. */
export type RateLimits = Readonly<Partial<Record<Meter, number>>>;

export interface RateLimitRules {
  readonly everyone: RateLimits;
  /** What differs for an account, by its name. */
  readonly byAccount: ReadonlyMap<string, RateLimits>;
}

/** What the highest tier has for its main models (API reference §10). */
const unlimited: Readonly<Record<Meter, number>> = {
  requests: 4000,
  inputTokens: 2_000_000,
  outputTokens: 400_000,
};
const BUCKETS_MAX = 10_000;
const MS_PER_SECOND = 1000;

/** Leave to answer. What was drawn at the start is an estimate, put right as more is known. */
export interface RatePermit {
  readonly kind: 'permit';
  /** The state at the start, as the head of an answer shows it. */
  readonly headers: HeaderList;
  /** What the input came to; reading from the cache is free. */
  readonly settleInput: (tokens: number) => void;
  /** What was written; a negative number takes back what was not sent. */
  readonly drawOutput: (tokens: number) => void;
}

export interface RateExcess {
  readonly kind: 'excess';
  readonly meter: Meter;
  readonly perMinute: number;
  readonly retryAfterMs: number;
  readonly headers: HeaderList;
}

export type BucketSet = Readonly<Record<Meter, TokenBucket>>;

/** Who asks, for what, and how much goes in. */
export interface RateRequest {
  readonly account: string;
  /** Models of one class draw from the same buckets. */
  readonly modelClass: string;
  readonly inputTokens: number;
}

/** Token buckets by account and class of models, refilled all the time. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #rules: RateLimitRules;
  /** In order of use: the one left alone for longest goes when there are too many. */
  readonly #buckets = new Map<string, BucketSet>();

  constructor(clock: Clock, rules: RateLimitRules) {
    this.#clock = clock;
    this.#rules = rules;
  }

  /** Draws a request and its input, or says which meter has too little for it. */
  admit(request: RateRequest): RatePermit | RateExcess {
    const limits = this.#limitsOf(request.account);
    const buckets = this.#find(request);
    const nowMs = this.#clock.monotonicMs();
    const needed = { requests: 1, inputTokens: request.inputTokens, outputTokens: 1 };
    for (const meter of meters) {
      const isEnforced = limits[meter] !== undefined;
      if (!isEnforced || levelAt(buckets[meter], nowMs) >= needed[meter]) continue;
      return this.#excess(buckets, meter, needed[meter]);
    }
    const after = {
      ...buckets,
      requests: drawn(buckets.requests, 1, nowMs),
      inputTokens: drawn(buckets.inputTokens, request.inputTokens, nowMs),
    };
    this.#keep(request, after);
    return {
      kind: 'permit',
      headers: this.#headers(after),
      settleInput: (tokens) => {
        this.#draw(request, 'inputTokens', tokens - request.inputTokens);
      },
      drawOutput: (tokens) => {
        this.#draw(request, 'outputTokens', tokens);
      },
    };
  }

  /** The state without a draw: for errors that a scenario orders. */
  headersFor(request: Omit<RateRequest, 'inputTokens'>): HeaderList {
    return this.#headers(this.#find(request));
  }

  #excess(buckets: BucketSet, meter: Meter, needed: number): RateExcess {
    const bucket = buckets[meter];
    const waitMs = untilLevelMs(bucket, needed, this.#clock.monotonicMs());
    return {
      kind: 'excess',
      meter,
      perMinute: bucket.perMinute,
      retryAfterMs: Math.max(MS_PER_SECOND, Math.ceil(waitMs)),
      headers: this.#headers(buckets, meter),
    };
  }

  #headers(buckets: BucketSet, exceeded?: Meter): HeaderList {
    const nowMs = this.#clock.monotonicMs();
    return rateLimitHeaders(buckets, { nowMs, wallMs: this.#clock.wallMs(), exceeded });
  }

  #draw(request: RateRequest, meter: Meter, amount: number): void {
    const buckets = this.#find(request);
    const nowMs = this.#clock.monotonicMs();
    this.#keep(request, { ...buckets, [meter]: drawn(buckets[meter], amount, nowMs) });
  }

  #find({ account, modelClass }: Omit<RateRequest, 'inputTokens'>): BucketSet {
    const known = this.#buckets.get(keyOf(account, modelClass));
    if (known !== undefined) return known;
    const nowMs = this.#clock.monotonicMs();
    const limits = this.#limitsOf(account);
    const bucket = (meter: Meter): TokenBucket =>
      fullBucket(limits[meter] ?? unlimited[meter], nowMs);
    return {
      requests: bucket('requests'),
      inputTokens: bucket('inputTokens'),
      outputTokens: bucket('outputTokens'),
    };
  }

  #keep({ account, modelClass }: RateRequest, buckets: BucketSet): void {
    const key = keyOf(account, modelClass);
    this.#buckets.delete(key);
    this.#buckets.set(key, buckets);
    if (this.#buckets.size <= BUCKETS_MAX) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }

  #limitsOf(account: string): RateLimits {
    return { ...this.#rules.everyone, ...this.#rules.byAccount.get(account) };
  }
}

function keyOf(account: string, modelClass: string): string {
  return `${modelClass}\n${account}`;
}
