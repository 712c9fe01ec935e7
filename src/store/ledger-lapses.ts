import { houseAccounts } from '../ledger/chart-of-accounts.ts';
import type { LapseOrder } from '../ledger/ledger-orders.ts';
import type { WalletAccount } from '../ledger/split-amount.ts';
import { availableOf, hasLapsed } from '../ledger/split-amount.ts';
import type { LedgerBooks } from './ledger-books.ts';
import { amountIn, textIn } from './ledger-rows.ts';

interface Lapse {
  readonly accountId: string;
  readonly wallet: string;
  readonly amountNanoUsd: bigint;
}

/** W23: what is left of grants past their time becomes our income; what is held of them stays held. */
export function lapseGrants(books: LedgerBooks, { atMs, limit }: LapseOrder): number {
  const lapsed = books.sql.all('lapsedGrants', atMs, limit).map((row) => ({
    accountId: textIn(row, 'id'),
    wallet: textIn(row, 'wallet'),
    amountNanoUsd: amountIn(row, 'left_over'),
  }));
  for (const lapse of lapsed) lapseOne(books, lapse, atMs);
  return lapsed.length;
}

/** The same of one wallet, before it is spent from. */
export function lapseOfWallet(
  books: LedgerBooks,
  wallet: string,
  accounts: readonly WalletAccount[],
  atMs: number,
): number {
  const lapsed = accounts.filter((one) => hasLapsed(one, atMs) && availableOf(one) > 0n);
  for (const account of lapsed) {
    const lapse = { accountId: account.id, wallet, amountNanoUsd: availableOf(account) };
    lapseOne(books, lapse, atMs);
  }
  return lapsed.length;
}

function lapseOne(books: LedgerBooks, lapse: Lapse, atMs: number): void {
  const { accountId, wallet, amountNanoUsd } = lapse;
  books.post({
    // A grant may lapse in steps: what was held of it comes back later.
    transferId: `lapse:${accountId}:${books.nextSequence()}`,
    reason: 'breakage',
    debitAccount: accountId,
    creditAccount: houseAccounts.breakage.id,
    amountNanoUsd,
    wallet,
    actor: 'quatrain',
    note: 'the grant has expired',
    atMs,
  });
  books.sql.run('closeEmptyGrant', accountId);
}
