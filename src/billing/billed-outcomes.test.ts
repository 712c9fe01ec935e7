import { describe, expect, test } from 'vitest';
import type { Asked, BillingRig } from '../../test/support/billing-rig.ts';
import {
  finalUsage,
  openBill,
  openBillingRig,
  questionOf,
  startFrame,
  startUsage,
  textFrame,
} from '../../test/support/billing-rig.ts';
import { UsageState } from '../messages/usage.ts';
import type { Bill, BillOutcome, ClosedBill } from './bill.ts';
import type { BilledName } from './billed-outcomes.ts';
import { billedNameOf, billedOutcomes, billedSituations } from './billed-outcomes.ts';

const USD = 1_000_000_000n;
const unreported = new UsageState();
const text = ' hello'.repeat(50);

function answered(usage: UsageState, more: object = {}): BillOutcome {
  return { kind: 'answered', usage, attempt: 1, isUsageEstimated: false, isEmpty: false, ...more };
}

interface Ended {
  readonly rig: BillingRig;
  readonly closed: ClosedBill;
  readonly requestId: string;
}

/** A stream that said so much, and its end. */
async function endStream(
  outcome: BillOutcome,
  said: string = text,
  asking: Asked = {},
): Promise<Ended> {
  const rig = await openBillingRig({ walletNanoUsd: USD });
  const question = questionOf({ isStream: true, ...asking });
  const bill = await openBill(rig, question);
  bill.sent(1, 'claude');
  say(bill, said);
  const closed = await bill.close(outcome);
  return { rig, closed, requestId: question.requestId };
}

function say(bill: Bill, said: string): void {
  for (const frame of [startFrame(100), ...(said === '' ? [] : [textFrame(said)])]) {
    bill.meter()?.covers(frame, 0, frame.length);
  }
}

/** What was charged for each row of the published table, in the wallet and as the bill says it. */
const rows: readonly (readonly [BilledName, BillOutcome, bigint, ClosedBill['usageSource']])[] = [
  ['refused', { kind: 'refused', status: 400 }, 0n, 'none'],
  ['failed', { kind: 'failed', status: 502 }, 0n, 'none'],
  ['answered', answered(finalUsage(100, 50)), 1_050_000n, 'reported'],
  ['empty', answered(finalUsage(100, 0), { isEmpty: true }), 0n, 'none'],
  ['broken', { kind: 'broken', usage: startUsage(100), attempt: 1 }, 0n, 'none'],
  ['stopped', { kind: 'stopped', usage: startUsage(100), attempt: 1 }, 1_050_000n, 'estimated'],
  [
    'left_before_content',
    { kind: 'client_gone', usage: startUsage(100), attempt: 1, hadContent: false },
    0n,
    'none',
  ],
  [
    'left_after_content',
    { kind: 'client_gone', usage: startUsage(100), attempt: 1, hadContent: true },
    1_050_000n,
    'estimated',
  ],
  ['replayed', { kind: 'replayed' }, 0n, 'none'],
];

describe('the "billed?" table, row by row (wallet reference §4.5)', () => {
  test.each(rows)('%s', async (name, outcome, chargedNanoUsd, usageSource) => {
    expect(billedNameOf(outcome)).toBe(name);
    const { rig, closed } = await endStream(outcome);
    expect(closed).toMatchObject({ chargedNanoUsd, usageSource, costNanoUsd: chargedNanoUsd });
    const { inputTokens, outputTokens } = closed.counted ?? {};
    const isCounted = usageSource === 'estimated';
    expect([inputTokens, outputTokens]).toEqual(isCounted ? [100, 50] : [undefined, undefined]);
    expect(closed.headers).toEqual(['x-credits-charged', String(chargedNanoUsd)]);
    const wallet = await rig.wallet();
    expect([wallet.postedNanoUsd, wallet.heldNanoUsd]).toEqual([USD - chargedNanoUsd, 0n]);
    expect((await rig.ledger.verify()).problems).toEqual([]);
  });

  test('has every outcome, and the published one has no other', () => {
    expect(rows.map(([name]) => name).toSorted()).toEqual(Object.keys(billedOutcomes).toSorted());
    const published = new Set(billedSituations.map(({ outcome }) => outcome));
    published.delete('none');
    expect([...published].toSorted()).toEqual(Object.keys(billedOutcomes).toSorted());
  });
});

