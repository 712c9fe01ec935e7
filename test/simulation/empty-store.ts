import { DatabaseSync } from 'node:sqlite';
import { migrate } from '../../src/store/open-database.ts';

let migrated: Uint8Array | undefined;

/** A store as a first start makes it: made once, then copied. */
export function emptyStore(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  if (migrated === undefined) {
    migrate(database);
    migrated = database.serialize();
  } else {
    database.deserialize(migrated);
  }
  return database;
}
