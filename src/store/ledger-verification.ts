import type { DatabaseSync } from 'node:sqlite';
import type { AuditCheck, OnRead } from '../ledger/audit-trail.ts';
import { BooksAuditor } from '../ledger/books-auditor.ts';
import { chainAuditEntry } from '../ledger/chain-audit-entry.ts';
import { houseAccounts } from '../ledger/chart-of-accounts.ts';
import type { LedgerAudit } from '../ledger/ledger-store.ts';
import { firstHash } from '../ledger/ledger-transfer.ts';
import { amountIn, textIn, toAuditRecord, toHold, toTransfer } from './ledger-rows.ts';
import type { LedgerStatement } from './ledger-statements.ts';
import { ledgerStatements } from './ledger-statements.ts';
import { PreparedStatements } from './prepared-statements.ts';

type Sql = PreparedStatements<LedgerStatement>;

const HOLDS_APART_MAX = 20;
/** Often enough for a bar, seldom enough to cost nothing. */
const ROWS_BETWEEN_WORDS = 5000;

/**
 * Recomputes the books from their transfers and holds, in what is committed at one moment: a gateway
 * may go on meanwhile. Takes as long as there are rows, so it has a thread or a process of its own.
 */
export function verifyLedger(database: DatabaseSync, onRead?: OnRead): LedgerAudit {
  const sql: Sql = new PreparedStatements(database, ledgerStatements);
  return inOneMoment(sql, () => {
    const auditor = new BooksAuditor(houseAccounts.revenue.id);
    const read = readCounter(sql, 'countBooks', onRead);
    for (const row of sql.iterate('allTransfers')) {
      auditor.transfer(toTransfer(row), textIn(row, 'hash'));
      read();
    }
    for (const row of sql.iterate('allHolds')) {
      auditor.hold(toHold(row));
      read();
    }
    for (const row of sql.iterate('allAccounts')) {
      auditor.account({
        id: textIn(row, 'id'),
        isWallet: row['wallet'] !== null,
        debitsPosted: amountIn(row, 'debits_posted'),
        creditsPosted: amountIn(row, 'credits_posted'),
        debitsPending: amountIn(row, 'debits_pending'),
        creditsPending: amountIn(row, 'credits_pending'),
        overdraft: amountIn(row, 'overdraft_nano'),
      });
    }
    for (const row of sql.iterate('allBudgets')) {
      auditor.budget({
        name: textIn(row, 'name'),
        startMs: Number(amountIn(row, 'start_ms')),
        spentNanoUsd: amountIn(row, 'spent_nano'),
        heldNanoUsd: amountIn(row, 'held_nano'),
      });
    }
    for (const row of sql.iterate('holdsApart', HOLDS_APART_MAX)) {
      auditor.problem(`hold ${textIn(row, 'hold_id')} does not say what its transfers say`);
    }
    return auditor.finish();
  });
}

/** The same of the audit log: its chain, from the first entry to the last. */
export function verifyAuditLog(database: DatabaseSync, onRead?: OnRead): AuditCheck {
  const sql: Sql = new PreparedStatements(database, ledgerStatements);
  return inOneMoment(sql, () => {
    const problems: string[] = [];
    let head = firstHash;
    let entries = 0;
    const read = readCounter(sql, 'countAuditEntries', onRead);
    for (const row of sql.iterate('allAuditEntries')) {
      const entry = toAuditRecord(row);
      const hash = textIn(row, 'hash');
      entries += 1;
      const fits = entry.sequence === BigInt(entries) && chainAuditEntry(head, entry) === hash;
      if (!fits) {
        problems.push(`entry ${String(entry.sequence)} is not what the chain says`);
        break;
      }
      head = hash;
      read();
    }
    return { entries, head, problems };
  });
}

/** Counts rows that were read, and says so now and then to whoever wants to know. */
function readCounter(
  sql: Sql,
  count: 'countBooks' | 'countAuditEntries',
  onRead: OnRead | undefined,
): () => void {
  if (onRead === undefined) return () => {};
  const total = Number(sql.get(count)?.['total'] ?? 0);
  let rows = 0;
  return () => {
    rows += 1;
    if (rows % ROWS_BETWEEN_WORDS === 0 || rows === total) onRead(rows, total);
  };
}

/** Reads of one savepoint see one state of the database, whoever writes meanwhile. */
function inOneMoment<Value>(sql: Sql, read: () => Value): Value {
  sql.run('begin');
  try {
    return read();
  } finally {
    sql.run('keep');
  }
}
