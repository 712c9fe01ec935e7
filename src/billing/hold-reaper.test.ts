import { describe, expect, test } from 'vitest';
import type { BillingRig } from '../../test/support/billing-rig.ts';
import {
  finalUsage,
  openBill,
  openBillingRig,
  questionOf,
  startFrame,
  textFrame,
} from '../../test/support/billing-rig.ts';
import type { HoldRecord } from '../ledger/ledger-store.ts';
import type { Bill } from './bill.ts';

const USD = 1_000_000_000n;
/** How long a hold stands of which nobody knows anything. */
const MARGIN_MS = 300_000;
/** The time of the request and the margin. */
const HOLD_MS = 600_000 + MARGIN_MS;

interface Killed {
  readonly rig: BillingRig;
  readonly requestId: string;
}

/** A process that dies after so much of a request; the one after it has started. */
async function killed(upTo: (bill: Bill) => Promise<void>): Promise<Killed> {
  const first = await openBillingRig({ walletNanoUsd: USD });
  const question = questionOf({ isStream: true });
  await upTo(await openBill(first, question));
  const rig = first.restarted();
  await rig.reaper.start();
  return { rig, requestId: question.requestId };
}

async function stateOf({ rig, requestId }: Killed): Promise<HoldRecord['state'] | undefined> {
  return (await rig.ledger.hold(requestId))?.state;
}

async function ownersLeft({ ledger }: BillingRig): Promise<ReadonlySet<string>> {
  const holds = await ledger.openHolds({ limit: 2000 });
  return new Set(holds.map(({ owner }) => owner));
}

const sent = (bill: Bill): Promise<void> => {
  bill.sent(1, 'claude');
  return Promise.resolve();
};

describe('what a process that died had held', () => {
  test('W18 goes back where nothing was sent', async () => {
    const at = await killed(() => Promise.resolve());
    expect(await stateOf(at)).toBe('released');
    expect(await at.rig.wallet()).toMatchObject({ postedNanoUsd: USD, heldNanoUsd: 0n });
  });

  test('W17 stays where nobody knows, and is resolved once its time is up', async () => {
    const at = await killed(sent);
    expect(await stateOf(at)).toBe('unresolved');
    expect((await at.rig.wallet()).heldNanoUsd).toBeGreaterThan(0n);
    at.rig.clock.advance(MARGIN_MS - 1);
    await at.rig.reaper.reap();
    expect(await stateOf(at)).toBe('unresolved');
    at.rig.clock.advance(1);
    await at.rig.reaper.reap();
    await at.rig.reaper.reap();
    expect(await stateOf(at)).toBe('released');
    expect(await at.rig.wallet()).toMatchObject({ postedNanoUsd: USD, heldNanoUsd: 0n });
    const { transfers, problems } = await at.rig.ledger.verify();
    // The top-up, and what it may have cost us.
    expect([transfers, problems]).toEqual([2, []]);
  });

  test('is found however many of them nobody knows anything of', async () => {
    const first = await openBillingRig({ walletNanoUsd: 100n * USD });
    for (let index = 0; index < 501; index += 1) await sent(await openBill(first));
    const last = questionOf({ isStream: true });
    await openBill(first, last);
    const next = first.restarted();
    await next.reaper.recover();
    expect(next.counts).toMatchObject({ orphansUnresolved: 501, orphansReleased: 1 });
    expect((await next.ledger.hold(last.requestId))?.state).toBe('released');
  });

  test('is found behind what others have under way, which is left to them', async () => {
    const living = await openBillingRig({ walletNanoUsd: 100n * USD });
    const small = { maxTokens: 1, boundTokens: 100 };
    const open = async (rig: BillingRig, count: number): Promise<void> => {
      for (let held = 0; held < count; held += 1) await openBill(rig, small);
    };
    await open(living, 501);
    const dead = living.restarted();
    await open(dead, 501);
    const next = dead.restarted((owner) => owner === 'first');
    await next.reaper.recover();
    expect(next.counts.orphansReleased).toBe(501);
    expect(await ownersLeft(next)).toEqual(new Set(['first']));

    await open(dead, 1);
    next.clock.advance(2 * HOLD_MS);
    await next.reaper.reap();
    expect(next.counts.orphansReleased).toBe(502);
    expect(await ownersLeft(next)).toEqual(new Set(['first']));
  });

  test('is charged exactly where the counts were final', async () => {
    const at = await killed(async (bill) => {
      await sent(bill);
      await bill.meter()?.sawFinalUsage(finalUsage(87, 24));
    });
    expect(await stateOf(at)).toBe('settled');
    expect((await at.rig.wallet()).postedNanoUsd).toBe(USD - 621_000n);
    const charge = JSON.parse((await at.rig.ledger.hold(at.requestId))?.charge ?? '{}') as object;
    expect(charge).toMatchObject({
      usage_source: 'reported',
      usage: { input_tokens: 87, output_tokens: 24 },
      cost_nano_usd: '621000',
    });
  });

  test('is charged as far as it was seen where content had gone out', async () => {
    const at = await killed(async (bill) => {
      await sent(bill);
      for (const frame of [startFrame(100), textFrame(' hello'.repeat(1200))]) {
        bill.meter()?.covers(frame, 0, frame.length);
      }
    });
    expect(await stateOf(at)).toBe('settled');
    expect((await at.rig.wallet()).postedNanoUsd).toBe(USD - 300_000n - 1200n * 15_000n);
  });

  test('I11 is resolved once, however often processes start', async () => {
    const at = await killed(async (bill) => {
      await bill.meter()?.sawFinalUsage(finalUsage(87, 24));
    });
    await at.rig.restarted().reaper.start();
    await at.rig.restarted().reaper.start();
    expect((await at.rig.wallet()).postedNanoUsd).toBe(USD - 621_000n);
    expect((await at.rig.ledger.verify()).problems).toEqual([]);
  });

  test('is there for the next start where the store fails at this one', async () => {
    const first = await openBillingRig({ walletNanoUsd: USD });
    await openBill(first);
    const second = first.restarted();
    second.failing.add('release');
    await second.reaper.recover();
    expect(second.counts.storeFaults).toBe(1);
    await second.restarted().reaper.recover();
    expect((await second.wallet()).heldNanoUsd).toBe(0n);
  });

  test('all of it, however many there are', async () => {
    const first = await openBillingRig({ walletNanoUsd: USD });
    for (let held = 0; held < 1200; held += 1)
      await openBill(first, { maxTokens: 1, boundTokens: 100 });
    const next = first.restarted();
    await next.reaper.recover();
    expect(next.counts.orphansReleased).toBe(1200);
    expect((await next.wallet()).heldNanoUsd).toBe(0n);
  });
});

