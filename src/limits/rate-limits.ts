/** What is counted of the requests of a key; wallet reference §6.3. */
export const rateMeters = ['requests', 'input-tokens', 'output-tokens'] as const;
export type RateMeter = (typeof rateMeters)[number];

/** How much passes in a minute and at once; what is absent has no limit. */
export interface RateRules {
  readonly perMinute: Readonly<Partial<Record<RateMeter, number>>>;
  readonly concurrency?: number;
}

/** What one request asks for. Tokens are an estimate, put right when it is over. */
export interface RateDemand {
  /** Whose requests are counted together. */
  readonly subject: string;
  readonly rules: RateRules;
  readonly amounts: Readonly<Record<RateMeter, number>>;
}

/** Where a limit stands. */
export interface MeterStanding {
  readonly meter: RateMeter;
  readonly limit: number;
  readonly remaining: number;
  /** How long until all of it is there. */
  readonly resetMs: number;
}

/** Leave for one request. It is given back once, however the request ends. */
export interface RatePermit {
  readonly kind: 'permit';
  readonly standings: readonly MeterStanding[];
  /** What was used in truth; a meter of which that is not known keeps its estimate. */
  giveBack(used: Readonly<Partial<Record<RateMeter, number>>>): void;
}

/** Too much for now. Nothing was taken of any limit. */
export interface RateExcess {
  readonly kind: 'excess';
  readonly over: RateMeter | 'concurrency';
  readonly limit: number;
  readonly retryAfterMs: number;
  readonly standings: readonly MeterStanding[];
}

/** Counts by GCRA; in this process, or in a store that several gateways share. Reliability §1.5. */
export interface RateLimits {
  /** All limits of a request let it through, or none is drawn on. */
  admit(demand: RateDemand): Promise<RatePermit | RateExcess>;
  /** What `admit` would say, and nothing is drawn on; undefined where it would let the request through. */
  ask(demand: RateDemand): Promise<RateExcess | undefined>;
  /** Where the limits of a subject stand. */
  look(subject: string, rules: RateRules): Promise<readonly MeterStanding[]>;
}
