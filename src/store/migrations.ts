import { accessSchema } from './access-schema.ts';
import { modelPricesSchema } from './model-prices-schema.ts';
import { crashedClaimsSchema, ledgerMigrations } from './ledger-migrations.ts';
import { paymentSchema, waitingPaymentsSchema } from './payment-schema.ts';
import { operatorsSchema } from './operators-schema.ts';
import { exchangeContentsSchema } from './exchange-contents-schema.ts';
import { gatewayKeysSchema } from './gateway-keys-schema.ts';
import { gatewayLogPlacesSchema } from './gateway-log-places-schema.ts';
import { requestRollupsSchema } from './request-rollups.ts';
import { requestHoursSchema } from './request-hours-schema.ts';
import { requestWeeksSchema } from './request-weeks.ts';
import { listFiltersSchema } from './list-filters-schema.ts';

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
  `CREATE TABLE gateways (
     account                 TEXT NOT NULL,
     id                      TEXT NOT NULL,
     cache_ttl_seconds       INTEGER,
     cache_invalidates       INTEGER NOT NULL CHECK (cache_invalidates IN (0, 1)),
     collect_logs            INTEGER NOT NULL CHECK (collect_logs IN (0, 1)),
     rate_limit              INTEGER,
     rate_interval_seconds   INTEGER,
     rate_technique          TEXT CHECK (rate_technique IN ('fixed', 'sliding')),
     retry_attempts          INTEGER,
     retry_delay_ms          INTEGER,
     retry_backoff           TEXT CHECK (retry_backoff IN ('constant', 'linear', 'exponential')),
     authentication          INTEGER NOT NULL CHECK (authentication IN (0, 1)),
     byok_only               INTEGER NOT NULL CHECK (byok_only IN (0, 1)),
     log_management          INTEGER,
     log_management_strategy TEXT NOT NULL
                             CHECK (log_management_strategy IN ('STOP_INSERTING', 'DELETE_OLDEST')),
     is_default              INTEGER NOT NULL CHECK (is_default IN (0, 1)),
     created_at_ms           INTEGER NOT NULL,
     modified_at_ms          INTEGER NOT NULL,
     PRIMARY KEY (account, id)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE provider_keys (
     id             TEXT PRIMARY KEY,
     account        TEXT NOT NULL,
     gateway_id     TEXT NOT NULL,
     provider       TEXT NOT NULL,
     alias          TEXT NOT NULL,
     is_default     INTEGER NOT NULL CHECK (is_default IN (0, 1)),
     preview        TEXT NOT NULL,
     sealed         BLOB NOT NULL,
     created_at_ms  INTEGER NOT NULL,
     modified_at_ms INTEGER NOT NULL,
     UNIQUE (account, gateway_id, provider, alias)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE gateway_logs (
     sequence              INTEGER PRIMARY KEY AUTOINCREMENT,
     id                    TEXT NOT NULL UNIQUE,
     account               TEXT NOT NULL,
     gateway_id            TEXT NOT NULL,
     request_id            TEXT NOT NULL,
     event_id              TEXT NOT NULL,
     created_at_ms         INTEGER NOT NULL,
     duration_ms           INTEGER NOT NULL,
     provider              TEXT NOT NULL,
     model                 TEXT NOT NULL,
     model_type            TEXT NOT NULL,
     path                  TEXT NOT NULL,
     request_type          TEXT NOT NULL,
     request_content_type  TEXT,
     response_content_type TEXT,
     status_code           INTEGER NOT NULL,
     success               INTEGER NOT NULL CHECK (success IN (0, 1)),
     cached                INTEGER NOT NULL CHECK (cached IN (0, 1)),
     tokens_in             INTEGER,
     tokens_out            INTEGER,
     cost                  REAL,
     custom_cost           INTEGER NOT NULL CHECK (custom_cost IN (0, 1)),
     metadata              TEXT,
     step                  INTEGER,
     authentication        INTEGER NOT NULL CHECK (authentication IN (0, 1)),
     wholesale             INTEGER NOT NULL CHECK (wholesale IN (0, 1)),
     compatibility         INTEGER NOT NULL CHECK (compatibility IN (0, 1)),
     user_agent            TEXT,
     request_bytes         INTEGER NOT NULL,
     response_bytes        INTEGER NOT NULL,
     kept_bytes            INTEGER NOT NULL,
     feedback              INTEGER,
     score                 REAL
   ) STRICT;
   CREATE INDEX gateway_logs_in_order ON gateway_logs (account, gateway_id, sequence, kept_bytes);
   CREATE INDEX gateway_logs_in_time ON gateway_logs (account, gateway_id, created_at_ms);
   CREATE INDEX gateway_logs_by_age ON gateway_logs (created_at_ms);

   CREATE TABLE gateway_log_bodies (
     sequence INTEGER PRIMARY KEY,
     request  BLOB NOT NULL,
     response BLOB NOT NULL
   ) STRICT;

   CREATE TABLE gateway_log_totals (
     account    TEXT NOT NULL,
     gateway_id TEXT NOT NULL,
     logs       INTEGER NOT NULL,
     bytes      INTEGER NOT NULL,
     PRIMARY KEY (account, gateway_id)
   ) STRICT, WITHOUT ROWID;

   CREATE TRIGGER gateway_log_added AFTER INSERT ON gateway_logs BEGIN
     INSERT INTO gateway_log_totals (account, gateway_id, logs, bytes)
       VALUES (NEW.account, NEW.gateway_id, 1, NEW.kept_bytes)
       ON CONFLICT (account, gateway_id)
       DO UPDATE SET logs = logs + 1, bytes = bytes + excluded.bytes;
   END;
   CREATE TRIGGER gateway_log_removed AFTER DELETE ON gateway_logs BEGIN
     DELETE FROM gateway_log_bodies WHERE sequence = OLD.sequence;
     UPDATE gateway_log_totals SET logs = logs - 1, bytes = bytes - OLD.kept_bytes
       WHERE account = OLD.account AND gateway_id = OLD.gateway_id;
     DELETE FROM gateway_log_totals
       WHERE account = OLD.account AND gateway_id = OLD.gateway_id AND logs = 0;
   END;`,
  `ALTER TABLE gateways ADD COLUMN content_rules TEXT;`,
  `ALTER TABLE gateways ADD COLUMN spend_limits TEXT;

   CREATE TABLE gateway_spending (
     account       TEXT NOT NULL,
     gateway_id    TEXT NOT NULL,
     name          TEXT NOT NULL,
     start_ms      INTEGER NOT NULL,
     end_ms        INTEGER NOT NULL,
     spent_nanousd INTEGER NOT NULL,
     PRIMARY KEY (account, gateway_id, name)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX gateway_spending_by_end ON gateway_spending (end_ms);

   CREATE TABLE gateway_policies (
     sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
     id             TEXT NOT NULL UNIQUE,
     account        TEXT NOT NULL,
     gateway_id     TEXT NOT NULL,
     policy         TEXT NOT NULL,
     created_at_ms  INTEGER NOT NULL,
     modified_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX gateway_policies_in_order ON gateway_policies (account, gateway_id, sequence);

   CREATE TABLE dynamic_routes (
     sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
     id             TEXT NOT NULL UNIQUE,
     account        TEXT NOT NULL,
     gateway_id     TEXT NOT NULL,
     name           TEXT NOT NULL,
     created_at_ms  INTEGER NOT NULL,
     modified_at_ms INTEGER NOT NULL,
     UNIQUE (account, gateway_id, name)
   ) STRICT;
   CREATE TABLE dynamic_route_versions (
     sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
     id            TEXT NOT NULL UNIQUE,
     route_id      TEXT NOT NULL,
     elements      TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX dynamic_route_versions_in_order ON dynamic_route_versions (route_id, sequence);
   CREATE TABLE dynamic_route_deployments (
     sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
     id            TEXT NOT NULL UNIQUE,
     route_id      TEXT NOT NULL,
     version_id    TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX dynamic_route_deployments_in_order
     ON dynamic_route_deployments (route_id, sequence);
   CREATE TRIGGER dynamic_route_removed AFTER DELETE ON dynamic_routes BEGIN
     DELETE FROM dynamic_route_versions WHERE route_id = OLD.id;
     DELETE FROM dynamic_route_deployments WHERE route_id = OLD.id;
   END;
   CREATE TRIGGER gateway_removed AFTER DELETE ON gateways BEGIN
     DELETE FROM gateway_spending WHERE account = OLD.account AND gateway_id = OLD.id;
     DELETE FROM gateway_policies WHERE account = OLD.account AND gateway_id = OLD.id;
     DELETE FROM dynamic_routes WHERE account = OLD.account AND gateway_id = OLD.id;
   END;`,
  `ALTER TABLE gateway_logs ADD COLUMN dlp_action TEXT CHECK (dlp_action IN ('FLAG', 'BLOCK'));`,
  `ALTER TABLE gateway_logs ADD COLUMN content_report TEXT;`,
  `ALTER TABLE request_log ADD COLUMN account TEXT;
   ALTER TABLE request_log ADD COLUMN attempts INTEGER;
   ALTER TABLE request_log ADD COLUMN cache_write_5m_tokens INTEGER;
   ALTER TABLE request_log ADD COLUMN cache_write_1h_tokens INTEGER;
   ALTER TABLE request_log ADD COLUMN web_search_requests INTEGER;
   ALTER TABLE request_log ADD COLUMN cost_nano_usd INTEGER;
   ALTER TABLE request_log ADD COLUMN charged_nano_usd INTEGER;
   ALTER TABLE request_log ADD COLUMN usage_source TEXT
     CHECK (usage_source IN ('reported', 'estimated', 'none'));
   ALTER TABLE request_log ADD COLUMN price_version TEXT;
   CREATE INDEX request_log_of_account ON request_log (account, started_at_ms);
   CREATE INDEX request_log_by_request ON request_log (request_id);`,
  modelPricesSchema,
  ...ledgerMigrations,
  accessSchema,
  paymentSchema,
  waitingPaymentsSchema,
  requestHoursSchema,
  crashedClaimsSchema,
  gatewayLogPlacesSchema,
  operatorsSchema,
  exchangeContentsSchema,
  requestRollupsSchema,
  listFiltersSchema,
  requestWeeksSchema,
  gatewayKeysSchema,
];
