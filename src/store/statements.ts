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
  readonly statement: WriteStatement;
  /** Rows without bytes travel as JSON text: cloning them as objects costs several times as much. */
  readonly rows: string | Write['rows'];
}

export type WriteResult =
  | { readonly id: number; readonly kind: 'written'; readonly changes: number }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };

/** What the writer thread sends back. */
export type WriterReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'results'; readonly results: readonly WriteResult[] };
