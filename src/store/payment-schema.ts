/**
 * Payments that accounts asked for, and what payment processors said. Of the holds, an index for
 * invoices: what an account paid, in the order in which it was settled.
 */
export const paymentSchema: string = `CREATE TABLE payment_intents (
     place         INTEGER PRIMARY KEY AUTOINCREMENT,
     id            TEXT NOT NULL UNIQUE,
     account       TEXT NOT NULL,
     amount_nano   INTEGER NOT NULL CHECK (amount_nano > 0),
     created_by    TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL,
     payment_id    TEXT UNIQUE,
     paid_at_ms    INTEGER,
     refunded_nano INTEGER NOT NULL DEFAULT 0 CHECK (refunded_nano >= 0),
     CHECK ((payment_id IS NULL) = (paid_at_ms IS NULL))
   ) STRICT;
   CREATE INDEX payment_intents_of_account ON payment_intents (account, place);
   CREATE TABLE payment_events (
     place       INTEGER PRIMARY KEY AUTOINCREMENT,
     provider    TEXT NOT NULL,
     event_id    TEXT NOT NULL,
     type        TEXT NOT NULL,
     payment_id  TEXT,
     outcome     TEXT NOT NULL CHECK (outcome IN ('credited', 'returned', 'unmatched')),
     account     TEXT,
     amount_nano INTEGER,
     detail      TEXT NOT NULL,
     at_ms       INTEGER NOT NULL,
     UNIQUE (provider, event_id)
   ) STRICT;
   CREATE INDEX ledger_holds_of_account ON ledger_holds (account, resolved_at_ms, place)
     WHERE state = 'settled';`;

/** What waits for the payment that it is about, and which dispute it was. */
export const waitingPaymentsSchema: string = `ALTER TABLE payment_events ADD COLUMN dispute_id TEXT;
   CREATE INDEX payment_events_unmatched ON payment_events (payment_id, place)
     WHERE outcome = 'unmatched';`;
