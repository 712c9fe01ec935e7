import { priceClasses } from '../catalog/price-store.ts';
import type { ModelFacts } from '../emulator/model-facts.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Usage } from '../messages/usage.ts';
import type { RequestBounds } from '../metering/bound-request.ts';
import { boundRequest } from '../metering/bound-request.ts';
import type { ChargeTerms } from '../metering/charge-of.ts';
import { chargeOf } from '../metering/charge-of.ts';
import type { PriceTable } from '../metering/price-table.ts';
import type { Price, PriceTier } from '../metering/resolved-price.ts';
import { assert } from '../std/assert.ts';
import type { JsonBounds } from '../std/scan-json.ts';
import type { BillQuestion } from './bill.ts';

/** All that a request is charged by, from its admission to its settlement (wallet reference §11). */
export interface Quote {
  readonly question: BillQuestion;
  readonly modelId: string;
  readonly facts: ModelFacts;
  readonly price: Price;
  /** What the upstream takes, as far as it is known: the list price. */
  readonly listPrice: Price;
  readonly terms: ChargeTerms;
  readonly bounds: RequestBounds;
}

export interface QuotingParts {
  readonly prices: Pick<PriceTable, 'priceOf' | 'listPriceOf'>;
  readonly findModel: (modelId: string) => ModelFacts | undefined;
  readonly jsonBounds: () => JsonBounds;
}

/** The price and the bounds of a request; or that nobody knows what it would cost, which is never 0. */
export function quoteRequest(
  question: BillQuestion,
  parts: QuotingParts,
  atMs: number,
): Quote | Refusal {
  const { modelId, planName, isBatch, markupBasisPoints, body, betas, isStream } = question;
  const facts = modelId === undefined ? undefined : parts.findModel(modelId);
  if (modelId === undefined || facts === undefined) return unpriced;
  const price = parts.prices.priceOf(modelId, planName, atMs);
  if (price === undefined) return unpriced;
  const jsonBounds = parts.jsonBounds();
  const bounds = boundRequest({ body, facts, betas, isStream, jsonBounds });
  const { isUsGeo, unsplitWritesLast } = bounds;
  const quote: Quote = {
    question,
    modelId,
    facts,
    price,
    listPrice: parts.prices.listPriceOf(modelId, atMs) ?? price,
    terms: { markupBasisPoints, isBatch, isUsGeo, unsplitWritesLast },
    bounds,
  };
  return bounds.isFast || !isComplete(quote) ? unpriced : quote;
}

const unpriced: Refusal = refusal(
  'unavailable',
  'The price of this model is not known at the moment, so the request cannot be paid for. Please try again later or use another model.',
  { reason: 'price_unavailable', members: { code: 'price_unavailable' } },
);

/** One class without a price would make the cost unknown once it was used, in whatever tier that was. */
function isComplete({ price, bounds }: Quote): boolean {
  const used = priceClasses.filter((name) => name !== 'web_search' || bounds.webSearches > 0);
  const [first] = price.tiers;
  const isPriced = ({ rates }: PriceTier): boolean =>
    used.every((name) => rates[name] !== undefined);
  return first?.aboveInputTokens === 0 && price.tiers.every((tier) => isPriced(tier));
}

/** The most that a request can cost with so many tokens of output; wallet reference §4.2. */
export function amountFor({ bounds, price, terms }: Quote, outputTokens: number): bigint {
  const nanoUsd = chargeOf(mostUsed(bounds, outputTokens), price, terms);
  assert(nanoUsd !== undefined, 'a quote has a price for every class');
  return nanoUsd;
}

function mostUsed(
  { inputTokens, inputClass, webSearches }: RequestBounds,
  outputTokens: number,
): Usage {
  const rest = { outputTokens, webSearchRequests: webSearches };
  if (inputClass === 'input') return { inputTokens, ...rest };
  const isHour = inputClass === 'cache_write_1h';
  return {
    inputTokens: 0,
    cacheWriteTokens: inputTokens,
    ...(isHour ? { cacheWrite1hTokens: inputTokens } : { cacheWrite5mTokens: inputTokens }),
    ...rest,
  };
}

/** The most tokens of output that an amount pays for, at most those asked for; undefined for none. */
export function affordableOutput(quote: Quote, nanoUsd: bigint): number | undefined {
  if (amountFor(quote, 1) > nanoUsd) return undefined;
  let fits = 1;
  let tooMany = quote.bounds.outputTokensMax + 1;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (amountFor(quote, middle) <= nanoUsd) fits = middle;
    else tooMany = middle;
  }
  return fits;
}
