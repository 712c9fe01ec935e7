import { describe, expect, test } from 'vitest';
import type { Asked } from '../../test/support/billing-rig.ts';
import { finalUsage, openBill, openBillingRig } from '../../test/support/billing-rig.ts';
import { UsageState } from '../messages/usage.ts';
import type { BillOutcome, ClosedBill } from './bill.ts';

/** Bills of requests that nobody pays in advance. */

async function closed(outcome: BillOutcome, asking: Asked = {}): Promise<ClosedBill> {
  const rig = await openBillingRig();
  return (await openBill(rig, { isPrepaid: false, ...asking })).close(outcome);
}

function answered(usage: UsageState): BillOutcome {
  return { kind: 'answered', usage, attempt: 1, isUsageEstimated: false, isEmpty: false };
}

function usageOf(reported: object): UsageState {
  const usage = new UsageState();
  usage.mergeFinal({ input_tokens: 0, output_tokens: 0, ...reported });
  return usage;
}

const written = usageOf({ cache_creation_input_tokens: 1000 });
const escaped = Buffer.from(String.raw`{"max_tokens":1,"\u0069nference_geo":"us","messages":[]}`);

describe('what an answer costs goes by what was asked for', () => {
  test.each<[string, Asked, UsageState, bigint | undefined]>([
    ['nothing in particular', {}, finalUsage(87, 24), 621_000n],
    ['one region', { more: { inference_geo: 'us' } }, finalUsage(87, 24), 683_100n],
    ['one region, spelled with escapes', { body: escaped }, finalUsage(87, 24), 683_100n],
    ['another region', { more: { inference_geo: 'global' } }, finalUsage(87, 24), 621_000n],
    ['the word in a text', { more: { system: 'inference_geo us' } }, finalUsage(87, 24), 621_000n],
    ['speed at a price of its own', { more: { speed: 'fast' } }, finalUsage(87, 24), undefined],
    ['the usual speed', { more: { speed: 'standard' } }, finalUsage(87, 24), 621_000n],
    ['writes to the cache that last', { cacheControl: { ttl: '1h' } }, written, 6_000_000n],
    ['writes to the cache', { cacheControl: { type: 'ephemeral' } }, written, 3_750_000n],
  ])('%s', async (_name, asking, usage, costNanoUsd) => {
    expect(await closed(answered(usage), asking)).toMatchObject({
      costNanoUsd,
      chargedNanoUsd: 0n,
    });
  });
});

describe('what a stream cost that its caller left', () => {
  const started = new UsageState();
  // The count at the start of a stream is a placeholder (reliability §1.4, M9).
  started.merge({ input_tokens: 100, output_tokens: 1 });
  const left = { kind: 'client_gone', attempt: 1, hadContent: true } as const;

  test.each<[string, BillOutcome, Partial<ClosedBill>]>([
    [
      'the input that it said, and about as much output as came by',
      { ...left, usage: started, roughTokens: 50 },
      {
        costNanoUsd: 300_000n + 750_000n,
        usageSource: 'estimated',
        counted: { inputTokens: 100, outputTokens: 50 },
      },
    ],
    [
      'exactly what it said before it was left',
      { ...left, usage: finalUsage(87, 24), roughTokens: 50 },
      { costNanoUsd: 621_000n, usageSource: 'reported' },
    ],
    [
      'nobody knows, where it said nothing',
      { ...left, usage: new UsageState(), roughTokens: 50 },
      { costNanoUsd: undefined },
    ],
    ['nobody knows, where nobody looked', { ...left, usage: started }, { costNanoUsd: undefined }],
  ])('%s', async (_name, outcome, bill) => {
    expect(await closed(outcome)).toMatchObject(bill);
  });
});
