import type { MeterStanding, RateMeter, RatePermit } from '../limits/rate-limits.ts';
import type { UsageState } from '../messages/usage.ts';

/**
 * What the limits of a key let one request have. It stands on the exchange from the start, so that
 * whatever becomes of a request gives back its permit, and every reply can say where the limits
 * stand.
 */
export class RequestPermit {
  #permit: RatePermit | undefined;
  #standings: readonly MeterStanding[] = [];

  /** Where the limits stood when they were last looked at; empty for a key that has none. */
  get standings(): readonly MeterStanding[] {
    return this.#standings;
  }

  note(standings: readonly MeterStanding[]): void {
    this.#standings = standings;
  }

  hold(permit: RatePermit): void {
    this.#permit = permit;
    this.#standings = permit.standings;
  }

  /** Once, when it is over; where nothing is held, nothing happens. */
  giveBack(used: Readonly<Partial<Record<RateMeter, number>>>): void {
    this.#permit?.giveBack(used);
    this.#permit = undefined;
  }
}

const NOTHING_USED: Readonly<Partial<Record<RateMeter, number>>> = {
  'input-tokens': 0,
  'output-tokens': 0,
};

/**
 * What a request used of its limits: reading from the prompt cache is free, and what nobody said
 * stays as it was estimated, unless no upstream was asked. What a stream says of its output before
 * its end is a placeholder: who leaves it has used about what came by. Wallet reference §6.3.
 */
export function usedOfLimits(
  { usage, isFinal }: UsageState,
  roughTokens: number | undefined,
  wasAsked: boolean,
): Readonly<Partial<Record<RateMeter, number>>> {
  if (!wasAsked) return NOTHING_USED;
  const { inputTokens, cacheWriteTokens = 0 } = usage;
  const outputTokens = isFinal ? usage.outputTokens : roughTokens;
  return {
    ...(inputTokens === undefined ? {} : { 'input-tokens': inputTokens + cacheWriteTokens }),
    ...(outputTokens === undefined ? {} : { 'output-tokens': outputTokens }),
  };
}
