import type { DatabaseSync } from 'node:sqlite';
import type {
  AuditCheck,
  AuditEntry,
  AuditPage,
  AuditRecord,
  AuditTrail,
  OnRead,
} from '../ledger/audit-trail.ts';
import { toAuditRecord } from './ledger-rows.ts';
import type { LedgerStatement } from './ledger-statements.ts';
import { ledgerStatements } from './ledger-statements.ts';
import { PreparedStatements } from './prepared-statements.ts';
import type { OrderTaker } from './sqlite-ledger-store.ts';

/** Above every sequence number there can be. */
const AFTER_ALL = 2n ** 62n;

/** The audit log in SQLite: the writer chains its entries, reads run on the caller's connection. */
export class SqliteAuditLog implements AuditTrail {
  readonly #sql: PreparedStatements<LedgerStatement>;
  readonly #orders: OrderTaker;
  readonly #verify: (onRead?: OnRead) => Promise<AuditCheck>;

  constructor(
    reader: DatabaseSync,
    orders: OrderTaker,
    verify: (onRead?: OnRead) => Promise<AuditCheck>,
  ) {
    this.#sql = new PreparedStatements(reader, ledgerStatements);
    this.#orders = orders;
    this.#verify = verify;
  }

  append(entry: AuditEntry): Promise<bigint> {
    return this.#orders.order('appendAudit', entry);
  }

  async list({ account, before, limit }: AuditPage): Promise<readonly AuditRecord[]> {
    const rows = this.#sql.all('auditEntries', account ?? null, before ?? AFTER_ALL, limit);
    return await Promise.resolve(rows.map((row) => toAuditRecord(row)));
  }

  verify(onRead?: OnRead): Promise<AuditCheck> {
    return this.#verify(onRead);
  }
}
