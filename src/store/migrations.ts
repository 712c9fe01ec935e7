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
];
