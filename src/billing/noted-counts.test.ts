import { describe, expect, test } from 'vitest';
import {
  finalUsage,
  openBill,
  openBillingRig,
  questionOf,
} from '../../test/support/billing-rig.ts';
import { UsageState } from '../messages/usage.ts';

const USD = 1_000_000_000n;

function withoutInput(outputTokens: number): UsageState {
  const state = new UsageState();
  state.mergeFinal({ output_tokens: outputTokens });
  return state;
}

describe('what is noted at the end of a stream, for whoever settles it after a crash', () => {
  test.each([
    ['counts that nobody believes', finalUsage(87, 100_000_001)],
    ['counts that leave the input out', withoutInput(24)],
  ])('%s: our own count, for no more than was held', async (_name, usage) => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const question = questionOf({ isStream: true });
    const bill = await openBill(rig, question);
    const held = (await rig.wallet()).heldNanoUsd;
    await bill.meter()?.sawFinalUsage(usage);
    const noted = (await rig.ledger.hold(question.requestId))?.checkpoint;
    expect(noted?.stage).toBe('final');
    expect(noted?.costNanoUsd).toBeGreaterThan(0n);
    expect(noted?.costNanoUsd).toBeLessThanOrEqual(held);
    expect(noted?.seen).toContain('"usage_source":"estimated"');
  });
});

test('I8 a bill says whether it is in the books', async () => {
  const rig = await openBillingRig({ walletNanoUsd: USD });
  const bill = await openBill(rig, questionOf());
  rig.failing.add('settle');
  const usage = finalUsage(87, 24);
  const outcome = { kind: 'answered', usage, attempt: 1, isUsageEstimated: false, isEmpty: false };
  const closed = await bill.close({ ...outcome, kind: 'answered' });
  expect(closed.isDurable).toBe(false);
  rig.failing.clear();
  rig.clock.advance(500);
  await expect.poll(async () => (await rig.wallet()).postedNanoUsd).toBe(USD - 621_000n);
});
