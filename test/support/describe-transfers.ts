import { describe, expect, test } from 'vitest';
import type { Books } from './open-books.ts';
import { account, balance, holdOrder, oneUsd, transferOrder, withWallet } from './ledger-orders.ts';

const { atMs } = holdOrder();

/** Money that no request spends, and rows that never change. */
export function describeTransfers(books: Books): void {
  describe('a transfer', () => {
    test('that is ordered again is the first one', async () => {
      await withWallet(books.ledger);
      const again = await books.ledger.transfer(
        transferOrder({ note: 'other words', atMs: atMs + 5 }),
      );
      expect(again).toMatchObject({ kind: 'already', sequence: 1n });
      const other = await books.ledger.transfer(transferOrder({ amountNanoUsd: 7n }));
      expect(other).toEqual({ kind: 'refused', why: 'differs_from_first' });
      expect(await balance(books.ledger)).toEqual([oneUsd, 0n]);
    });

    test.each(['refund', 'chargeback', 'correction', 'breakage'] as const)(
      '%s about nothing that is there is refused',
      async (reason) => {
        await withWallet(books.ledger);
        const order = transferOrder({ transferId: 'x', reason, about: 'none' });
        expect(await books.ledger.transfer(order)).toEqual({
          kind: 'refused',
          why: 'unknown_transfer',
        });
      },
    );

    test('L02 never changes and is never removed', async () => {
      await withWallet(books.ledger);
      expect(() => {
        books.opened.sql('UPDATE ledger_transfers SET amount_nano = 5');
      }).toThrow('a transfer never changes');
      expect(() => {
        books.opened.sql('DELETE FROM ledger_transfers');
      }).toThrow('a transfer is never removed');
    });

    test('L03 posts no more of a hold than was held', async () => {
      await withWallet(books.ledger);
      await books.ledger.openHold(holdOrder({ amountNanoUsd: 5n }));
      expect(() => {
        books.opened.sql(
          `UPDATE ledger_holds SET state = 'settled', cost_nano = 6, posted_nano = 6`,
        );
      }).toThrow(/CHECK/);
      expect(() => {
        books.opened.sql('UPDATE ledger_accounts SET debits_pending = debits_pending - 6');
      }).toThrow(/CHECK/);
    });

    test('L08 that was wrong is made backwards and anew', async () => {
      await withWallet(books.ledger);
      const correction = transferOrder({
        transferId: 'fix',
        reason: 'correction',
        about: 'top-up-1',
        amountNanoUsd: 900_000_000n,
      });
      expect((await books.ledger.transfer(correction)).kind).toBe('done');
      expect(await balance(books.ledger)).toEqual([900_000_000n, 0n]);
      const rows = await books.ledger.transactions(account, { limit: 10 });
      expect(
        rows.map(({ kind, direction, amountNanoUsd }) => [kind, direction, amountNanoUsd]),
      ).toEqual([
        ['correction', 'out', oneUsd],
        ['correction', 'in', 900_000_000n],
        ['top_up', 'in', oneUsd],
      ]);
      const second = await books.ledger.transfer({ ...correction, transferId: 'fix-2' });
      expect(second).toEqual({ kind: 'refused', why: 'unknown_transfer' });
    });

    test('takes from a wallet what is there, and no more', async () => {
      await withWallet(books.ledger, 100n);
      const down = { reason: 'adjust_down', amountNanoUsd: 60n } as const;
      const kinds: string[] = [];
      for (const transferId of ['d1', 'd2']) {
        kinds.push((await books.ledger.transfer(transferOrder({ ...down, transferId }))).kind);
      }
      expect(kinds).toEqual(['done', 'refused']);
      expect(await balance(books.ledger)).toEqual([40n, 0n]);
    });

    test.each([
      ['nothing', 0n],
      ['less than nothing', -1n],
      ['more than the books hold', 2n ** 63n],
    ])('of %s is a fault of whoever orders it (I13)', async (_case, amountNanoUsd) => {
      await withWallet(books.ledger);
      const order = transferOrder({ transferId: 'odd', amountNanoUsd });
      await expect(books.ledger.transfer(order)).rejects.toThrow(/amount of money/);
      expect(await balance(books.ledger)).toEqual([oneUsd, 0n]);
    });
  });
}
