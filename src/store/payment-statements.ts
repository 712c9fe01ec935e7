/** What the writer thread runs about payments. */
export const paymentStatements = {
  insertPaymentIntent: `INSERT INTO payment_intents
      (id, account, amount_nano, created_by, created_at_ms) VALUES (?, ?, ?, ?, ?)`,
  /** An intent is paid by one payment, however many come for it. */
  claimPaymentIntent: `UPDATE payment_intents SET payment_id = ?1,
      paid_at_ms = COALESCE(paid_at_ms, ?2)
    WHERE id = ?3 AND (payment_id IS NULL OR payment_id = ?1)
      AND NOT EXISTS (SELECT 1 FROM payment_intents WHERE payment_id = ?1 AND id <> ?3)`,
  notePaymentRefund: `UPDATE payment_intents SET refunded_nano = ?1
    WHERE id = ?2 AND refunded_nano = ?3`,
  /** What came to nothing at first may come to something later, and never the other way. */
  recordPaymentEvent: `INSERT INTO payment_events
      (provider, event_id, type, payment_id, outcome, account, amount_nano, detail, at_ms, dispute_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (provider, event_id) DO UPDATE SET outcome = excluded.outcome,
      account = excluded.account, detail = excluded.detail
    WHERE payment_events.outcome = 'unmatched' AND excluded.outcome <> 'unmatched'`,
} as const;
