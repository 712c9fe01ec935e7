import { describe, expect, test } from 'vitest';
import type { TransferOrder } from '../../src/ledger/ledger-store.ts';
import type { Books } from './open-books.ts';
import {
  account,
  balance,
  holdOrder,
  settlementOrder,
  transferOrder,
  withWallet,
} from './ledger-orders.ts';

const dayMs = 86_400_000;
const { atMs } = holdOrder();

/** Wallets: frozen ones, ones below zero, and grants in them. */
export function describeWallets(books: Books): void {
  describe('a wallet', () => {
    test('that is not there holds nothing', async () => {
      const refused = { kind: 'refused', why: 'no_wallet', wallet: undefined };
      expect(await books.ledger.openHold(holdOrder())).toEqual(refused);
      expect(await books.ledger.wallet(account)).toBeUndefined();
      expect(await books.ledger.transfer(transferOrder())).toEqual({
        kind: 'refused',
        why: 'no_wallet',
      });
    });

    test('W20 that is frozen admits nothing, and settles what runs', async () => {
      await withWallet(books.ledger);
      await books.ledger.openHold(holdOrder());
      expect(await books.ledger.setWalletStatus(account, 'frozen', atMs)).toBe(true);
      expect(await books.ledger.openHold(holdOrder({ holdId: 'req_2' }))).toMatchObject({
        why: 'wallet_frozen',
        wallet: { status: 'frozen' },
      });
      expect((await books.ledger.settle(settlementOrder())).kind).toBe('settled');
      await books.ledger.setWalletStatus(account, 'open', atMs);
      expect((await books.ledger.openHold(holdOrder({ holdId: 'req_3' }))).kind).toBe('held');
      expect(await books.ledger.setWalletStatus('nobody', 'frozen', atMs)).toBe(false);
    });

    test('W21 goes below zero by a chargeback only, and fills up from there', async () => {
      await withWallet(books.ledger, 1000n);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 600n }));
      const chargeback = transferOrder({
        transferId: 'chargeback-1',
        reason: 'chargeback',
        amountNanoUsd: 1000n,
        about: 'top-up-1',
      });
      expect((await books.ledger.transfer(chargeback)).kind).toBe('done');
      await books.ledger.settle(settlementOrder({ amountNanoUsd: 700n }));
      expect(await balance(books.ledger)).toEqual([-600n, 0n]);
      const next = holdOrder({ holdId: 'req_2', amountNanoUsd: 1n });
      expect(await books.ledger.openHold(next)).toMatchObject({ why: 'wallet_exhausted' });
      await books.ledger.transfer(transferOrder({ transferId: 'top-up-2', amountNanoUsd: 700n }));
      expect(await balance(books.ledger)).toEqual([100n, 0n]);
      expect((await books.ledger.openHold(next)).kind).toBe('held');
    });

    test('W22 spends grants first, the soonest to lapse before the others', async () => {
      await withWallet(books.ledger, 50_000n);
      const grants: readonly Partial<TransferOrder>[] = [
        { transferId: 'late', expiresAtMs: atMs + 9 * dayMs, amountNanoUsd: 10_000n },
        { transferId: 'soon', expiresAtMs: atMs + dayMs, amountNanoUsd: 10_000n },
      ];
      for (const grant of grants) {
        await books.ledger.transfer(transferOrder({ ...grant, reason: 'grant' }));
      }
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 40_000n }));
      await books.ledger.settle(settlementOrder({ amountNanoUsd: 25_000n }));
      const rows = await books.ledger.transactions(account, { limit: 3 });
      expect(rows.map(({ amountNanoUsd }) => amountNanoUsd)).toEqual([5000n, 10_000n, 10_000n]);
      expect(rows.every(({ requestId }) => requestId === 'req_1')).toBe(true);
      expect(await balance(books.ledger)).toEqual([45_000n, 0n]);
    });

    test('W23 spends no grant past its time; what is left of it lapses', async () => {
      await withWallet(books.ledger, 100n);
      const expiresAtMs = atMs + dayMs;
      await books.ledger.transfer(
        transferOrder({ transferId: 'g', reason: 'grant', amountNanoUsd: 1000n, expiresAtMs }),
      );
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 300n }));
      const later = { atMs: expiresAtMs, holdId: 'req_2', amountNanoUsd: 101n };
      expect(await books.ledger.openHold(holdOrder(later))).toMatchObject({ kind: 'refused' });
      expect(await books.ledger.lapseGrants(expiresAtMs - 1, 10)).toBe(0);
      expect(await books.ledger.lapseGrants(expiresAtMs, 10)).toBe(1);
      expect(await balance(books.ledger)).toEqual([400n, 300n]);
      await books.ledger.settle(settlementOrder({ amountNanoUsd: 200n, atMs: expiresAtMs }));
      expect(await books.ledger.lapseGrants(expiresAtMs, 10)).toBe(1);
      expect(await balance(books.ledger)).toEqual([100n, 0n]);
      const [first] = await books.ledger.transactions(account, { limit: 1 });
      expect(first).toMatchObject({ kind: 'breakage', amountNanoUsd: 100n, direction: 'out' });
    });

    test('gives nothing of a lapsed grant to a request that cost more than was held', async () => {
      await withWallet(books.ledger, 100n);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 100n }));
      const expiresAtMs = atMs + dayMs;
      await books.ledger.transfer(
        transferOrder({ transferId: 'g', reason: 'grant', amountNanoUsd: 1000n, expiresAtMs }),
      );
      const late = settlementOrder({ amountNanoUsd: 150n, atMs: expiresAtMs });
      expect(await books.ledger.settle(late)).toMatchObject({
        chargedNanoUsd: 100n,
        absorbedNanoUsd: 50n,
      });
    });

    test('W26 gives no money back that is held', async () => {
      await withWallet(books.ledger, 1000n);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 600n }));
      const refund = (transferId: string, amountNanoUsd: bigint): TransferOrder =>
        transferOrder({ transferId, reason: 'refund', amountNanoUsd, about: 'top-up-1' });
      expect(await books.ledger.transfer(refund('r1', 401n))).toEqual({
        kind: 'refused',
        why: 'not_enough',
      });
      expect((await books.ledger.transfer(refund('r2', 400n))).kind).toBe('done');
      expect(await balance(books.ledger)).toEqual([600n, 600n]);
    });

    test('gives back of one payment no more than was paid', async () => {
      await withWallet(books.ledger, 1000n);
      await books.ledger.transfer(transferOrder({ transferId: 'other', amountNanoUsd: 1000n }));
      const refund = { reason: 'refund', about: 'top-up-1', amountNanoUsd: 600n } as const;
      const first = await books.ledger.transfer(transferOrder({ ...refund, transferId: 'r1' }));
      expect(first.kind).toBe('done');
      const second = await books.ledger.transfer(transferOrder({ ...refund, transferId: 'r2' }));
      expect(second).toEqual({ kind: 'refused', why: 'not_enough' });
    });
  });
}
