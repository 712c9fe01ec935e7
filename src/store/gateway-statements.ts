const REPLACE_GATEWAY = `UPDATE gateways SET cache_ttl_seconds = ?3, cache_invalidates = ?4,
      collect_logs = ?5, rate_limit = ?6, rate_interval_seconds = ?7, rate_technique = ?8,
      retry_attempts = ?9, retry_delay_ms = ?10, retry_backoff = ?11, authentication = ?12,
      byok_only = ?13, log_management = ?14, log_management_strategy = ?15, is_default = ?16,
      created_at_ms = ?17, modified_at_ms = ?18, content_rules = ?19,
      spend_limits = ?20
    WHERE account = ?1 AND id = ?2`;

const DELETE_GATEWAY = `DELETE FROM gateways WHERE account = ?1 AND id = ?2`;

/** That a row says what one said which was read; the values of that one begin at a place. */
function saysTheSame(firstPlace: number): string {
  const columns = `cache_ttl_seconds, cache_invalidates, collect_logs, rate_limit,
      rate_interval_seconds, rate_technique, retry_attempts, retry_delay_ms, retry_backoff,
      authentication, byok_only, log_management, log_management_strategy, is_default, created_at_ms,
      content_rules, spend_limits`;
  const values = columns.split(',').map((_, at) => `?${String(firstPlace + at)}`);
  return `(${columns}) IS (${values.join(', ')})`;
}

type GatewayStatement =
  | 'insertGateway'
  | 'replaceGateway'
  | 'replaceSameGateway'
  | 'deleteGateway'
  | 'deleteSameGateway';

/** What the writer thread runs for gateways. */
export const gatewayStatements: Readonly<Record<GatewayStatement, string>> = {
  /** The bound stands in the statement: of two made at once, the second sees the first. */
  insertGateway: `INSERT INTO gateways
      (account, id, cache_ttl_seconds, cache_invalidates, collect_logs, rate_limit,
       rate_interval_seconds, rate_technique, retry_attempts, retry_delay_ms, retry_backoff,
       authentication, byok_only, log_management, log_management_strategy, is_default,
       created_at_ms, modified_at_ms, content_rules, spend_limits)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
      ?20
    WHERE (SELECT COUNT(*) FROM gateways WHERE account = ?1) < ?21
    ON CONFLICT (account, id) DO NOTHING`,
  replaceGateway: REPLACE_GATEWAY,
  /** The row that it takes the place of stands in the statement: of two writers one is too late. */
  replaceSameGateway: `${REPLACE_GATEWAY} AND ${saysTheSame(21)}`,
  /** What belongs to a gateway goes by triggers, so this counts gateways alone. */
  deleteGateway: DELETE_GATEWAY,
  deleteSameGateway: `${DELETE_GATEWAY} AND ${saysTheSame(3)}`,
};
