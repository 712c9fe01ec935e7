import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openDatabase } from '../../src/store/open-database.ts';

/** Where Linux keeps files in memory: nobody waits there for a disk to sync. */
const IN_MEMORY = '/dev/shm';
/** What a whole run may leave at once, many times over; containers often have a few MiB. */
const FREE_BYTES_MIN = 4 * 1024 ** 3;
const NAME = 'quatrain.db';

/** Where directories of tests are made. */
const base = baseDirectory();
let emptyStore: Buffer | undefined;

/** A directory for a store that a test opens: an empty one is there, with its schema up to date. */
export function makeDataDir(): string {
  emptyStore ??= makeEmptyStore();
  const directory = makeDirectory('test');
  writeFileSync(join(directory, NAME), emptyStore);
  return directory;
}

/** A directory that is empty. */
export function makeDirectory(name: string): string {
  return mkdtempSync(join(base, `quatrain-${name}-`));
}

function baseDirectory(): string {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= FREE_BYTES_MIN ? IN_MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Each step of the schema is a transaction: once is enough for all stores of a run. */
function makeEmptyStore(): Buffer {
  const directory = makeDirectory('empty');
  try {
    const path = join(directory, NAME);
    const database = openDatabase(path);
    migrate(database);
    database.close();
    return readFileSync(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
