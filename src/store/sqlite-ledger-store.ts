import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry, OnRead } from '../ledger/audit-trail.ts';
import {
  checkCheckpoint,
  checkExtension,
  checkHold,
  checkRelease,
  checkSettlement,
  checkTransfer,
} from '../ledger/ledger-orders.ts';
import type {
  BudgetState,
  CheckpointOrder,
  ExtensionOrder,
  ExtensionOutcome,
  HoldOrder,
  HoldOutcome,
  HoldRecord,
  LedgerAudit,
  LedgerStore,
  OpenHoldsWanted,
  ReleaseOrder,
  ReleaseOutcome,
  SettlementOrder,
  SettlementOutcome,
  TransactionPage,
  TransactionRecord,
  TransferOrder,
  TransferOutcome,
  WalletState,
  WalletStatus,
} from '../ledger/ledger-store.ts';
import { LedgerBooks } from './ledger-books.ts';
import type { OrderName, StoreOrders } from './ledger-order-runner.ts';
import { LedgerOrderRunner } from './ledger-order-runner.ts';
import { amountIn, toTransaction } from './ledger-rows.ts';
import { verifyLedger } from './ledger-verification.ts';

/** Carries out orders: the writer thread, or the database itself. */
export interface OrderTaker {
  order<Name extends OrderName>(
    name: Name,
    order: StoreOrders[Name]['order'],
  ): Promise<StoreOrders[Name]['answer']>;
}

/** Above every sequence number there can be. */
const AFTER_ALL = 2n ** 62n;

/** The books in SQLite: orders go to the writer thread, reads run on the caller's connection. */
export class SqliteLedgerStore implements LedgerStore {
  readonly #books: LedgerBooks;
  readonly #orders: OrderTaker;
  readonly #verify: (onRead?: OnRead) => Promise<LedgerAudit>;

  /** `verify` looks at every row there is, so it runs where that holds nobody up. */
  constructor(
    reader: DatabaseSync,
    orders: OrderTaker,
    verify: (onRead?: OnRead) => Promise<LedgerAudit>,
  ) {
    this.#books = new LedgerBooks(reader);
    this.#orders = orders;
    this.#verify = verify;
  }

  /** The same books with no thread between: every order is done when the call returns. */
  static inProcess(database: DatabaseSync): SqliteLedgerStore {
    const runner = new LedgerOrderRunner(database);
    const orders: OrderTaker = {
      // Not at once where it throws: callers see the same rejection as from the thread.
      order: async (name, order) => await Promise.resolve(runner.run(name, order)),
    };
    return new SqliteLedgerStore(
      database,
      orders,
      async (onRead) => await Promise.resolve(verifyLedger(database, onRead)),
    );
  }

  async openHold(order: HoldOrder): Promise<HoldOutcome> {
    checkHold(order);
    return await this.#orders.order('openHold', order);
  }

  async extendHold(order: ExtensionOrder): Promise<ExtensionOutcome> {
    checkExtension(order);
    return await this.#orders.order('extendHold', order);
  }

  async checkpoint(order: CheckpointOrder): Promise<void> {
    checkCheckpoint(order);
    await this.#orders.order('checkpoint', order);
  }

  async settle(order: SettlementOrder): Promise<SettlementOutcome> {
    checkSettlement(order);
    return await this.#orders.order('settle', order);
  }

  async release(order: ReleaseOrder): Promise<ReleaseOutcome> {
    checkRelease(order);
    return await this.#orders.order('release', order);
  }

  async leaveUnresolved(holdId: string, untilMs: number): Promise<void> {
    await this.#orders.order('leaveUnresolved', { holdId, untilMs });
  }

  async transfer(order: TransferOrder): Promise<TransferOutcome> {
    checkTransfer(order);
    return await this.#orders.order('transfer', order);
  }

  async openWallet(account: string, atMs: number): Promise<WalletState> {
    return await this.#orders.order('openWallet', { account, atMs });
  }

  async setWalletStatus(
    account: string,
    status: WalletStatus,
    atMs: number,
    audit?: AuditEntry,
  ): Promise<boolean> {
    const order = { account, status, atMs, ...(audit === undefined ? {} : { audit }) };
    return await this.#orders.order('setWalletStatus', order);
  }

  async lapseGrants(atMs: number, limit: number): Promise<number> {
    return await this.#orders.order('lapseGrants', { atMs, limit });
  }

  wallet(account: string): Promise<WalletState | undefined> {
    return this.#read((books) => books.wallet(account)?.state);
  }

  budget(name: string, startMs: number): Promise<BudgetState> {
    return this.#read(({ sql }) => {
      const row = sql.get('budget', name, startMs);
      if (row === undefined) return { spentNanoUsd: 0n, heldNanoUsd: 0n };
      return { spentNanoUsd: amountIn(row, 'spent_nano'), heldNanoUsd: amountIn(row, 'held_nano') };
    });
  }

  hold(holdId: string): Promise<HoldRecord | undefined> {
    return this.#read((books) => books.hold(holdId));
  }

  openHolds(wanted: OpenHoldsWanted): Promise<readonly HoldRecord[]> {
    const { notOf, expiredAtMs, account, state, after, limit } = wanted;
    const whose = [notOf ?? null, expiredAtMs ?? null, account ?? null] as const;
    const page = [state ?? null, after ?? null, limit] as const;
    return this.#read((books) => books.openHolds([...whose, ...page]));
  }

  transactions(account: string, page: TransactionPage): Promise<readonly TransactionRecord[]> {
    return this.#read(({ sql }) =>
      sql
        .all('transfersOfWallet', account, page.before ?? AFTER_ALL, page.limit)
        .map((row) => toTransaction(row)),
    );
  }

  verify(onRead?: OnRead): Promise<LedgerAudit> {
    return this.#verify(onRead);
  }

  async #read<Value>(look: (books: LedgerBooks) => Value): Promise<Value> {
    return await Promise.resolve(look(this.#books));
  }
}
