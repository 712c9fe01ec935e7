/** Who signs in to the console, and their sessions. */
export const operatorsSchema = `
   CREATE TABLE operators (
     name                   TEXT PRIMARY KEY,
     password_digest        TEXT NOT NULL,
     created_at_ms          INTEGER NOT NULL,
     created_by             TEXT NOT NULL,
     password_changed_at_ms INTEGER NOT NULL,
     last_sign_in_at_ms     INTEGER
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE operator_sessions (
     digest          TEXT PRIMARY KEY,
     operator        TEXT NOT NULL,
     created_at_ms   INTEGER NOT NULL,
     seen_at_ms      INTEGER NOT NULL,
     confirmed_at_ms INTEGER NOT NULL,
     ends_at_ms      INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX operator_sessions_of_operator ON operator_sessions (operator, created_at_ms);
   CREATE TRIGGER operator_removed AFTER DELETE ON operators BEGIN
     DELETE FROM operator_sessions WHERE operator = OLD.name;
   END;`;
