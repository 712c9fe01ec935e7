import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Page, TransactionAnswer } from './contract.ts';
import { encodeTransaction } from './wallet-shapes.ts';

/** A page of what moved in a wallet, newest first; its cursor is a place in the books. */
export async function listTransactions(
  ledger: Pick<LedgerStore, 'transactions'>,
  account: string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<TransactionAnswer> | Refusal> {
  const before = readSequence(cursor);
  if (before === null) return refusal('invalid_request', 'cursor: unknown', { param: 'cursor' });
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

/** Null where it is no place in the books. */
export function readSequence(cursor: string | undefined): bigint | undefined | null {
  if (cursor === undefined) return undefined;
  return /^\d{1,18}$/.test(cursor) ? BigInt(cursor) : null;
}
