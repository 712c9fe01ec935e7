/** The columns of a row of the request log, in the order in which the statements that insert one take them. */
export const requestColumns = [
  'request_id',
  'started_at_ms',
  'key_id',
  'dialect',
  'operation',
  'model',
  'upstream',
  'status',
  'error_code',
  'is_stream',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'thinking_tokens',
  'usage_is_final',
  'request_bytes',
  'response_bytes',
  'first_byte_ms',
  'total_ms',
  'account',
  'attempts',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'web_search_requests',
  'cost_nano_usd',
  'charged_nano_usd',
  'usage_source',
  'price_version',
  'first_content_ms',
  'stop_reason',
  'edits',
  'attempts_detail',
  'trace_id',
  'gateway_id',
] as const;
export type RequestColumn = (typeof requestColumns)[number];

/** The statement that inserts one, with further columns behind its own. */
export function insertRequestText(...more: readonly string[]): string {
  const columns = [...requestColumns, ...more];
  return `INSERT INTO request_log (${columns.join(', ')})
    VALUES (${columns.map(() => '?').join(', ')})`;
}
