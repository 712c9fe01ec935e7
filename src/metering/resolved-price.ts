import { createHash } from 'node:crypto';
import type { PriceRow, TokenPrices } from '../catalog/price.ts';
import { priceAt } from '../catalog/price.ts';
import type { PriceClass } from '../catalog/price-store.ts';
import { priceClasses } from '../catalog/price-store.ts';

/** Nano-USD a million of each class; a class without a price is unknown, never free. */
export type Rates = Readonly<Partial<Record<PriceClass, bigint>>>;

/** Rates of prompts that are longer than a bound. */
export interface PriceTier {
  readonly aboveInputTokens: number;
  readonly rates: Rates;
}

/** All that one request of one model is priced by, from its admission to its settlement. */
export interface Price {
  /** Says which prices these are: equal prices have equal versions. */
  readonly version: string;
  /** The first holds for every prompt; the longest bound that a prompt passes decides. */
  readonly tiers: readonly PriceTier[];
  /** What tokens of a batch cost, in percent. */
  readonly batchPercent: number;
  /** What tokens cost that are promised to one region, in percent. */
  readonly usGeoPercent: number;
}

/** Prices are for a million, so that each is an integer (wallet reference §11). */
export const TOKENS_A_PRICE = 1_000_000n;

/** The registry's list price at an instant; undefined where none is in force. */
export function listPrice(rows: readonly PriceRow[], atMs: number): Price | undefined {
  const row = priceAt(rows, atMs);
  if (row === undefined) return undefined;
  const known = listPrices.get(row);
  if (known !== undefined) return known;
  const price = versioned(tiersOf(row), row);
  listPrices.set(row, price);
  return price;
}

/** A row of the registry never changes: each is resolved once. */
const listPrices = new WeakMap<PriceRow, Price>();

/** The tiers that a row of the registry has. */
export function tiersOf(row: PriceRow): readonly PriceTier[] {
  const { nanoUsdPerToken, longContext, nanoUsdPerWebSearch } = row;
  const first = { aboveInputTokens: 0, rates: ratesOf(nanoUsdPerToken, nanoUsdPerWebSearch) };
  if (longContext === undefined) return [first];
  const { aboveInputTokens } = longContext;
  const rates = ratesOf(longContext.nanoUsdPerToken, nanoUsdPerWebSearch);
  return [first, { aboveInputTokens, rates }];
}

function ratesOf(tokens: TokenPrices, webSearch: bigint): Rates {
  return {
    input: tokens.input * TOKENS_A_PRICE,
    cache_write_5m: tokens.cacheWrite5m * TOKENS_A_PRICE,
    cache_write_1h: tokens.cacheWrite1h * TOKENS_A_PRICE,
    cache_read: tokens.cacheRead * TOKENS_A_PRICE,
    output: tokens.output * TOKENS_A_PRICE,
    web_search: webSearch * TOKENS_A_PRICE,
  };
}

const VERSION_LETTERS = 16;

/** A price with the version that its numbers amount to. */
export function versioned(
  tiers: readonly PriceTier[],
  { batchPercent, usGeoPercent }: Pick<Price, 'batchPercent' | 'usGeoPercent'>,
): Price {
  const written = tiers.map(({ aboveInputTokens, rates }) => [
    aboveInputTokens,
    ...priceClasses.map((name) => rates[name]?.toString() ?? null),
  ]);
  const digest = createHash('sha256')
    .update(JSON.stringify([written, batchPercent, usGeoPercent]))
    .digest('hex');
  return { version: `pv_${digest.slice(0, VERSION_LETTERS)}`, tiers, batchPercent, usGeoPercent };
}

/** The rates of a prompt of so many tokens, cache included: those of the whole request. */
export function ratesFor(price: Price, promptTokens: number): Rates {
  const tier = price.tiers.findLast(
    ({ aboveInputTokens }) => aboveInputTokens === 0 || promptTokens > aboveInputTokens,
  );
  return tier?.rates ?? {};
}