describe('the round that runs all along', () => {
  test('I9 leaves requests alone that run, however long, and ends what nobody ends', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const running = questionOf();
    const bill = await openBill(rig, running);
    await rig.reaper.start();
    rig.clock.advance(2 * HOLD_MS);
    await settled();
    expect((await rig.ledger.hold(running.requestId))?.state).toBe('open');
    const usage = finalUsage(87, 24);
    await bill.close({
      kind: 'answered',
      usage,
      attempt: 1,
      isUsageEstimated: false,
      isEmpty: false,
    });
    expect((await rig.wallet()).postedNanoUsd).toBe(USD - 621_000n);
    await rig.reaper.close();
    expect(rig.clock.pendingTimers).toBe(0);
  });

  test('I9 ends what a fault of ours kept from being settled, by its checkpoints', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const question = questionOf({ isStream: true });
    const bill = await openBill(rig, question);
    await bill.meter()?.sawFinalUsage(finalUsage(87, 24));
    const halfATokens = { usage: { inputTokens: 0.5, outputTokens: 1 }, isFinal: true };
    const usage = halfATokens as unknown as ReturnType<typeof finalUsage>;
    const outcome = { attempt: 1, isUsageEstimated: false, isEmpty: false } as const;
    await expect(bill.close({ kind: 'answered', usage, ...outcome })).rejects.toThrow(
      'natural numbers',
    );
    rig.clock.advance(HOLD_MS);
    await rig.reaper.reap();
    expect(await rig.wallet()).toMatchObject({ postedNanoUsd: USD - 621_000n, heldNanoUsd: 0n });
  });

  test('W23 takes out credit that has lapsed', async () => {
    const rig = await openBillingRig({ walletNanoUsd: 5n });
    const atMs = rig.clock.wallMs();
    await rig.ledger.transfer({
      transferId: 'promo',
      reason: 'grant',
      account: 'acct',
      amountNanoUsd: 100n,
      expiresAtMs: atMs + 1000,
      note: '',
      actor: 'test',
      atMs,
    });
    rig.clock.advance(1000);
    await rig.reaper.reap();
    expect((await rig.wallet()).postedNanoUsd).toBe(5n);
  });

  test('goes on after one that failed', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    await rig.reaper.start();
    rig.failing.add('openHolds');
    rig.clock.advance(5000);
    await settled();
    expect(rig.logged.at(-1)?.event).toBe('hold_reaper_failed');
    rig.failing.clear();
    expect(rig.clock.pendingTimers).toBe(1);
    await rig.reaper.close();
  });
});

async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
