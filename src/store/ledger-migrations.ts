/** The tables of the books, of the audit log and of idempotency keys: three steps, which never change. */
export const ledgerMigrations: readonly string[] = [
  `CREATE TABLE wallets (
     account      TEXT PRIMARY KEY,
     status       TEXT NOT NULL CHECK (status IN ('open', 'frozen')),
     opened_at_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;

   -- Of wallets, debits never pass credits but for what a chargeback took.
   CREATE TABLE ledger_accounts (
     id              TEXT PRIMARY KEY,
     kind            TEXT NOT NULL CHECK (kind IN ('wallet_paid', 'wallet_promo', 'asset',
                       'liability', 'equity', 'income', 'expense')),
     wallet          TEXT,
     expires_at_ms   INTEGER,
     debits_posted   INTEGER NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
     credits_posted  INTEGER NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
     debits_pending  INTEGER NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
     credits_pending INTEGER NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
     overdraft_nano  INTEGER NOT NULL DEFAULT 0 CHECK (overdraft_nano >= 0),
     is_closed       INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1)),
     CHECK (kind NOT IN ('wallet_paid', 'wallet_promo')
            OR debits_posted + debits_pending <= credits_posted + overdraft_nano),
     CHECK ((kind IN ('wallet_paid', 'wallet_promo')) = (wallet IS NOT NULL)),
     CHECK (is_closed = 0 OR (credits_posted = debits_posted AND debits_pending = 0))
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX ledger_accounts_of_wallet ON ledger_accounts (wallet) WHERE is_closed = 0;
   CREATE INDEX ledger_grants_by_end ON ledger_accounts (expires_at_ms)
     WHERE is_closed = 0 AND expires_at_ms IS NOT NULL;
   INSERT INTO ledger_accounts (id, kind) VALUES
     ('processor:clearing', 'asset'), ('revenue:usage', 'income'), ('income:breakage', 'income'),
     ('expense:absorbed', 'expense'), ('expense:goodwill', 'expense'),
     ('house:unknown', 'expense'), ('equity:adjustments', 'equity');

   CREATE TABLE ledger_transfers (
     sequence       INTEGER PRIMARY KEY,
     id             TEXT NOT NULL UNIQUE,
     reason         TEXT NOT NULL,
     debit_account  TEXT NOT NULL,
     credit_account TEXT NOT NULL CHECK (credit_account <> debit_account),
     amount_nano    INTEGER NOT NULL CHECK (amount_nano > 0),
     wallet         TEXT,
     hold_id        TEXT,
     attempt        INTEGER,
     about          TEXT,
     expires_at_ms  INTEGER,
     actor          TEXT NOT NULL,
     note           TEXT NOT NULL,
     at_ms          INTEGER NOT NULL,
     hash           TEXT NOT NULL CHECK (length(hash) = 64)
   ) STRICT;
   CREATE INDEX ledger_transfers_of_wallet ON ledger_transfers (wallet, sequence)
     WHERE wallet IS NOT NULL;
   CREATE INDEX ledger_transfers_about ON ledger_transfers (about) WHERE about IS NOT NULL;
   CREATE TRIGGER ledger_transfer_changed BEFORE UPDATE ON ledger_transfers BEGIN
     SELECT RAISE(ABORT, 'a transfer never changes');
   END;
   CREATE TRIGGER ledger_transfer_removed BEFORE DELETE ON ledger_transfers BEGIN
     SELECT RAISE(ABORT, 'a transfer is never removed');
   END;

   CREATE TABLE ledger_holds (
     place                INTEGER PRIMARY KEY,
     hold_id              TEXT NOT NULL UNIQUE,
     settlement_key       TEXT NOT NULL,
     account              TEXT NOT NULL,
     key_id               TEXT NOT NULL,
     state                TEXT NOT NULL DEFAULT 'open'
                          CHECK (state IN ('open', 'unresolved', 'settled', 'released')),
     why                  TEXT,
     is_prepaid           INTEGER NOT NULL CHECK (is_prepaid IN (0, 1)),
     held_nano            INTEGER NOT NULL CHECK (held_nano >= 0),
     parts                TEXT NOT NULL,
     budgets              TEXT NOT NULL,
     cost_nano            INTEGER NOT NULL DEFAULT 0 CHECK (cost_nano >= 0),
     posted_nano          INTEGER NOT NULL DEFAULT 0 CHECK (posted_nano BETWEEN 0 AND held_nano),
     extra_nano           INTEGER NOT NULL DEFAULT 0 CHECK (extra_nano >= 0),
     absorbed_nano        INTEGER NOT NULL DEFAULT 0 CHECK (absorbed_nano >= 0),
     attempt              INTEGER,
     owner                TEXT NOT NULL,
     created_at_ms        INTEGER NOT NULL,
     expires_at_ms        INTEGER NOT NULL,
     resolved_at_ms       INTEGER,
     memo                 TEXT NOT NULL,
     charge               TEXT,
     checkpoint_stage     TEXT CHECK (checkpoint_stage IN ('sent', 'partial', 'final')),
     checkpoint_seen      TEXT,
     checkpoint_cost_nano INTEGER CHECK (checkpoint_cost_nano >= 0),
     checkpoint_at_ms     INTEGER,
     CHECK (state = 'settled' OR cost_nano + posted_nano + extra_nano + absorbed_nano = 0),
     CHECK (posted_nano + extra_nano + absorbed_nano = CASE is_prepaid WHEN 1 THEN cost_nano ELSE 0 END)
   ) STRICT;
   CREATE UNIQUE INDEX ledger_holds_settled ON ledger_holds (settlement_key)
     WHERE state = 'settled';
   CREATE INDEX ledger_holds_open ON ledger_holds (created_at_ms, place)
     WHERE state IN ('open', 'unresolved');
   CREATE TRIGGER ledger_hold_resolved BEFORE UPDATE ON ledger_holds
     WHEN OLD.state IN ('settled', 'released') BEGIN
     SELECT RAISE(ABORT, 'a hold resolves once');
   END;
   CREATE TRIGGER ledger_hold_removed BEFORE DELETE ON ledger_holds BEGIN
     SELECT RAISE(ABORT, 'a hold is never removed');
   END;

   CREATE TABLE budgets (
     name       TEXT NOT NULL,
     start_ms   INTEGER NOT NULL,
     end_ms     INTEGER,
     spent_nano INTEGER NOT NULL CHECK (spent_nano >= 0),
     held_nano  INTEGER NOT NULL CHECK (held_nano >= 0),
     PRIMARY KEY (name, start_ms)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE audit_log (
     sequence   INTEGER PRIMARY KEY,
     at_ms      INTEGER NOT NULL,
     actor      TEXT NOT NULL,
     key_id     TEXT,
     address    TEXT,
     request_id TEXT,
     action     TEXT NOT NULL,
     account    TEXT,
     subject    TEXT NOT NULL,
     reason     TEXT,
     before     TEXT,
     after      TEXT,
     hash       TEXT NOT NULL CHECK (length(hash) = 64)
   ) STRICT;
   CREATE INDEX audit_log_of_account ON audit_log (account, sequence) WHERE account IS NOT NULL;
   CREATE TRIGGER audit_entry_changed BEFORE UPDATE ON audit_log BEGIN
     SELECT RAISE(ABORT, 'an entry of the audit log never changes');
   END;
   CREATE TRIGGER audit_entry_removed BEFORE DELETE ON audit_log BEGIN
     SELECT RAISE(ABORT, 'an entry of the audit log is never removed');
   END;`,
  `CREATE TABLE idempotency_records (
     account       TEXT NOT NULL,
     scope         TEXT NOT NULL,
     key           TEXT NOT NULL,
     fingerprint   TEXT NOT NULL,
     request_id    TEXT NOT NULL,
     owner         TEXT NOT NULL,
     state         TEXT NOT NULL CHECK (state IN ('running', 'done')),
     sealed        BLOB,
     sealed_bytes  INTEGER NOT NULL DEFAULT 0,
     claimed_at_ms INTEGER NOT NULL,
     expires_at_ms INTEGER NOT NULL,
     PRIMARY KEY (account, scope, key)
   ) STRICT;
   CREATE INDEX idempotency_by_end ON idempotency_records (expires_at_ms);
   CREATE INDEX idempotency_running ON idempotency_records (owner) WHERE state = 'running';
   CREATE TABLE idempotency_totals (
     account TEXT PRIMARY KEY,
     records INTEGER NOT NULL,
     bytes   INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TRIGGER idempotency_added AFTER INSERT ON idempotency_records BEGIN
     INSERT INTO idempotency_totals (account, records, bytes) VALUES (NEW.account, 1, 0)
       ON CONFLICT (account) DO UPDATE SET records = records + 1;
   END;
   CREATE TRIGGER idempotency_completed AFTER UPDATE OF sealed_bytes ON idempotency_records BEGIN
     UPDATE idempotency_totals SET bytes = bytes + NEW.sealed_bytes - OLD.sealed_bytes
       WHERE account = NEW.account;
   END;
   CREATE TRIGGER idempotency_removed AFTER DELETE ON idempotency_records BEGIN
     UPDATE idempotency_totals SET records = records - 1, bytes = bytes - OLD.sealed_bytes
       WHERE account = OLD.account;
     DELETE FROM idempotency_totals WHERE account = OLD.account AND records = 0;
   END;`,
];

/** Claims whose process died: until their time is up, the same request settles as the first of them did. */
export const crashedClaimsSchema = `
  CREATE TABLE idempotency_crashes (
    account       TEXT NOT NULL,
    scope         TEXT NOT NULL,
    key           TEXT NOT NULL,
    fingerprint   TEXT NOT NULL,
    request_id    TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account, scope, key, fingerprint)
  ) STRICT;
  CREATE INDEX idempotency_crashes_by_end ON idempotency_crashes (expires_at_ms);`;
