import { statSync } from 'node:fs';
import { join } from 'node:path';

/** The database and its log of writes. */
const files = ['quatrain.db', 'quatrain.db-wal'] as const;

/** How much of the disk the database has taken. */
export function databaseBytes(dataDir: string): number {
  return files.reduce(
    (sum, name) => sum + (statSync(join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
