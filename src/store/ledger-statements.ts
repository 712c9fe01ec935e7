/** Every statement that the books are kept with. Hand-written, parameters only. */
export const ledgerStatements = {
  begin: 'SAVEPOINT one_order',
  keep: 'RELEASE one_order',
  takeBack: 'ROLLBACK TO one_order',

  walletAccounts: `SELECT w.status, a.id, a.kind, a.expires_at_ms, a.overdraft_nano,
      a.credits_posted - a.debits_posted AS posted, a.debits_pending AS held
    FROM wallets w JOIN ledger_accounts a ON a.wallet = w.account AND a.is_closed = 0
    WHERE w.account = ?`,
  insertWallet: `INSERT INTO wallets (account, status, opened_at_ms) VALUES (?, 'open', ?)
    ON CONFLICT DO NOTHING`,
  setWalletStatus: `UPDATE wallets SET status = ?2 WHERE account = ?1`,
  account: 'SELECT id, wallet FROM ledger_accounts WHERE id = ?',
  insertAccount: `INSERT INTO ledger_accounts (id, kind, wallet, expires_at_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING`,
  /** What a chargeback left uncovered shrinks as the wallet fills up, and grows by no other way. */
  moveAccount: `UPDATE ledger_accounts SET
      debits_posted = debits_posted + ?2, credits_posted = credits_posted + ?3,
      debits_pending = debits_pending + ?4, credits_pending = credits_pending + ?5,
      overdraft_nano = CASE WHEN wallet IS NULL THEN 0 ELSE MAX(0, MIN(overdraft_nano + ?6,
        debits_posted + ?2 + debits_pending + ?4 - credits_posted - ?3)) END
    WHERE id = ?1`,
  openGrantAgain: 'UPDATE ledger_accounts SET is_closed = 0 WHERE id = ? AND is_closed = 1',
  closeEmptyGrant: `UPDATE ledger_accounts SET is_closed = 1
    WHERE id = ? AND kind = 'wallet_promo' AND credits_posted = debits_posted
      AND debits_pending = 0`,
  lapsedGrants: `SELECT id, wallet, credits_posted - debits_posted - debits_pending AS left_over
    FROM ledger_accounts
    WHERE is_closed = 0 AND expires_at_ms <= ?1
      AND credits_posted - debits_posted - debits_pending > 0
    ORDER BY expires_at_ms LIMIT ?2`,

  chainEnd: 'SELECT sequence, hash FROM ledger_transfers ORDER BY sequence DESC LIMIT 1',
  insertTransfer: `INSERT INTO ledger_transfers (sequence, id, reason, debit_account,
      credit_account, amount_nano, wallet, hold_id, attempt, about, expires_at_ms, actor, note, at_ms,
      hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  transferById: `SELECT * FROM ledger_transfers WHERE id = ?`,
  /** What was taken back of a transfer so far, and whether it was corrected. */
  takenBack: `SELECT
      COALESCE(SUM(CASE WHEN reason IN ('refund', 'chargeback') THEN amount_nano END), 0) AS amount,
      COUNT(CASE WHEN reason = 'correction' THEN 1 END) AS corrections
    FROM ledger_transfers WHERE about = ?`,
  transfersOfWallet: `SELECT sequence, id, reason, amount_nano, hold_id, about, note, at_ms,
      substr(credit_account, 1, 7) = 'wallet:' AS is_in
    FROM ledger_transfers WHERE wallet = ?1 AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3`,
  allTransfers: `SELECT * FROM ledger_transfers ORDER BY sequence`,
  allAccounts: 'SELECT * FROM ledger_accounts',

  insertHold: `INSERT INTO ledger_holds (hold_id, settlement_key, account, key_id, is_prepaid,
      held_nano, parts, budgets, owner, created_at_ms, expires_at_ms, memo)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  hold: 'SELECT * FROM ledger_holds WHERE hold_id = ?',
  settledHold: `SELECT * FROM ledger_holds WHERE settlement_key = ? AND state = 'settled'`,
  openHolds: `SELECT * FROM ledger_holds
    WHERE state IN ('open', 'unresolved') AND (?1 IS NULL OR owner <> ?1) AND (?2 IS NULL OR expires_at_ms <= ?2)
      AND (?3 IS NULL OR account = ?3) AND (?4 IS NULL OR state = ?4)
      AND (?5 IS NULL OR (created_at_ms, place) >
        (SELECT created_at_ms, place FROM ledger_holds WHERE hold_id = ?5))
    ORDER BY created_at_ms, place LIMIT ?6`,
  growHold: `UPDATE ledger_holds SET held_nano = held_nano + ?2, parts = ?3,
      expires_at_ms = MAX(expires_at_ms, ?4)
    WHERE hold_id = ?1 AND state = 'open'`,
  /** Checkpoints may come late: a later stage is never replaced by an earlier one. */
  noteCheckpoint: `UPDATE ledger_holds SET checkpoint_stage = ?2, checkpoint_seen = ?3,
      checkpoint_cost_nano = ?4, checkpoint_at_ms = ?5
    WHERE hold_id = ?1 AND state IN ('open', 'unresolved') AND (checkpoint_stage IS NULL
      OR INSTR('sent,partial,final', ?2) >= INSTR('sent,partial,final', checkpoint_stage))`,
  leaveUnresolved: `UPDATE ledger_holds SET state = 'unresolved',
      expires_at_ms = MIN(expires_at_ms, ?2)
    WHERE hold_id = ?1 AND state = 'open'`,
  settleHold: `UPDATE ledger_holds SET state = 'settled', why = 'settled', cost_nano = ?2,
      posted_nano = ?3, extra_nano = ?4, absorbed_nano = ?5, attempt = ?6, charge = ?7,
      resolved_at_ms = ?8
    WHERE hold_id = ?1 AND state IN ('open', 'unresolved')`,
  releaseHold: `UPDATE ledger_holds SET state = 'released', why = ?2, charge = ?3,
      resolved_at_ms = ?4
    WHERE hold_id = ?1 AND state IN ('open', 'unresolved')`,
  allOpenHolds: `SELECT * FROM ledger_holds WHERE state IN ('open', 'unresolved')`,
  allHolds: 'SELECT * FROM ledger_holds',
  countBooks: `SELECT (SELECT COUNT(*) FROM ledger_transfers)
      + (SELECT COUNT(*) FROM ledger_holds) AS total`,
  /** Holds whose row does not say what the transfers of their request say; wallet reference §10.5. */
  holdsApart: `WITH moved AS MATERIALIZED (SELECT hold_id,
        SUM(CASE reason WHEN 'usage' THEN amount_nano ELSE 0 END) AS used,
        SUM(CASE reason WHEN 'absorbed' THEN amount_nano ELSE 0 END) AS absorbed
      FROM ledger_transfers WHERE hold_id IS NOT NULL GROUP BY hold_id)
    SELECT h.hold_id FROM ledger_holds h LEFT JOIN moved m ON m.hold_id = h.hold_id
    WHERE h.posted_nano + h.extra_nano <> COALESCE(m.used, 0)
      OR h.absorbed_nano <> COALESCE(m.absorbed, 0)
    UNION ALL
    SELECT hold_id FROM moved
    WHERE NOT EXISTS (SELECT 1 FROM ledger_holds h WHERE h.hold_id = moved.hold_id)
    LIMIT ?`,

  budget: 'SELECT spent_nano, held_nano FROM budgets WHERE name = ? AND start_ms = ?',
  allBudgets: 'SELECT * FROM budgets',
  /** The guard stands in the statement: no row changes where the budget has not so much left. */
  claimBudget: `INSERT INTO budgets (name, start_ms, end_ms, spent_nano, held_nano)
    SELECT ?1, ?2, ?3, 0, ?4 WHERE ?4 <= ?5
    ON CONFLICT (name, start_ms) DO UPDATE SET held_nano = held_nano + ?4
      WHERE spent_nano + held_nano + ?4 <= ?5`,
  moveBudget: `UPDATE budgets SET spent_nano = spent_nano + ?3, held_nano = held_nano - ?4
    WHERE name = ?1 AND start_ms = ?2`,

  auditEnd: 'SELECT sequence, hash FROM audit_log ORDER BY sequence DESC LIMIT 1',
  insertAuditEntry: `INSERT INTO audit_log (sequence, at_ms, actor, key_id, address, request_id,
      action, account, subject, reason, before, after, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  countAuditEntries: `SELECT COUNT(*) AS total FROM audit_log`,
  allAuditEntries: `SELECT * FROM audit_log ORDER BY sequence`,
} as const;
export type LedgerStatement = keyof typeof ledgerStatements;
