import type { PriceClass } from '../catalog/price-store.ts';
import { priceClasses } from '../catalog/price-store.ts';
import type { Usage } from '../messages/usage.ts';
import { assert } from '../std/assert.ts';
import type { Price } from './resolved-price.ts';
import { TOKENS_A_PRICE, ratesFor } from './resolved-price.ts';

/** How long the cache was to keep what is written to it. */
export type CacheTtl = '5m' | '1h';

/** What makes a request dearer or cheaper than its price says. */
export interface ChargeTerms {
  /** Added to the price, in hundredths of a percent. */
  readonly markupBasisPoints: number;
  readonly isBatch: boolean;
  /** Whether it is answered in one region by the caller's wish. */
  readonly isUsGeo: boolean;
  /** What writes to the cache were asked for that the usage does not tell apart. */
  readonly unsplitWritesLast: CacheTtl;
}

/** Nothing added and nothing taken off. */
export const listTerms: ChargeTerms = {
  markupBasisPoints: 0,
  isBatch: false,
  isUsGeo: false,
  unsplitWritesLast: '5m',
};

/** How much of each class was used. */
export type ClassCounts = Readonly<Record<PriceClass, number>>;

/** What one class was charged, for whoever lists it; lines of a charge add up to it. */
export interface ChargeLine {
  readonly priceClass: PriceClass;
  readonly count: number;
  readonly nanoUsd: bigint;
}

export interface Charge {
  readonly nanoUsd: bigint;
  readonly lines: readonly ChargeLine[];
}

const PERCENT = 100n;
const BASIS_POINTS = 10_000n;
/** The one division of wallet reference §11: prices a million, two percentages, basis points. */
const DIVISOR: bigint = TOKENS_A_PRICE * PERCENT * PERCENT * BASIS_POINTS;

/**
 * What a usage costs in nano-USD: every class at its own price, all of them at those of the tier
 * that the prompt's length decides, rounded up once (wallet reference §11). Undefined where a count
 * or a price is not known: an unknown cost is not zero. A count that is no natural number is a fault
 * of ours, and never a credit (reliability §1.4, M14).
 */
export function chargeOf(usage: Usage, price: Price, terms: ChargeTerms): bigint | undefined {
  const parts = chargedParts(usage, price, terms);
  if (parts === undefined) return undefined;
  let sum = 0n;
  for (const { scaled } of parts) sum += scaled;
  return roundedUp(sum);
}

/** The same with what each class of it was; what rounding adds is on the largest line. */
export function chargeInLines(usage: Usage, price: Price, terms: ChargeTerms): Charge | undefined {
  const parts = chargedParts(usage, price, terms)?.filter(({ count }) => count > 0);
  if (parts === undefined) return undefined;
  const nanoUsd = roundedUp(parts.reduce((sum, { scaled }) => sum + scaled, 0n));
  const below = parts.map(({ scaled }) => scaled / DIVISOR);
  const rest = nanoUsd - below.reduce((sum, part) => sum + part, 0n);
  const largest = parts.reduce(
    (best, { scaled }, index) => (scaled > (parts[best]?.scaled ?? 0n) ? index : best),
    0,
  );
  const lines = parts.map(({ priceClass, count }, index) => ({
    priceClass,
    count,
    nanoUsd: (below[index] ?? 0n) + (index === largest ? rest : 0n),
  }));
  return { nanoUsd, lines };
}

/** A charge of at most an amount: what is too much is taken off the largest lines. */
export function cappedCharge(charge: Charge, nanoUsdMax: bigint): Charge {
  let excess = charge.nanoUsd - nanoUsdMax;
  if (excess <= 0n) return charge;
  const order = charge.lines.toSorted((one, other) => (one.nanoUsd < other.nanoUsd ? 1 : -1));
  const cut = new Map<PriceClass, bigint>();
  for (const { priceClass, nanoUsd } of order) {
    const off = nanoUsd < excess ? nanoUsd : excess;
    cut.set(priceClass, off);
    excess -= off;
  }
  const lines = charge.lines.map((line) => ({
    ...line,
    nanoUsd: line.nanoUsd - (cut.get(line.priceClass) ?? 0n),
  }));
  return { nanoUsd: nanoUsdMax, lines };
}

interface ChargedPart {
  readonly priceClass: PriceClass;
  readonly count: number;
  /** Times {@link DIVISOR}: nothing is rounded yet. */
  readonly scaled: bigint;
}

function chargedParts(
  usage: Usage,
  price: Price,
  terms: ChargeTerms,
): readonly ChargedPart[] | undefined {
  const counts = countsOf(usage, terms.unsplitWritesLast);
  if (counts === undefined) return undefined;
  const { markupBasisPoints } = terms;
  assert(isCount(markupBasisPoints), 'a markup is a natural number of basis points');
  const promptTokens =
    counts.input + counts.cache_read + counts.cache_write_5m + counts.cache_write_1h;
  const rates = ratesFor(price, promptTokens);
  const parts: ChargedPart[] = [];
  for (const priceClass of priceClasses) {
    const count = counts[priceClass];
    assert(isCount(count), 'a usage counts in natural numbers');
    const rate = rates[priceClass] ?? (count === 0 ? 0n : undefined);
    if (rate === undefined) return undefined;
    assert(rate >= 0n, 'no price is below zero');
    const percent = priceClass === 'web_search' ? PERCENT * PERCENT : tokenPercent(price, terms);
    const markup = BASIS_POINTS + BigInt(markupBasisPoints);
    parts.push({ priceClass, count, scaled: BigInt(count) * rate * percent * markup });
  }
  return parts;
}

/** Batches and regions change what tokens cost, not what a search does. */
function tokenPercent(price: Price, { isBatch, isUsGeo }: ChargeTerms): bigint {
  const batch = isBatch ? BigInt(price.batchPercent) : PERCENT;
  const geo = isUsGeo ? BigInt(price.usGeoPercent) : PERCENT;
  return batch * geo;
}

/**
 * The classes are disjoint: what the cache read and wrote is no part of the input (wallet reference
 * §11). Writes that are not told apart last as long as was asked for.
 */
export function countsOf(usage: Usage, unsplitWritesLast: CacheTtl): ClassCounts | undefined {
  const { inputTokens, outputTokens, cacheWriteTokens = 0 } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const { cacheWrite5mTokens = 0, cacheWrite1hTokens = 0 } = usage;
  const unsplit = Math.max(0, cacheWriteTokens - cacheWrite5mTokens - cacheWrite1hTokens);
  return {
    input: inputTokens,
    output: outputTokens,
    cache_read: usage.cacheReadTokens ?? 0,
    cache_write_5m: cacheWrite5mTokens + (unsplitWritesLast === '5m' ? unsplit : 0),
    cache_write_1h: cacheWrite1hTokens + (unsplitWritesLast === '1h' ? unsplit : 0),
    web_search: usage.webSearchRequests ?? 0,
  };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function roundedUp(scaled: bigint): bigint {
  return (scaled + DIVISOR - 1n) / DIVISOR;
}
