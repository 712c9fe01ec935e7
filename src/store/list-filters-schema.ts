/**
 * The orders in which requests and entries of the audit log are listed, with all that either list is
 * narrowed by: whoever looks for something rare reads an index and no rows.
 */
export const listFiltersSchema: string = `
   ALTER TABLE request_log ADD COLUMN gateway_id TEXT;
   DROP INDEX request_log_in_order;
   CREATE INDEX request_log_in_order ON request_log
     (started_at_ms, id, account, key_id, model, upstream, status, error_code, cost_nano_usd,
      dialect, gateway_id, is_stream, total_ms);

   DROP INDEX audit_log_of_account;
   CREATE INDEX audit_log_of_account ON audit_log
     (account, at_ms, sequence, action, actor, key_id, subject) WHERE account IS NOT NULL;
   CREATE INDEX audit_log_in_order ON audit_log
     (at_ms, sequence, action, actor, key_id, subject);`;
