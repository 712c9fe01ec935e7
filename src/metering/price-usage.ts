import type { PriceRow } from '../catalog/price.ts';
import type { Usage } from '../messages/usage.ts';
import { chargeOf, listTerms } from './charge-of.ts';
import { listPrice } from './resolved-price.ts';

/**
 * What a usage costs at the registry's list prices, in nano-USD, with nothing added (API reference
 * §9). Undefined where no price is in force or a count is not known: an unknown cost is not zero.
 */
export function priceUsage(
  usage: Usage,
  rows: readonly PriceRow[],
  atMs: number,
): bigint | undefined {
  const price = listPrice(rows, atMs);
  return price === undefined ? undefined : chargeOf(usage, price, listTerms);
}
