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
import { factsOf } from '../../test/support/model-facts.ts';
import { countTokens } from '../emulator/tokens/split-tokens.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { Bill } from './bill.ts';

const USD = 1_000_000_000n;
const INPUT = 3_000_000n;
const TOKEN = 15_000n;
const SLICE = 2048;
const { tokenizer } = factsOf('claude-sonnet-4-6');
/** A word of one token each. */
const word = ' hello';

interface Ran {
  readonly ending: 'complete' | 'stop' | Refusal;
  /** Tokens of what went out. */
  readonly tokens: number;
}

/** Writes words until so many tokens are out, or the money is. */
async function write(bill: Bill, words: number, wordsAnEvent = 4): Promise<Ran> {
  const meter = bill.meter();
  if (meter === undefined) throw new Error('the stream is not metered');
  let text = '';
  const start = startFrame(1000);
  meter.covers(start, 0, start.length);
  for (let written = 0; written < words; written += wordsAnEvent) {
    const piece = word.repeat(wordsAnEvent);
    const frame = textFrame(piece);
    const ending = meter.covers(frame, 0, frame.length) ? 'covered' : await meter.whenCovered();
    if (ending !== 'covered') return { ending, tokens: countTokens(text, tokenizer) };
    text += piece;
  }
  return { ending: 'complete', tokens: countTokens(text, tokenizer) };
}

const asStream: Asked = { isStream: true, maxTokens: 32_000 };

async function answer(bill: Bill, outputTokens: number): Promise<bigint> {
  const closed = await bill.close({
    kind: 'answered',
    usage: finalUsage(1000, outputTokens),
    attempt: 1,
    isUsageEstimated: false,
    isEmpty: false,
  });
  return closed.chargedNanoUsd;
}

describe('a stream gets its money slice by slice', () => {
  test('a short answer needs no second one', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig, asStream);
    await write(bill, 200);
    expect((await rig.wallet()).heldNanoUsd).toBe(INPUT + BigInt(SLICE) * TOKEN);
    expect(rig.counts.extensions).toBe(0);
  });

  test('half of the last one used, the next is asked for, and nothing waits for it', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig, asStream);
    await write(bill, 1100);
    expect(await bill.meter()?.whenCovered()).toBe('covered');
    expect(rig.counts.extensions).toBe(1);
    expect((await rig.wallet()).heldNanoUsd).toBe(INPUT + 2n * BigInt(SLICE) * TOKEN);
  });

  test('a long one holds little more than it has written, and never more than it may write', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig, { ...asStream, maxTokens: 9000 });
    const { ending, tokens } = await write(bill, 6000);
    expect(ending).toBe('complete');
    const heldTokens = Number(((await rig.wallet()).heldNanoUsd - INPUT) / TOKEN);
    expect(heldTokens).toBeGreaterThanOrEqual(tokens);
    expect(heldTokens).toBeLessThanOrEqual(tokens * 1.05 + SLICE * 1.5);
    await write(bill, 2900);
    expect((await rig.wallet()).heldNanoUsd).toBe(INPUT + 9000n * TOKEN);
  });

  test('one event may be larger than a slice', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig, asStream);
    expect((await write(bill, 8000, 8000)).ending).toBe('complete');
  });

  test('what it costs in the end is what was used; the rest goes back', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig, asStream);
    const { tokens } = await write(bill, 3000);
    expect(await answer(bill, tokens)).toBe(INPUT + BigInt(tokens) * TOKEN);
    expect(await rig.wallet()).toMatchObject({
      heldNanoUsd: 0n,
      postedNanoUsd: USD - INPUT - BigInt(tokens) * TOKEN,
    });
  });
});

