/** What the writer thread runs for accounts, plans and keys. */
export const accessStatements = {
  insertKey: `INSERT INTO api_keys
      (public_id, account, digest, last_letters, former_digest, grace_until_ms, kind, environment,
       name, status, scopes, model_ids, allowed_cidrs, budget_nano, budget_period,
       requests_per_minute, input_tokens_per_minute, output_tokens_per_minute, concurrency,
       created_by, created_at_ms, expires_at_ms, revoked_at_ms, last_used_at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  updateKey: `UPDATE api_keys SET name = ?2, expires_at_ms = ?3, scopes = ?4, model_ids = ?5,
      allowed_cidrs = ?6, budget_nano = ?7, budget_period = ?8, requests_per_minute = ?9,
      input_tokens_per_minute = ?10, output_tokens_per_minute = ?11, concurrency = ?12
    WHERE public_id = ?1 AND status <> 'revoked'`,
  /** The secret of before works on until its grace is over. */
  rotateKey: `UPDATE api_keys SET former_digest = digest, digest = ?2, last_letters = ?3,
      grace_until_ms = ?4
    WHERE public_id = ?1 AND status <> 'revoked'`,
  setKeyStatus: `UPDATE api_keys SET status = ?2
    WHERE public_id = ?1 AND status <> 'revoked' AND status <> ?2`,
  revokeKey: `UPDATE api_keys SET status = 'revoked', revoked_at_ms = ?
    WHERE public_id = ? AND status <> 'revoked'`,
  touchKey: `UPDATE api_keys SET last_used_at_ms = ?2
    WHERE public_id = ?1 AND (last_used_at_ms IS NULL OR last_used_at_ms < ?2)`,
  insertAccount: `INSERT INTO accounts (id, name, plan_name, status, created_at_ms)
    VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  updateAccount: `UPDATE accounts SET name = ?2, plan_name = ?3, status = ?4 WHERE id = ?1`,
  insertPlan: `INSERT INTO plans
      (name, is_prepaid, output_tokens_max, model_ids, takes_every_form, markup_basis_points,
       on_exhausted, attempts_max, created_at_ms, modified_at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
  replacePlan: `UPDATE plans SET is_prepaid = ?2, output_tokens_max = ?3, model_ids = ?4,
      takes_every_form = ?5, markup_basis_points = ?6, on_exhausted = ?7, attempts_max = ?8,
      created_at_ms = ?9, modified_at_ms = ?10
    WHERE name = ?1`,
  /** A plan that an account has stays: what would the account be charged by? */
  deletePlan: `DELETE FROM plans
    WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM accounts WHERE plan_name = ?1)`,
} as const;
