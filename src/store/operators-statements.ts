/** What the writer thread runs for operators and their sessions. */
export const operatorsStatements = {
  /** That there is none stands in the statement: of two who set up at once, the second sees the first. */
  insertFirstOperator: `INSERT INTO operators
      (name, password_digest, created_at_ms, created_by, password_changed_at_ms,
       last_sign_in_at_ms)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM operators)`,
  insertOperator: `INSERT INTO operators
      (name, password_digest, created_at_ms, created_by, password_changed_at_ms,
       last_sign_in_at_ms)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE (SELECT COUNT(*) FROM operators) < ?7
    ON CONFLICT (name) DO NOTHING`,
  setOperatorPassword: `UPDATE operators SET password_digest = ?2, password_changed_at_ms = ?3
    WHERE name = ?1`,
  /** The last one stays: who would let the next one in? */
  deleteOperator: `DELETE FROM operators
    WHERE name = ?1 AND (SELECT COUNT(*) FROM operators) > 1`,
  noteOperatorSignIn: `UPDATE operators SET last_sign_in_at_ms = ?2 WHERE name = ?1`,
  /** Of an operator that is there: one that was removed meanwhile gets none. */
  insertSession: `INSERT INTO operator_sessions
      (digest, operator, created_at_ms, seen_at_ms, confirmed_at_ms, ends_at_ms)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM operators WHERE name = ?2)`,
  touchSession: `UPDATE operator_sessions SET seen_at_ms = ?2
    WHERE digest = ?1 AND seen_at_ms < ?2`,
  confirmSession: `UPDATE operator_sessions SET confirmed_at_ms = ?2 WHERE digest = ?1`,
  deleteSession: `DELETE FROM operator_sessions WHERE digest = ?`,
  deleteOtherSessions: `DELETE FROM operator_sessions WHERE operator = ?1 AND digest <> ?2`,
  deleteEndedSessions: `DELETE FROM operator_sessions
    WHERE ends_at_ms <= ?1 OR seen_at_ms <= ?2`,
  trimSessions: `DELETE FROM operator_sessions WHERE operator = ?1 AND digest NOT IN
    (SELECT digest FROM operator_sessions WHERE operator = ?1
      ORDER BY created_at_ms DESC, digest LIMIT ?2)`,
} as const;
