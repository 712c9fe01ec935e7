import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A row of the request log as it stands in the store. */
export interface LoggedRequest {
  readonly request_id: string;
  readonly key_id: string | null;
  readonly operation: string;
  readonly model: string | null;
  readonly upstream: string | null;
  readonly status: number;
  readonly error_code: string | null;
  readonly is_stream: number;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly thinking_tokens: number | null;
  readonly stop_reason: string | null;
  readonly usage_is_final: number;
  readonly request_bytes: number;
  readonly response_bytes: number;
  readonly first_byte_ms: number | null;
  readonly total_ms: number;
  readonly batch_id: string | null;
  readonly custom_id: string | null;
}

/** What the request log of a data directory holds, oldest first, read beside the gateway. */
export function readRequestLog(dataDir: string): LoggedRequest[] {
  const database = new DatabaseSync(join(dataDir, 'quatrain.db'), { readOnly: true });
  try {
    return database
      .prepare('SELECT * FROM request_log ORDER BY id')
      .all() as unknown as LoggedRequest[];
  } finally {
    database.close();
  }
}
