import { afterEach, beforeEach, describe, expect } from 'vitest';
import { describeHoldLimits } from './describe-hold-limits.ts';
import { describeHolds } from './describe-holds.ts';
import { describeTransfers } from './describe-transfers.ts';
import { describeWallets } from './describe-wallets.ts';
import type { LedgerImplementation } from './open-books.ts';
import { Books } from './open-books.ts';

/** What every implementation of the books has to do; the wallet reference's cases have their numbers. */
export function describeLedger(implementations: readonly LedgerImplementation[]): void {
  describe.each(implementations)('the books, $name', ({ open }) => {
    const books = new Books();
    beforeEach(async () => {
      books.opened = await open();
    });
    afterEach(async () => {
      expect((await books.ledger.verify()).problems).toEqual([]);
      await books.opened.close();
    });
    describeHolds(books);
    describeHoldLimits(books);
    describeWallets(books);
    describeTransfers(books);
  });
}
