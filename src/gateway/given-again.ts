import type { DecodedExchange } from './exchange.ts';

/**
 * Whether an answer was made for an earlier request, and goes out once more: no upstream is asked, and
 * nobody pays for it.
 */
export function isGivenAgain({
  cacheStatus,
  isRepeat = false,
}: Pick<DecodedExchange, 'cacheStatus' | 'isRepeat'>): boolean {
  return cacheStatus === 'HIT' || isRepeat;
}
