import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry } from '../ledger/audit-trail.ts';
import type { LedgerOrders } from '../ledger/ledger-orders.ts';
import { AssertionFault } from '../std/assert.ts';
import { LedgerBooks } from './ledger-books.ts';
import { extendHold, leaveUnresolved, noteCheckpoint, openHold } from './ledger-holds.ts';
import { lapseGrants } from './ledger-lapses.ts';
import { release, settle } from './ledger-settlements.ts';
import { openWallet, setWalletStatus, transfer } from './ledger-transfers.ts';

/** Every order that the writer carries out as code, with its answer. */
export interface StoreOrders extends LedgerOrders {
  readonly appendAudit: { readonly order: AuditEntry; readonly answer: bigint };
}
export type OrderName = keyof StoreOrders;

const runs: {
  readonly [Name in OrderName]: (
    books: LedgerBooks,
    order: StoreOrders[Name]['order'],
  ) => StoreOrders[Name]['answer'];
} = {
  openHold,
  extendHold,
  checkpoint: noteCheckpoint,
  settle,
  release,
  leaveUnresolved,
  transfer,
  openWallet,
  setWalletStatus,
  lapseGrants,
  appendAudit: (books, entry) => books.appendAudit(entry),
};

const SQLITE_CONSTRAINT = 19;

/** A rule of the books was about to be broken: nothing was written, and the wallet takes no more. */
export class LedgerBreach extends Error {
  override readonly name = 'LedgerBreach';
}

/**
 * Carries out orders on a database: each in a savepoint of its own, inside whatever transaction is
 * open or as one by itself. What is refused leaves nothing behind.
 */
export class LedgerOrderRunner {
  readonly books: LedgerBooks;

  constructor(database: DatabaseSync) {
    this.books = new LedgerBooks(database);
  }

  run<Name extends OrderName>(
    name: Name,
    order: StoreOrders[Name]['order'],
  ): StoreOrders[Name]['answer'] {
    const { sql } = this.books;
    sql.run('begin');
    try {
      const answer = runs[name](this.books, order);
      if (isRefused(answer)) sql.run('takeBack');
      sql.run('keep');
      return answer;
    } catch (error) {
      sql.run('takeBack');
      sql.run('keep');
      if (!breaksRule(error)) throw error;
      const account = this.#accountOf(order);
      if (account !== undefined) sql.run('setWalletStatus', account, 'frozen');
      const where = account === undefined ? '' : `; the wallet of ${account} is frozen`;
      throw new LedgerBreach(`${name}: ${String(error)}${where}`, { cause: error });
    }
  }

  #accountOf(order: object): string | undefined {
    if ('account' in order && typeof order.account === 'string') return order.account;
    if ('holdId' in order && typeof order.holdId === 'string') {
      return this.books.hold(order.holdId)?.account;
    }
    return undefined;
  }
}

function isRefused(answer: StoreOrders[OrderName]['answer']): boolean {
  return typeof answer === 'object' && 'kind' in answer && answer.kind === 'refused';
}

/** What a full disk does is no breach: only assertions, and the constraints that stand for them. */
function breaksRule(error: unknown): boolean {
  if (error instanceof AssertionFault) return true;
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' && (code & 0xff) === SQLITE_CONSTRAINT;
}
