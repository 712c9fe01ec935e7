/** Steps from an empty database to today's, in order; a step that has landed never changes. */
export const migrations: readonly string[] = [
  `CREATE TABLE api_keys (
     public_id      TEXT PRIMARY KEY,
     digest         BLOB NOT NULL,
     kind           TEXT NOT NULL CHECK (kind IN ('inference', 'admin')),
     environment    TEXT NOT NULL CHECK (environment IN ('live', 'dev')),
     name           TEXT NOT NULL,
     created_at_ms  INTEGER NOT NULL,
     expires_at_ms  INTEGER,
     revoked_at_ms  INTEGER
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE request_log (
     id                 INTEGER PRIMARY KEY,
     request_id         TEXT NOT NULL,
     started_at_ms      INTEGER NOT NULL,
     key_id             TEXT,
     dialect            TEXT NOT NULL,
     operation          TEXT NOT NULL,
     model              TEXT,
     upstream           TEXT,
     status             INTEGER NOT NULL,
     error_code         TEXT,
     is_stream          INTEGER NOT NULL,
     input_tokens       INTEGER,
     output_tokens      INTEGER,
     cache_read_tokens  INTEGER,
     cache_write_tokens INTEGER,
     thinking_tokens    INTEGER,
     usage_is_final     INTEGER NOT NULL,
     request_bytes      INTEGER NOT NULL,
     response_bytes     INTEGER NOT NULL,
     first_byte_ms      REAL,
     total_ms           REAL NOT NULL
   ) STRICT;
   CREATE INDEX request_log_started ON request_log (started_at_ms);`,
  `CREATE TABLE files (
     place          INTEGER PRIMARY KEY AUTOINCREMENT,
     file_id        TEXT NOT NULL UNIQUE,
     account        TEXT NOT NULL,
     filename       TEXT NOT NULL,
     mime_type      TEXT NOT NULL,
     size_bytes     INTEGER NOT NULL CHECK (size_bytes >= 0),
     digest         TEXT NOT NULL,
     created_at_ms  INTEGER NOT NULL,
     expires_at_ms  INTEGER,
     downloadable   INTEGER NOT NULL CHECK (downloadable IN (0, 1)),
     has_body       INTEGER NOT NULL DEFAULT 1 CHECK (has_body IN (0, 1))
   ) STRICT;
   CREATE INDEX files_of_account ON files (account, place, has_body, size_bytes);
   CREATE INDEX files_expiry ON files (expires_at_ms) WHERE expires_at_ms IS NOT NULL;`,
  `CREATE TABLE batches (
     sequence               INTEGER PRIMARY KEY AUTOINCREMENT,
     id                     TEXT NOT NULL UNIQUE,
     account                TEXT NOT NULL,
     key_id                 TEXT NOT NULL,
     headers                TEXT NOT NULL,
     status                 TEXT NOT NULL
                            CHECK (status IN ('in_progress', 'canceling', 'ended', 'deleted')),
     requests               INTEGER NOT NULL,
     request_bytes          INTEGER NOT NULL,
     created_at_ms          INTEGER NOT NULL,
     expires_at_ms          INTEGER NOT NULL,
     cancel_initiated_at_ms INTEGER,
     ended_at_ms            INTEGER,
     archived_at_ms         INTEGER,
     succeeded              INTEGER NOT NULL DEFAULT 0,
     errored                INTEGER NOT NULL DEFAULT 0,
     canceled               INTEGER NOT NULL DEFAULT 0,
     expired                INTEGER NOT NULL DEFAULT 0,
     results_bytes          INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX batches_of_account ON batches (account, sequence);
   CREATE INDEX batches_unfinished ON batches (sequence)
     WHERE status IN ('in_progress', 'canceling');
   CREATE INDEX batches_to_archive ON batches (created_at_ms)
     WHERE status = 'ended' AND archived_at_ms IS NULL;

   CREATE TABLE batch_items (
     batch_id     TEXT NOT NULL,
     position     INTEGER NOT NULL,
     custom_id    TEXT NOT NULL,
     params_start INTEGER NOT NULL,
     params_bytes INTEGER NOT NULL,
     outcome      TEXT CHECK (outcome IN ('succeeded', 'errored', 'canceled', 'expired')),
     result_end   INTEGER,
     PRIMARY KEY (batch_id, position)
   ) STRICT, WITHOUT ROWID;

   ALTER TABLE request_log ADD COLUMN batch_id TEXT;
   ALTER TABLE request_log ADD COLUMN custom_id TEXT;
   CREATE UNIQUE INDEX request_log_batch_item ON request_log (batch_id, custom_id)
     WHERE batch_id IS NOT NULL;`,
];