describe('whose count is charged', () => {
  test('S07 the exact one where the caller left after it had come', async () => {
    const outcome = {
      kind: 'client_gone',
      usage: finalUsage(100, 77),
      attempt: 1,
      hadContent: true,
    } as const;
    const { closed } = await endStream(outcome);
    expect(closed).toMatchObject({ chargedNanoUsd: 1_455_000n, usageSource: 'reported' });
  });

  test('W14 our own where none was reported: more than nothing, less than the hold', async () => {
    const { closed, rig } = await endStream(answered(unreported), text, { boundTokens: 200 });
    expect(closed.usageSource).toBe('estimated');
    expect(closed.chargedNanoUsd).toBeGreaterThan(750_000n);
    expect(closed.chargedNanoUsd).toBeLessThan(600_000n + 2048n * 15_000n);
    expect(rig.counts.estimates).toBe(1);
  });

  test('M9 not the placeholder at the start of a stream', async () => {
    const { closed } = await endStream(answered(startUsage(100)));
    expect(closed).toMatchObject({ chargedNanoUsd: 1_050_000n, usageSource: 'estimated' });
  });

  test('M10 W15 zeros are what they say: nothing', async () => {
    const { closed, rig, requestId } = await endStream(answered(finalUsage(0, 0)));
    expect(closed).toMatchObject({ chargedNanoUsd: 0n, costNanoUsd: 0n, usageSource: 'reported' });
    expect(await rig.ledger.hold(requestId)).toMatchObject({ state: 'released' });
  });

  test('M13 a missing usage gives nothing back but what was not used', async () => {
    const { closed } = await endStream(answered(unreported), 'x');
    expect(closed.chargedNanoUsd).toBeGreaterThan(0n);
  });

  test('M14 one that nobody can have used is not believed', async () => {
    const absurd = finalUsage(100, Number.MAX_SAFE_INTEGER);
    const { closed } = await endStream(answered(absurd));
    expect(closed.usageSource).toBe('estimated');
    expect(closed.chargedNanoUsd).toBeLessThan(USD / 100n);
  });

  test('an answer in one piece is counted as it reads', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const answer = Buffer.from(JSON.stringify({ content: [{ type: 'text', text }] }));
    const closed = await (await openBill(rig)).close(answered(startUsage(100), { answer }));
    expect(closed).toMatchObject({ chargedNanoUsd: 1_050_000n, usageSource: 'estimated' });
  });

  test('an estimate is never more than could be written, or than was held', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig, { isStream: true, maxTokens: 10 });
    say(bill, text);
    const closed = await bill.close({ kind: 'stopped', usage: startUsage(100), attempt: 1 });
    expect(closed.chargedNanoUsd).toBe(450_000n);
    const dear = await openBill(rig, { isStream: true, maxTokens: 10, boundTokens: 90 });
    say(dear, text);
    const capped = await dear.close({ kind: 'stopped', usage: startUsage(100), attempt: 1 });
    expect(capped.chargedNanoUsd).toBe(270_000n + 10n * 15_000n);
  });
});

describe('what a request cost above its hold', () => {
  const asking: Asked = { isStream: true, maxTokens: 10 };
  const heldNanoUsd = 3_150_000n;

  test('W12 is taken from the wallet that has it', async () => {
    const rig = await openBillingRig({ walletNanoUsd: heldNanoUsd + 100_000n });
    const closed = await (await openBill(rig, asking)).close(answered(finalUsage(1051, 0)));
    expect(closed.chargedNanoUsd).toBe(heldNanoUsd + 3000n);
    expect((await rig.wallet()).postedNanoUsd).toBe(97_000n);
    expect(rig.counts.absorbedNanoUsd).toBe(0n);
  });

  test('W13 is ours where the wallet has not, and whoever runs the gateway hears of it', async () => {
    const rig = await openBillingRig({ walletNanoUsd: heldNanoUsd });
    const closed = await (await openBill(rig, asking)).close(answered(finalUsage(1050, 1)));
    expect(closed).toMatchObject({ chargedNanoUsd: heldNanoUsd, costNanoUsd: 3_165_000n });
    expect(rig.counts.absorbedNanoUsd).toBe(15_000n);
    expect(rig.logged.at(-1)).toMatchObject({
      event: 'cost_absorbed',
      fields: { nanoUsd: '15000' },
    });
    expect((await rig.wallet()).postedNanoUsd).toBe(0n);
  });
});

