import type { PriceRow, TokenPrices } from '../catalog/price.ts';
import { priceAt } from '../catalog/price.ts';
import type { Usage } from '../messages/usage.ts';

/**
 * What a usage costs at list prices, in nano-USD: every class of tokens at its own price, all of
 * them at those of the long context where the prompt is longer than its threshold (API reference §9).
 * Undefined where no price is in force or a count is not known: an unknown cost is not zero.
 */
export function priceUsage(
  usage: Usage,
  rows: readonly PriceRow[],
  atMs: number,
): bigint | undefined {
  const row = priceAt(rows, atMs);
  const { inputTokens, outputTokens } = usage;
  if (row === undefined || inputTokens === undefined || outputTokens === undefined) {
    return undefined;
  }
  const { cacheReadTokens = 0, cacheWriteTokens = 0, webSearchRequests = 0 } = usage;
  const prices = pricesFor(row, inputTokens + cacheReadTokens + cacheWriteTokens);
  const written1h = usage.cacheWrite1hTokens ?? 0;
  const written5m = usage.cacheWrite5mTokens ?? cacheWriteTokens - written1h;
  return (
    BigInt(inputTokens) * prices.input +
    BigInt(written5m) * prices.cacheWrite5m +
    BigInt(written1h) * prices.cacheWrite1h +
    BigInt(cacheReadTokens) * prices.cacheRead +
    BigInt(outputTokens) * prices.output +
    BigInt(webSearchRequests) * row.nanoUsdPerWebSearch
  );
}

function pricesFor(row: PriceRow, promptTokens: number): TokenPrices {
  const { longContext } = row;
  const isLong = longContext !== undefined && promptTokens > longContext.aboveInputTokens;
  return isLong ? longContext.nanoUsdPerToken : row.nanoUsdPerToken;
}
