/** Nano-USD a token for each class of tokens. 3 USD a million tokens are 3,000 nano-USD a token. */
export interface TokenPrices {
  readonly input: bigint;
  readonly cacheWrite5m: bigint;
  readonly cacheWrite1h: bigint;
  readonly cacheRead: bigint;
  readonly output: bigint;
}

/** What a model costs from an instant on. Rows are never changed: a new price is a new row. */
export interface PriceRow {
  /** RFC 3339, UTC; in force until the next row's. */
  readonly effectiveFrom: string;
  readonly nanoUsdPerToken: TokenPrices;
  /** Prices of the whole request once its prompt, cache included, is longer. API reference §9. */
  readonly longContext?: {
    readonly aboveInputTokens: number;
    readonly nanoUsdPerToken: TokenPrices;
  };
  /** What a message of a batch costs, in percent of the above. */
  readonly batchPercent: number;
  /** What `inference_geo: us` costs, in percent of the above. */
  readonly usGeoPercent: number;
  readonly nanoUsdPerWebSearch: bigint;
}

/** Multiples of the input price, in percent; API reference §6.2. */
const CACHE_WRITE_5M_PERCENT = 125n;
const CACHE_WRITE_1H_PERCENT = 200n;
const CACHE_READ_PERCENT = 10n;
const LONG_CONTEXT_TOKENS = 200_000;
/** 10 USD a thousand searches. */
const NANO_USD_PER_WEB_SEARCH = 10_000_000n;

/** All classes from the two that are quoted, in nano-USD a token. */
function tokenPrices(input: bigint, output: bigint): TokenPrices {
  return {
    input,
    cacheWrite5m: (input * CACHE_WRITE_5M_PERCENT) / 100n,
    cacheWrite1h: (input * CACHE_WRITE_1H_PERCENT) / 100n,
    cacheRead: (input * CACHE_READ_PERCENT) / 100n,
    output,
  };
}

/** A price row from what is quoted, in nano-USD a token. */
export function priceRow(
  effectiveFrom: string,
  quoted: {
    readonly input: bigint;
    readonly output: bigint;
    readonly longInput?: bigint;
    readonly longOutput?: bigint;
  },
): PriceRow {
  const { input, output, longInput, longOutput } = quoted;
  return {
    effectiveFrom,
    nanoUsdPerToken: tokenPrices(input, output),
    ...(longInput === undefined || longOutput === undefined
      ? {}
      : {
          longContext: {
            aboveInputTokens: LONG_CONTEXT_TOKENS,
            nanoUsdPerToken: tokenPrices(longInput, longOutput),
          },
        }),
    batchPercent: 50,
    usGeoPercent: 110,
    nanoUsdPerWebSearch: NANO_USD_PER_WEB_SEARCH,
  };
}

/** The row in force at an instant; undefined before the first one. */
export function priceAt(rows: readonly PriceRow[], atMs: number): PriceRow | undefined {
  return rows.findLast(({ effectiveFrom }) => Date.parse(effectiveFrom) <= atMs);
}
