import type { HeaderList } from '../messages/upstream.ts';
import { isGivenAgain } from './given-again.ts';
import { planOf } from './plan-of.ts';
import type { EndedExchange } from './settle-request.ts';

/** A request that was refused or failed is never paid for; wallet reference §6.2. */
const freeHeaders: HeaderList = ['x-credits-unit', 'nano-usd', 'x-credits-charged', '0'];

/**
 * What the head of a reply says of money, in every form: known before the first byte, so that a
 * stream says it too. Wallet reference §6.2.
 */
export function creditHeaders(exchange: EndedExchange): HeaderList {
  const { bills, request, isRepeat = false } = exchange;
  // The head that is kept says what the answer was charged when it was first given.
  if (isRepeat) return [];
  // What a way that failed had held is not for an answer that costs nothing.
  const held = isGivenAgain(exchange) ? [] : (bills.bill?.headers ?? []);
  const isSold = request.operation === 'messages.create' && exchange.principal !== undefined;
  const isFree = isSold && bills.bill === undefined && planOf(exchange).isPrepaid;
  return [...held, ...(isFree ? freeHeaders : []), ...retryHeaders(exchange)];
}

/** How often an upstream was asked again, where the caller saw nothing of it. */
function retryHeaders(exchange: EndedExchange): HeaderList {
  const { attempts } = exchange.bills;
  const isUnseen = planOf(exchange).attemptsMax > 1;
  return isUnseen && attempts > 1 ? ['x-retry-attempts', String(attempts - 1)] : [];
}
