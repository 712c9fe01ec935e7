import { describe, expect, test } from 'vitest';
import {
  finalUsage,
  openBill,
  openBillingRig,
  questionOf,
} from '../../test/support/billing-rig.ts';
import { isRefusal } from '../messages/errors.ts';
import { UsageState } from '../messages/usage.ts';
import type { PriceTier, Rates } from '../metering/resolved-price.ts';
import { versioned } from '../metering/resolved-price.ts';
import type { BillingParts } from './billing-parts.ts';

const USD = 1_000_000_000n;
const PER_MILLION = 1_000_000n;
const tokens: Rates = {
  input: 3000n * PER_MILLION,
  output: 15_000n * PER_MILLION,
  cache_read: 300n * PER_MILLION,
  cache_write_5m: 3750n * PER_MILLION,
  cache_write_1h: 6000n * PER_MILLION,
};
const { cache_read: _read, ...withoutReads } = tokens;

function pricesOf(...tiers: readonly PriceTier[]): BillingParts['prices'] {
  const price = versioned(tiers, { batchPercent: 50, usGeoPercent: 110 });
  return { priceOf: () => price, listPriceOf: () => price };
}

const outcome = { kind: 'answered', attempt: 1, isUsageEstimated: false, isEmpty: false } as const;

describe('a class without a price', () => {
  test.each<[string, readonly PriceTier[]]>([
    ['that every request may use', [{ aboveInputTokens: 0, rates: withoutReads }]],
    [
      'in the tier of longer prompts, whatever this one is',
      [
        { aboveInputTokens: 0, rates: tokens },
        { aboveInputTokens: 200_000, rates: withoutReads },
      ],
    ],
    ['for any prompt that is not long', [{ aboveInputTokens: 200_000, rates: tokens }]],
    ['at all', []],
  ])('%s: nothing is sold (M08)', async (_name, tiers) => {
    const rig = await openBillingRig({ walletNanoUsd: USD, prices: pricesOf(...tiers) });
    const bill = await rig.billing.open(questionOf());
    expect(isRefusal(bill) && bill.reason).toBe('price_unavailable');
  });

  test('that nobody asked for makes the rest of an answer no free one', async () => {
    const prices = pricesOf({ aboveInputTokens: 0, rates: tokens });
    const rig = await openBillingRig({ walletNanoUsd: USD, prices });
    const bill = await openBill(rig);
    const usage = new UsageState();
    const searched = { server_tool_use: { web_search_requests: 3 } };
    usage.mergeFinal({ input_tokens: 87, output_tokens: 24, ...searched });
    const closed = await bill.close({ ...outcome, usage });
    expect(closed.chargedNanoUsd).toBe(621_000n);
    expect(rig.logged.at(-1)).toMatchObject({
      event: 'use_without_price',
      fields: { class: 'web_search' },
    });
  });

  test('that was not used costs nothing', async () => {
    const prices = pricesOf({ aboveInputTokens: 0, rates: tokens });
    const rig = await openBillingRig({ walletNanoUsd: USD, prices });
    const closed = await (await openBill(rig)).close({ ...outcome, usage: finalUsage(87, 24) });
    expect(closed.chargedNanoUsd).toBe(621_000n);
  });
});