describe('who leaves before anything was sent', () => {
  const left: BillOutcome = {
    kind: 'client_gone',
    usage: startUsage(100),
    attempt: 1,
    hadContent: false,
  };

  test('pays the input where the key does it more often than it may, and again after an hour not', async () => {
    const rig = await openBillingRig({
      walletNanoUsd: USD,
      settings: { abandonedFreePerHour: 2 },
    });
    const leave = async (isAsked = true): Promise<bigint> => {
      const bill = await openBill(rig, { isStream: true });
      if (isAsked) bill.sent(1, 'one');
      return (await bill.close(left)).chargedNanoUsd;
    };
    expect([await leave(), await leave(), await leave()]).toEqual([0n, 0n, 300_000n]);
    // Nobody worked on it.
    expect(await leave(false)).toBe(0n);
    rig.clock.advance(3_600_000);
    expect(await leave()).toBe(0n);
    expect(rig.counts.abandoned).toBe(4);
  });

  test('pays nothing where it was the gateway that closed', async () => {
    const rig = await openBillingRig({
      walletNanoUsd: USD,
      settings: { abandonedFreePerHour: 0 },
    });
    const bill = await openBill(rig, { isStream: true });
    bill.sent(1, 'claude');
    rig.billing.startClosing();
    expect((await bill.close(left)).chargedNanoUsd).toBe(0n);
    expect(rig.counts.abandoned).toBe(0);
  });
});

describe('what attempts cost us', () => {
  test('R10 M17 the caller pays for the one whose answer it got, the books have both', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const question = questionOf({ isStream: true });
    const bill = await openBill(rig, question);
    bill.sent(1, 'one');
    bill.attemptFailed({ attempt: 1, upstream: 'one', usage: finalUsage(100, 3), wasSent: true });
    bill.sent(2, 'two');
    bill.attemptFailed({ attempt: 2, upstream: 'two', usage: undefined, wasSent: true });
    bill.sent(3, 'two');
    bill.attemptFailed({ attempt: 3, upstream: 'two', usage: undefined, wasSent: false });
    bill.sent(4, 'one');
    const closed = await bill.close({
      ...answered(finalUsage(100, 50)),
      attempt: 4,
    } as BillOutcome);
    expect(closed.chargedNanoUsd).toBe(1_050_000n);
    const { transfers, problems } = await rig.ledger.verify();
    // The top-up, the charge, and what three attempts cost.
    expect([transfers, problems]).toEqual([5, []]);
  });
});

test('a bill that is closed again is the one that was closed', async () => {
  const rig = await openBillingRig({ walletNanoUsd: USD });
  const bill = await openBill(rig);
  const [first, second] = await Promise.all([
    bill.close(answered(finalUsage(87, 24))),
    bill.close({ kind: 'failed', status: 500 }),
  ]);
  expect(second).toBe(first);
  expect((await rig.wallet()).postedNanoUsd).toBe(USD - 621_000n);
});

describe('a store that does not take the end of a hold', () => {
  test('M3 M4 gets it again until it does, and the caller waits for nothing', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig);
    rig.failing.add('settle');
    const closed = await bill.close(answered(finalUsage(87, 24)));
    expect(closed.chargedNanoUsd).toBe(621_000n);
    expect(rig.counts).toMatchObject({ settlementsWaiting: 1, storeFaults: 1 });
    await advance(rig, 500);
    expect(rig.counts.settlementsWaiting).toBe(1);
    rig.failing.clear();
    await advance(rig, 1000);
    expect(rig.counts).toMatchObject({ settlementsWaiting: 0, settlements: 1 });
    expect(await rig.wallet()).toMatchObject({ postedNanoUsd: USD - 621_000n, heldNanoUsd: 0n });
    expect(rig.clock.pendingTimers).toBe(0);
  });

  test('M5 gets it once more as the process ends', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig);
    rig.failing.add('settle');
    await bill.close(answered(finalUsage(87, 24)));
    rig.failing.clear();
    await rig.billing.desk.close();
    expect((await rig.wallet()).postedNanoUsd).toBe(USD - 621_000n);
    expect(rig.clock.pendingTimers).toBe(0);
  });
});

/** Moves time, and lets what it set off come to its end. */
async function advance(rig: BillingRig, byMs: number): Promise<void> {
  rig.clock.advance(byMs);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
