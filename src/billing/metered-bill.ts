import type { Usage } from '../messages/usage.ts';
import type { AskedTerms } from '../metering/bound-request.ts';
import { readAskedTerms } from '../metering/bound-request.ts';
import { chargeOf } from '../metering/charge-of.ts';
import type { Price } from '../metering/resolved-price.ts';
import type { JsonBounds } from '../std/scan-json.ts';
import type { Bill, BillOutcome, BillQuestion, ClosedBill, OutputMeter } from './bill.ts';

/** What a request is priced by at its end. */
export interface MeteredPrice {
  readonly price: Price;
  readonly jsonBounds: JsonBounds;
}

/**
 * The bill of a request that nobody pays in advance: it holds nothing and charges nothing, and says
 * what the request cost where that is known.
 */
export class MeteredBill implements Bill {
  readonly headers: readonly string[] = [];
  readonly priceVersion: string | undefined;
  readonly #question: BillQuestion;
  readonly #priced: MeteredPrice | undefined;

  /** Without a price where nobody knows one. */
  constructor(question: BillQuestion, priced: MeteredPrice | undefined) {
    this.#question = question;
    this.#priced = question.paysProvider ? undefined : priced;
    this.priceVersion = this.#priced?.price.version;
  }

  sent(): void {}

  attemptFailed(): void {}

  meter(): OutputMeter | undefined {
    return undefined;
  }

  close(outcome: BillOutcome): Promise<ClosedBill> {
    return Promise.resolve(this.#closed(outcome));
  }

  #closed(outcome: BillOutcome): ClosedBill {
    const free = {
      costNanoUsd: 0n,
      chargedNanoUsd: 0n,
      usageSource: 'none',
      isDurable: true,
      headers: [],
    } as const;
    switch (outcome.kind) {
      case 'answered':
      case 'stopped':
      case 'client_gone': {
        const isOurs = outcome.kind === 'answered' && outcome.isUsageEstimated;
        const usage = outcome.usage.isFinal ? outcome.usage.usage : seenUsage(outcome);
        if (usage === undefined) return { ...free, costNanoUsd: undefined };
        const isReported = outcome.usage.isFinal && !isOurs;
        const costNanoUsd = this.#costOf(usage);
        return isReported
          ? { ...free, costNanoUsd, usageSource: 'reported' }
          : { ...free, costNanoUsd, usageSource: 'estimated', counted: usage };
      }
      case 'refused':
      case 'failed':
      case 'broken':
      case 'replayed':
        return free;
    }
  }

  #costOf(usage: Usage): bigint | undefined {
    if (this.#priced === undefined) return undefined;
    const { price } = this.#priced;
    const { markupBasisPoints, isBatch } = this.#question;
    const { isFast, ...asked } = this.#askedTerms(usage, this.#priced.jsonBounds);
    // What is answered faster has a price of its own, which nobody here knows.
    return isFast ? undefined : chargeOf(usage, price, { markupBasisPoints, isBatch, ...asked });
  }

  /** Read where it can make a difference: bodies are long, and nearly none of them asks for any of this. */
  #askedTerms(usage: Usage, jsonBounds: JsonBounds): AskedTerms {
    const { body } = this.#question;
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
    const { cacheWriteTokens = 0, cacheWrite5mTokens = 0, cacheWrite1hTokens = 0 } = usage;
    const isSplit = cacheWrite5mTokens + cacheWrite1hTokens >= cacheWriteTokens;
    const isPlain = isSplit && tellingWords.every((word) => !bytes.includes(word));
    return isPlain ? plainTerms : readAskedTerms(body, jsonBounds);
  }
}

/**
 * Of these at least one stands in the body of a request that is dearer than its counts say. The quote
 * in front is what makes them quick to look for: letters are everywhere.
 */
const tellingWords = ['"inference_geo"', '"speed"', '\\u00'].map((word) => Buffer.from(word));
const plainTerms: AskedTerms = { unsplitWritesLast: '5m', isUsGeo: false, isFast: false };

/**
 * What had come by of a stream that its caller left: the input that it reported, and about as much
 * output. What it says of its output before its end is a placeholder.
 */
function seenUsage(outcome: BillOutcome): Usage | undefined {
  if (outcome.kind !== 'client_gone' || outcome.roughTokens === undefined) return undefined;
  const { usage } = outcome.usage;
  return usage.inputTokens === undefined
    ? undefined
    : { ...usage, outputTokens: outcome.roughTokens };
}
