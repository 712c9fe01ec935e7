import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import type { Page, TransactionAnswer } from './contract.ts';
import { readCountedCursor } from './list-cursor.ts';
import { encodeTransaction } from './wallet-shapes.ts';

/** What the books count with 64 bits. */
const SEQUENCE_DIGITS = 18;

/** A page of what moved in a wallet, newest first; its cursor is a place in the books. */
export async function listTransactions(
  ledger: Pick<LedgerStore, 'transactions'>,
  account: string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<TransactionAnswer> | Refusal> {
  const before = readCountedCursor(cursor, SEQUENCE_DIGITS);
  if (typeof before === 'object') return before;
  const page = { limit: limit + 1, ...(before === undefined ? {} : { before }) };
  const records = await ledger.transactions(account, page);
  const shown = records.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = records.length > limit && last !== undefined;
  return {
    data: shown.map((record) => encodeTransaction(record)),
    next_cursor: hasMore ? String(last.sequence) : null,
  };
}