describe('a wallet that runs dry while the answer is written', () => {
  const poor = INPUT + BigInt(SLICE) * TOKEN + 1000n * TOKEN;

  test('the stream goes on to the end of what there is, is told why it ends, and pays for it', async () => {
    const rig = await openBillingRig({ walletNanoUsd: poor });
    const bill = await openBill(rig, asStream);
    const { ending, tokens } = await write(bill, 10_000);
    expect(ending).toMatchObject({ code: 'billing', reason: 'wallet_exhausted' });
    expect(tokens).toBeGreaterThan((SLICE + 1000) * 0.94);
    expect(tokens).toBeLessThanOrEqual(SLICE + 1000);
    const closed = await bill.close({ kind: 'stopped', usage: startUsage(1000), attempt: 1 });
    expect(closed.usageSource).toBe('estimated');
    expect(closed.chargedNanoUsd).toBeGreaterThanOrEqual(INPUT + BigInt(tokens) * TOKEN);
    const wallet = await rig.wallet();
    expect(wallet.heldNanoUsd).toBe(0n);
    expect(wallet.postedNanoUsd).toBe(poor - closed.chargedNanoUsd);
    expect(wallet.postedNanoUsd).toBeGreaterThanOrEqual(0n);
  });

  test('it ends as one that came to its max_tokens where the plan says so', async () => {
    const rig = await openBillingRig({ walletNanoUsd: poor });
    const bill = await openBill(rig, { ...asStream, stopsWhenExhausted: true });
    expect((await write(bill, 10_000)).ending).toBe('stop');
  });

  test('a frozen wallet gives no more', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig, asStream);
    await rig.ledger.setWalletStatus('acct', 'frozen', rig.clock.wallMs());
    expect((await write(bill, 10_000)).ending).toMatchObject({ code: 'billing' });
  });

  test('a budget that is used up ends it too', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const budgets = [{ name: 'key', limitNanoUsd: poor, startMs: 0 }];
    const bill = await openBill(rig, { ...asStream, budgets });
    const { ending, tokens } = await write(bill, 10_000);
    expect(ending).toMatchObject({ code: 'billing' });
    expect(tokens).toBeLessThanOrEqual(SLICE + 1000);
  });

  test('books that cannot be reached end it with what they are: unavailable', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig, asStream);
    rig.failing.add('extendHold');
    expect((await write(bill, 10_000)).ending).toMatchObject({
      code: 'unavailable',
      reason: 'ledger_unavailable',
    });
  });
});

describe('checkpoints of a stream', () => {
  test('say every 1,000 tokens what was seen and what it costs', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const question = questionOf(asStream);
    const bill = await openBill(rig, question);
    bill.sent(1, 'claude');
    expect((await rig.ledger.hold(question.requestId))?.checkpoint?.stage).toBe('sent');
    await write(bill, 2500);
    const checkpoint = (await rig.ledger.hold(question.requestId))?.checkpoint;
    expect(checkpoint?.stage).toBe('partial');
    expect(checkpoint?.costNanoUsd).toBeGreaterThanOrEqual(INPUT + 2000n * TOKEN);
    expect(checkpoint?.costNanoUsd).toBeLessThanOrEqual(INPUT + 2500n * TOKEN);
  });

  test('and every five seconds', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const question = questionOf(asStream);
    const bill = await openBill(rig, question);
    await write(bill, 8);
    expect((await rig.ledger.hold(question.requestId))?.checkpoint).toBeUndefined();
    rig.clock.advance(5000);
    await write(bill, 4);
    expect((await rig.ledger.hold(question.requestId))?.checkpoint?.stage).toBe('partial');
  });

  test('and exactly, before the last event goes out', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const question = questionOf(asStream);
    const bill = await openBill(rig, question);
    await bill.meter()?.sawFinalUsage(finalUsage(87, 24));
    expect((await rig.ledger.hold(question.requestId))?.checkpoint).toMatchObject({
      stage: 'final',
      costNanoUsd: 621_000n,
    });
  });
});

interface Running {
  readonly bill: Bill;
  written: number;
  readonly words: number;
}

test('M1 1,000 streams at once on 1 USD: nothing beyond it, and 95 % of it is of use', async () => {
  const rig = await openBillingRig({ walletNanoUsd: USD });
  let waiting = 1000;
  const running = new Set<Running>();
  const admit = async (): Promise<void> => {
    while (waiting > 0) {
      const bill = await rig.billing.open(questionOf(asStream));
      if (isRefusal(bill)) return;
      running.add({ bill, written: 0, words: 200 + ((waiting * 7919) % 4000) });
      waiting -= 1;
    }
  };
  await admit();
  expect(running.size).toBe(29);
  while (running.size > 0) {
    for (const stream of running) await step(rig, stream, running);
    await admit();
    expect((await rig.wallet()).availableNanoUsd).toBeGreaterThanOrEqual(0n);
  }
  const { postedNanoUsd, heldNanoUsd } = await rig.wallet();
  expect(heldNanoUsd).toBe(0n);
  expect(postedNanoUsd).toBeGreaterThanOrEqual(0n);
  expect(postedNanoUsd).toBeLessThan(USD / 20n);
  expect(rig.counts.absorbedNanoUsd).toBe(0n);
  expect((await rig.ledger.verify()).problems).toEqual([]);
});

/** Some words of one stream; its end where it is over, or its money is. */
async function step(rig: BillingRig, stream: Running, running: Set<Running>): Promise<void> {
  const { ending } = await write(stream.bill, 100);
  stream.written += 100;
  if (ending === 'complete' && stream.written < stream.words) return;
  running.delete(stream);
  const usage = ending === 'complete' ? finalUsage(1000, stream.written) : startUsage(1000);
  await stream.bill.close(
    ending === 'complete'
      ? { kind: 'answered', usage, attempt: 1, isUsageEstimated: false, isEmpty: false }
      : { kind: 'stopped', usage, attempt: 1 },
  );
  expect(rig.counts.storeFaults).toBe(0);
}
