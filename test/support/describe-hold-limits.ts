import { describe, expect, test } from 'vitest';
import type { Books } from './open-books.ts';
import {
  balance,
  budgetClaim,
  holdOrder,
  oneUsd,
  settlementOrder,
  withWallet,
} from './ledger-orders.ts';

const dayMs = 86_400_000;
const { atMs } = holdOrder();

/** What stands in the way of a hold that grows, or of a key that spends. */
export function describeHoldLimits(books: Books): void {
  describe('an extension', () => {
    const extension = {
      holdId: 'req_1',
      amountNanoUsd: 400n,
      expiresAtMs: atMs + dayMs,
      atMs,
    };

    test('holds more, and later', async () => {
      await withWallet(books.ledger, 1000n);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 500n }));
      expect(await books.ledger.extendHold(extension)).toEqual({
        kind: 'extended',
        heldNanoUsd: 900n,
      });
      expect(await balance(books.ledger)).toEqual([1000n, 900n]);
      expect(await books.ledger.hold('req_1')).toMatchObject({
        heldNanoUsd: 900n,
        expiresAtMs: atMs + dayMs,
      });
    });

    test('is refused with what could be had instead', async () => {
      await withWallet(books.ledger, 800n);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 500n }));
      const refused = { kind: 'refused', availableNanoUsd: 300n };
      expect(await books.ledger.extendHold(extension)).toEqual({
        ...refused,
        why: 'wallet_exhausted',
      });
      expect(await balance(books.ledger)).toEqual([800n, 500n]);
    });

    test('that other requests stand in the way of says so', async () => {
      await withWallet(books.ledger, 1200n);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 500n }));
      await books.ledger.openHold(holdOrder({ holdId: 'req_2', amountNanoUsd: 500n }));
      const refused = { kind: 'refused', availableNanoUsd: 200n };
      expect(await books.ledger.extendHold(extension)).toEqual({ ...refused, why: 'wallet_held' });
    });

    test('within no budget that is used up', async () => {
      await withWallet(books.ledger);
      const budgets = [budgetClaim({ limitNanoUsd: 700n })];
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 500n, budgets }));
      const refused = { kind: 'refused', why: 'budget_exceeded', availableNanoUsd: 200n };
      expect(await books.ledger.extendHold(extension)).toEqual(refused);
      expect(await balance(books.ledger)).toEqual([oneUsd, 500n]);
    });

    test('of what has resolved holds nothing', async () => {
      await withWallet(books.ledger);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 500n }));
      await books.ledger.settle(settlementOrder({ amountNanoUsd: 1n }));
      expect(await books.ledger.extendHold(extension)).toEqual({ kind: 'resolved' });
    });
  });

  describe('a budget', () => {
    test('L05 that refuses leaves the wallet alone', async () => {
      await withWallet(books.ledger);
      const budget = budgetClaim();
      expect(await books.ledger.openHold(holdOrder({ budgets: [budget] }))).toEqual({
        kind: 'refused',
        why: 'budget_exceeded',
        budget,
        state: { spentNanoUsd: 0n, heldNanoUsd: 0n },
      });
      expect(await balance(books.ledger)).toEqual([oneUsd, 0n]);
    });

    test('of two, one that refuses leaves the other alone', async () => {
      await withWallet(books.ledger);
      const budgets = [
        budgetClaim({ name: 'wide', limitNanoUsd: oneUsd }),
        budgetClaim({ name: 'narrow', limitNanoUsd: 1n }),
      ];
      expect(await books.ledger.openHold(holdOrder({ budgets }))).toMatchObject({
        budget: { name: 'narrow' },
      });
      expect(await books.ledger.budget('wide', atMs)).toEqual({
        spentNanoUsd: 0n,
        heldNanoUsd: 0n,
      });
    });

    test('counts what was spent in its period, and begins anew in the next', async () => {
      await withWallet(books.ledger);
      const budgets = [budgetClaim({ limitNanoUsd: 70_000_000n })];
      await books.ledger.openHold(holdOrder({ budgets }));
      const held = { spentNanoUsd: 0n, heldNanoUsd: 64_440_000n };
      expect(await books.ledger.budget('key1', atMs)).toEqual(held);
      await books.ledger.settle(settlementOrder({ amountNanoUsd: 60_000_000n }));
      const spent = { spentNanoUsd: 60_000_000n, heldNanoUsd: 0n };
      expect(await books.ledger.budget('key1', atMs)).toEqual(spent);
      const second = await books.ledger.openHold(holdOrder({ holdId: 'req_2', budgets }));
      expect(second).toMatchObject({ why: 'budget_exceeded', state: spent });
      const nextDay = [budgetClaim({ limitNanoUsd: 70_000_000n, startMs: atMs + dayMs })];
      const third = await books.ledger.openHold(holdOrder({ holdId: 'req_3', budgets: nextDay }));
      expect(third.kind).toBe('held');
    });

    test('holds for an account that is not prepaid too', async () => {
      const order = holdOrder({
        isPrepaid: false,
        budgets: [budgetClaim()],
        amountNanoUsd: 600n,
      });
      expect(await books.ledger.openHold(order)).toEqual({ kind: 'held', wallet: undefined });
      const outcome = await books.ledger.settle(settlementOrder({ amountNanoUsd: 700n }));
      expect(outcome).toEqual({
        kind: 'settled',
        chargedNanoUsd: 0n,
        absorbedNanoUsd: 0n,
        wallet: undefined,
      });
      expect(await books.ledger.budget('key1', atMs)).toEqual({
        spentNanoUsd: 700n,
        heldNanoUsd: 0n,
      });
    });
  });
}
