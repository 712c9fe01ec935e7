import { DatabaseSync } from 'node:sqlite';
import { migrations } from './migrations.ts';

/** Two processes may have the file open: the gateway and a command. They wait for each other. */
const BUSY_TIMEOUT_MS = 5000;
const SYNCHRONOUS_FULL = 2;

export class StoreFault extends Error {
  override readonly name = 'StoreFault';
}

/**
 * Opens the database so that what is acknowledged survives a power cut: write-ahead log, a sync
 * on every commit. Both are read back, because SQLite ignores a pragma that it cannot follow.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA foreign_keys = ON');
  const journalMode = pragma(database, 'journal_mode');
  const synchronous = pragma(database, 'synchronous');
  if (journalMode !== 'wal' || synchronous !== SYNCHRONOUS_FULL) {
    database.close();
    throw new StoreFault(
      `the store needs journal_mode=wal and synchronous=FULL, but ${path} has ${String(journalMode)} and ${String(synchronous)}; put the data directory on a local disk`,
    );
  }
  return database;
}

/** Brings the schema up to date, each step in a transaction of its own. */
export function migrate(database: DatabaseSync): void {
  const read = (): number => Number(pragma(database, 'user_version'));
  if (read() > migrations.length) {
    throw new StoreFault(
      `the store was written by a newer Quatrain (schema ${String(read())}, this one knows ${String(migrations.length)}); run that version`,
    );
  }
  for (let version = read(); version < migrations.length; version = read()) {
    database.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have migrated while this one waited for the lock.
      if (read() === version) {
        database.exec(migrations[version] ?? '');
        database.exec(`PRAGMA user_version = ${String(version + 1)}`);
      }
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }
}

/** What SQLite finds wrong with the file, or with one table of it; empty where it is sound. */
export function integrityProblems(database: DatabaseSync, table?: string): string[] {
  const check = table === undefined ? 'integrity_check' : `integrity_check(${table})`;
  const rows = database.prepare(`PRAGMA ${check}`).all();
  return rows.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok');
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}
