import type { Usage } from '../messages/usage.ts';
import { chargeOf } from '../metering/charge-of.ts';
import type { Bill, BillOutcome, BillQuestion, ClosedBill, OutputMeter } from './bill.ts';
import type { Quote } from './quote.ts';

/**
 * The bill of a request that nobody pays in advance: it holds nothing and charges nothing, and says
 * what the request cost where that is known.
 */
export class MeteredBill implements Bill {
  readonly headers: readonly string[] = [];
  readonly priceVersion: string | undefined;
  readonly #priced: Pick<Quote, 'price' | 'terms'> | undefined;

  constructor(
    { paysProvider }: Pick<BillQuestion, 'paysProvider'>,
    priced: Pick<Quote, 'price' | 'terms'> | undefined,
  ) {
    this.#priced = paysProvider ? undefined : priced;
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
    const free = { costNanoUsd: 0n, chargedNanoUsd: 0n, usageSource: 'none', headers: [] } as const;
    switch (outcome.kind) {
      case 'answered':
      case 'stopped':
      case 'client_gone': {
        const { usage, isFinal } = outcome.usage;
        const isOurs = outcome.kind === 'answered' && outcome.isUsageEstimated;
        const usageSource = isOurs ? 'estimated' : 'reported';
        // What was said before the end is a placeholder: the cost of a stream that was left is unknown.
        if (!isFinal) return { ...free, costNanoUsd: undefined };
        return { ...free, costNanoUsd: this.#costOf(usage), usageSource };
      }
      case 'refused':
      case 'failed':
      case 'broken':
      case 'replayed':
        return free;
    }
  }

  #costOf(usage: Usage): bigint | undefined {
    const { price, terms } = this.#priced ?? {};
    return price === undefined || terms === undefined ? undefined : chargeOf(usage, price, terms);
  }
}
