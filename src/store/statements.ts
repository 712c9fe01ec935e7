/** Every statement that the writer thread runs. Hand-written, parameters only. */
export const writeStatements = {
  insertKey: `INSERT INTO api_keys
      (public_id, digest, kind, environment, name, created_at_ms, expires_at_ms, revoked_at_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  revokeKey: `UPDATE api_keys SET revoked_at_ms = ?
    WHERE public_id = ? AND revoked_at_ms IS NULL`,
  insertRequest: `INSERT INTO request_log
      (request_id, started_at_ms, key_id, dialect, operation, model, upstream, status, error_code,
       is_stream, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
       thinking_tokens, usage_is_final, request_bytes, response_bytes, first_byte_ms, total_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  deleteOldRequests: `DELETE FROM request_log WHERE id IN
    (SELECT id FROM request_log WHERE started_at_ms < ? ORDER BY started_at_ms LIMIT ?)`,
  insertBatchRequest: `INSERT INTO request_log
      (request_id, started_at_ms, key_id, dialect, operation, model, upstream, status, error_code,
       is_stream, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
       thinking_tokens, usage_is_final, request_bytes, response_bytes, first_byte_ms, total_ms,
       batch_id, custom_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (batch_id, custom_id) WHERE batch_id IS NOT NULL DO NOTHING`,
  insertBatch: `INSERT INTO batches
      (id, account, key_id, headers, status, requests, request_bytes, created_at_ms, expires_at_ms)
    SELECT ?1, ?2, ?3, ?4, 'in_progress', ?5, ?6, ?7, ?8
    WHERE (SELECT COUNT(*) < ?9 AND COALESCE(SUM(requests), 0) + ?5 <= ?10
             AND COALESCE(SUM(request_bytes), 0) + ?6 <= ?11
           FROM batches WHERE account = ?2 AND status IN ('in_progress', 'canceling'))`,
  insertBatchItem: `INSERT INTO batch_items
      (batch_id, position, custom_id, params_start, params_bytes)
    VALUES (?, ?, ?, ?, ?)`,
  recordBatchResult: `UPDATE batch_items SET outcome = ?, result_end = ?
    WHERE batch_id = ? AND position = ? AND outcome IS NULL`,
  cancelBatch: `UPDATE batches SET status = 'canceling', cancel_initiated_at_ms = ?
    WHERE id = ? AND status = 'in_progress'`,
  endBatch: `UPDATE batches SET status = 'ended', ended_at_ms = ?, results_bytes = ?,
      succeeded = ?, errored = ?, canceled = ?, expired = ?
    WHERE id = ? AND status IN ('in_progress', 'canceling')`,
  archiveBatch: `UPDATE batches SET archived_at_ms = ?
    WHERE id = ? AND status = 'ended' AND archived_at_ms IS NULL`,
  deleteBatch: `UPDATE batches SET status = 'deleted' WHERE id = ? AND status = 'ended'`,
  deleteBatchItems: `DELETE FROM batch_items WHERE (batch_id, position) IN
    (SELECT batch_id, position FROM batch_items WHERE batch_id = ? LIMIT ?)`,
  deleteOldBatches: `DELETE FROM batches WHERE sequence IN
    (SELECT sequence FROM batches
      WHERE created_at_ms < ? AND status IN ('ended', 'deleted') LIMIT ?)`,
  /** The two bounds stand in the statement: of two uploads at once, the second sees the first. */
  insertFile: `INSERT INTO files
      (file_id, account, filename, mime_type, size_bytes, digest, created_at_ms, expires_at_ms,
       downloadable)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
    WHERE (SELECT COUNT(*) FROM files WHERE account = ?2) < ?10
      AND (SELECT COALESCE(SUM(size_bytes), 0) FROM files WHERE account = ?2 AND has_body = 1)
        + ?5 <= ?11`,
  deleteFile: `DELETE FROM files WHERE account = ? AND file_id = ?`,
  forgetFileBody: `UPDATE files SET has_body = 0 WHERE file_id = ?`,
  deleteExpiredFiles: `DELETE FROM files WHERE place IN
    (SELECT place FROM files WHERE expires_at_ms < ? AND has_body = 0 LIMIT ?)`,
} as const;

export type WriteStatement = keyof typeof writeStatements;

/** A value as SQLite stores it. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** One statement with its rows; rows of one write land together or not at all with their batch. */
export interface Write {
  readonly statement: WriteStatement;
  readonly rows: readonly (readonly SqlValue[])[];
}

/** What the main thread sends; `id` is answered once the write is durable. */
export interface WriteMessage {
  readonly id: number;
  /** Land together or not at all. */
  readonly writes: readonly {
    readonly statement: WriteStatement;
    /** Rows without bytes travel as JSON text: cloning them as objects costs several times as much. */
    readonly rows: string | Write['rows'];
  }[];
}

export type WriteResult =
  | { readonly id: number; readonly kind: 'written'; readonly changes: number }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };

/** What the writer thread sends back. */
export type WriterReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'results'; readonly results: readonly WriteResult[] };
