import { describe, expect, test } from 'vitest';
import type { Asked } from '../../test/support/billing-rig.ts';
import {
  ACCOUNT,
  finalUsage,
  headerOf,
  openBill,
  openBillingRig,
  questionOf,
  refusedBill,
  topUp,
} from '../../test/support/billing-rig.ts';
import { isRefusal } from '../messages/errors.ts';

const USD = 1_000_000_000n;
const W02 = 64_440_000n;

describe('what is held for an answer in one piece', () => {
  test.each<[string, Asked, bigint]>([
    ['W02 input and all of the output', {}, W02],
    ['W03 with cache_control', { cacheControl: { type: 'ephemeral' } }, 65_190_000n],
    ['W04 with a ttl of an hour', { cacheControl: { type: 'ephemeral', ttl: '1h' } }, 67_440_000n],
    ['a batch: half', { isBatch: true }, W02 / 2n],
    ['one region: a tenth more', { more: { inference_geo: 'us' } }, 70_884_000n],
    ['a markup', { markupBasisPoints: 1000 }, 70_884_000n],
    ['a stream: one slice', { isStream: true }, 3_000_000n + 2048n * 15_000n],
    ['a stream that may not be longer', { isStream: true, maxTokens: 10 }, 3_150_000n],
    [
      'a stream that thinks unseen: its budget and a slice',
      {
        isStream: true,
        boundTokens: 1100,
        maxTokens: 8000,
        more: { thinking: { type: 'enabled', budget_tokens: 2000 } },
      },
      3_300_000n + 4048n * 15_000n,
    ],
    [
      'a stream that thinks as it likes: all',
      {
        isStream: true,
        boundTokens: 1100,
        maxTokens: 8000,
        more: { thinking: { type: 'adaptive' } },
      },
      3_300_000n + 8000n * 15_000n,
    ],
  ])('%s', async (_name, asking, heldNanoUsd) => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const bill = await openBill(rig, asking);
    expect(headerOf(bill.headers, 'x-credits-held')).toBe(String(heldNanoUsd));
    expect((await rig.wallet()).heldNanoUsd).toBe(heldNanoUsd);
  });
});

test('the headers say unit, estimate, hold, what remains and the price', async () => {
  const rig = await openBillingRig({ walletNanoUsd: USD });
  const bill = await openBill(rig);
  expect(headerOf(bill.headers, 'x-credits-unit')).toBe('nano-usd');
  expect(headerOf(bill.headers, 'x-credits-estimated')).toBe(String(W02));
  expect(headerOf(bill.headers, 'x-credits-available')).toBe(String(USD - W02));
  expect(headerOf(bill.headers, 'x-credits-price-version')).toMatch(/^pv_[0-9a-f]{16}$/);
  const blind = await openBill(rig, { showsFigures: false });
  expect(headerOf(blind.headers, 'x-credits-available')).toBeUndefined();
});

test('the estimate follows how long answers of the key and model usually are', async () => {
  const rig = await openBillingRig({ walletNanoUsd: USD });
  for (const tokens of [10, 30, 20]) {
    const bill = await openBill(rig);
    const usage = finalUsage(900, tokens);
    await bill.close({
      kind: 'answered',
      usage,
      attempt: 1,
      isUsageEstimated: false,
      isEmpty: false,
    });
  }
  const { headers } = await openBill(rig);
  expect(headerOf(headers, 'x-credits-estimated')).toBe(String(3_000_000n + 20n * 15_000n));
});

describe('a wallet that is too small', () => {
  test('W05 W06 is refused below what is needed, and not at it', async () => {
    const poor = await openBillingRig({ walletNanoUsd: W02 - 1n });
    const refused = await refusedBill(poor);
    expect(refused).toMatchObject({
      code: 'billing',
      reason: 'wallet_exhausted',
      detail:
        'Wallet balance is too low for this request: needs up to 0.064440000 USD, 0.064439999 USD available. Top up or lower max_tokens.',
      members: {
        code: 'wallet_exhausted',
        required_nano: '64440000',
        available_nano: '64439999',
        held_nano: '0',
        affordable_max_tokens: 4095,
      },
    });
    expect(refused.retryAfterMs).toBeUndefined();
    expect(await poor.wallet()).toMatchObject({ postedNanoUsd: W02 - 1n, heldNanoUsd: 0n });
    await topUp(poor, 1n, 'one more');
    expect(headerOf((await openBill(poor)).headers, 'x-credits-held')).toBe(String(W02));
  });

  test('W07 what running requests hold is another no than what is not there', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const first = await openBill(rig, { maxTokens: 32_000 });
    await openBill(rig, { maxTokens: 32_000 });
    expect(headerOf(first.headers, 'x-credits-held')).toBe('483000000');
    const refused = await refusedBill(rig, { maxTokens: 32_000 });
    expect(refused).toMatchObject({ code: 'billing', reason: 'wallet_held', retryAfterMs: 5000 });
    expect(refused.members).toMatchObject({ code: 'wallet_held', held_nano: '966000000' });
  });

  test('W08 of 100 at once, as many begin as there is money for', async () => {
    const rig = await openBillingRig({ walletNanoUsd: W02 * 10n });
    const bills = await Promise.all(
      Array.from({ length: 100 }, async () => rig.billing.open(questionOf())),
    );
    const open = bills.filter((bill) => !isRefusal(bill));
    expect(open).toHaveLength(10);
    expect((await rig.wallet()).availableNanoUsd).toBe(0n);
  });

  test('figures are for keys that may see the wallet', async () => {
    const refused = await refusedBill(await openBillingRig({ walletNanoUsd: 1n }), {
      showsFigures: false,
    });
    expect(refused.detail).toBe(
      'Wallet balance is too low for this request. Top up or lower max_tokens.',
    );
    expect(refused.members).toEqual({ code: 'wallet_exhausted' });
  });

  test('nothing is affordable where not even the input is', async () => {
    const rig = await openBillingRig({ walletNanoUsd: 3_000_000n });
    expect((await refusedBill(rig)).members).not.toHaveProperty('affordable_max_tokens');
  });

  test('W20 a frozen one says so', async () => {
    const rig = await openBillingRig({
      walletNanoUsd: USD,
      settings: { topupUrl: 'https://pay.example' },
    });
    await rig.ledger.setWalletStatus(ACCOUNT, 'frozen', rig.clock.wallMs());
    const refused = await refusedBill(rig);
    expect(refused.code).toBe('billing');
    expect(refused.detail).toContain('status: frozen');
    expect(refused.members).toMatchObject({ topup_url: 'https://pay.example' });
  });

  test('an account without one is told to top up', async () => {
    expect((await refusedBill(await openBillingRig())).detail).toContain('no wallet yet');
  });
});

