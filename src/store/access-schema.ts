/**
 * Accounts, plans and what keys may do. Keys of before have every scope of their kind and are an
 * account each, as they were.
 */
export const accessSchema = `
   ALTER TABLE api_keys RENAME TO api_keys_before;
   CREATE TABLE api_keys (
     public_id                TEXT PRIMARY KEY,
     account                  TEXT NOT NULL,
     digest                   BLOB NOT NULL,
     last_letters             TEXT NOT NULL,
     former_digest            BLOB,
     grace_until_ms           INTEGER,
     kind                     TEXT NOT NULL CHECK (kind IN ('inference', 'management', 'admin')),
     environment              TEXT NOT NULL CHECK (environment IN ('live', 'dev')),
     name                     TEXT NOT NULL,
     status                   TEXT NOT NULL CHECK (status IN ('active', 'disabled', 'revoked')),
     scopes                   TEXT NOT NULL,
     model_ids                TEXT,
     allowed_cidrs            TEXT,
     budget_nano              INTEGER CHECK (budget_nano >= 0),
     budget_period            TEXT CHECK (budget_period IN ('none', 'day', 'week', 'month')),
     requests_per_minute      INTEGER CHECK (requests_per_minute > 0),
     input_tokens_per_minute  INTEGER CHECK (input_tokens_per_minute > 0),
     output_tokens_per_minute INTEGER CHECK (output_tokens_per_minute > 0),
     concurrency              INTEGER CHECK (concurrency > 0),
     created_by               TEXT,
     created_at_ms            INTEGER NOT NULL,
     expires_at_ms            INTEGER,
     revoked_at_ms            INTEGER,
     last_used_at_ms          INTEGER,
     CHECK ((budget_nano IS NULL) = (budget_period IS NULL)),
     CHECK ((former_digest IS NULL) = (grace_until_ms IS NULL)),
     CHECK ((status = 'revoked') = (revoked_at_ms IS NOT NULL))
   ) STRICT, WITHOUT ROWID;
   INSERT INTO api_keys (public_id, account, digest, last_letters, kind, environment, name, status,
       scopes, created_at_ms, expires_at_ms, revoked_at_ms)
     SELECT public_id, public_id, digest, '', kind, environment, name,
       CASE WHEN revoked_at_ms IS NULL THEN 'active' ELSE 'revoked' END,
       CASE kind WHEN 'inference' THEN '["messages","chat","workers-ai","batches","files","models:read","gateways:read","gateways:write","usage:read","wallet:read"]' ELSE '[]' END,
       created_at_ms, expires_at_ms, revoked_at_ms
     FROM api_keys_before;
   DROP TABLE api_keys_before;
   CREATE INDEX api_keys_of_account ON api_keys (account, created_at_ms);

   CREATE TABLE accounts (
     id            TEXT PRIMARY KEY,
     name          TEXT NOT NULL,
     plan_name     TEXT,
     status        TEXT NOT NULL CHECK (status IN ('open', 'closed')),
     created_at_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX accounts_of_plan ON accounts (plan_name) WHERE plan_name IS NOT NULL;

   CREATE TABLE plans (
     name                TEXT PRIMARY KEY,
     is_prepaid          INTEGER NOT NULL CHECK (is_prepaid IN (0, 1)),
     output_tokens_max   INTEGER CHECK (output_tokens_max > 0),
     model_ids           TEXT,
     takes_every_form    INTEGER NOT NULL CHECK (takes_every_form IN (0, 1)),
     markup_basis_points INTEGER NOT NULL CHECK (markup_basis_points >= 0),
     on_exhausted        TEXT NOT NULL CHECK (on_exhausted IN ('error', 'stop')),
     attempts_max        INTEGER NOT NULL CHECK (attempts_max > 0),
     created_at_ms       INTEGER NOT NULL,
     modified_at_ms      INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`;