test('the account of the development key begins with credit, once', async () => {
  const rig = await openBillingRig({ welcome: { account: ACCOUNT, amountNanoUsd: USD } });
  await openBill(rig);
  await openBill(rig);
  expect((await rig.wallet()).postedNanoUsd).toBe(USD);
});

describe('budgets of keys', () => {
  const dayMs = 86_400_000;
  const budgetAt = (startMs: number, limitNanoUsd: bigint): Asked => ({
    budgets: [{ name: 'key', limitNanoUsd, startMs, endMs: startMs + dayMs }],
  });

  test('K18 K19 one that is too small refuses until the next period, and the wallet is not touched', async () => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    const startMs = rig.clock.wallMs();
    const refused = await refusedBill(rig, budgetAt(startMs, 1_000_000n));
    expect(refused).toMatchObject({
      code: 'permission_denied',
      reason: 'key_budget_exceeded',
      members: {
        code: 'key_budget_exceeded',
        limit_nano: '1000000',
        spent_nano: '0',
        required_nano: '64440000',
        resets_at: '2026-11-02T00:00:00.000Z',
      },
    });
    expect(refused.retryAfterMs).toBeUndefined();
    expect((await rig.wallet()).heldNanoUsd).toBe(0n);
    await openBill(rig, budgetAt(startMs, W02));
    expect((await refusedBill(rig, budgetAt(startMs, W02))).reason).toBe('key_budget_exceeded');
    await openBill(rig, budgetAt(startMs + dayMs, W02));
  });

  test('they hold for accounts that pay afterwards too', async () => {
    const rig = await openBillingRig();
    const startMs = rig.clock.wallMs();
    const bill = await openBill(rig, { ...budgetAt(startMs, W02), isPrepaid: false });
    expect(headerOf(bill.headers, 'x-credits-available')).toBeUndefined();
    const usage = finalUsage(87, 24);
    const closed = await bill.close({
      kind: 'answered',
      usage,
      attempt: 1,
      isUsageEstimated: false,
      isEmpty: false,
    });
    expect(closed).toMatchObject({ costNanoUsd: 621_000n, chargedNanoUsd: 0n });
    expect(await rig.ledger.budget('key', startMs)).toEqual({
      spentNanoUsd: 621_000n,
      heldNanoUsd: 0n,
    });
  });
});

describe('a price that is not known', () => {
  test.each<[string, Asked]>([
    ['wallet M08 of a model that the registry does not have', { modelId: 'claude-next' }],
    ['of no model at all', { modelId: undefined }],
    ['of the speed that has one of its own', { more: { speed: 'fast' } }],
  ])('%s refuses: it is never zero', async (_name, asking) => {
    const rig = await openBillingRig({ walletNanoUsd: USD });
    expect(await refusedBill(rig, asking)).toMatchObject({
      code: 'unavailable',
      reason: 'price_unavailable',
    });
    expect((await rig.wallet()).heldNanoUsd).toBe(0n);
  });

  test('keeps nobody from anything who pays afterwards; the cost is unknown', async () => {
    const rig = await openBillingRig();
    const bill = await openBill(rig, { modelId: 'claude-next', isPrepaid: false });
    expect([bill.headers, bill.priceVersion, bill.meter()]).toEqual([[], undefined, undefined]);
    const usage = finalUsage(87, 24);
    const closed = await bill.close({
      kind: 'answered',
      usage,
      attempt: 1,
      isUsageEstimated: false,
      isEmpty: false,
    });
    expect(closed).toMatchObject({ costNanoUsd: undefined, chargedNanoUsd: 0n });
  });
});

test('who pays the provider itself has nothing held or charged', async () => {
  const rig = await openBillingRig({ walletNanoUsd: 1n });
  const bill = await openBill(rig, { paysProvider: true });
  const usage = finalUsage(87, 24);
  await bill.close({
    kind: 'answered',
    usage,
    attempt: 1,
    isUsageEstimated: false,
    isEmpty: false,
  });
  expect((await rig.wallet()).availableNanoUsd).toBe(1n);
});

test('W19 books that cannot be written refuse, and nothing is sent', async () => {
  const rig = await openBillingRig({ walletNanoUsd: USD });
  rig.failing.add('openHold');
  expect(await refusedBill(rig)).toMatchObject({
    code: 'unavailable',
    reason: 'ledger_unavailable',
  });
});
