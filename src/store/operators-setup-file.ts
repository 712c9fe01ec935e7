import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Secret } from '../std/secret.ts';

const NAME = 'setup-token';
const PRIVATE_FILE = 0o600;

/** Writes the one-time token where the owner of the data alone can read it; says where. */
export function writeSetupFile(directory: string, token: Secret): string {
  const path = join(directory, NAME);
  const draft = `${path}.${String(process.pid)}`;
  // A file that was there may let others read it: this one is new, then takes its place.
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', PRIVATE_FILE);
  try {
    writeSync(file, `${token.reveal()}\n`);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  return path;
}

/** Removes it, whether it is there or not. */
export function removeSetupFile(directory: string): void {
  rmSync(join(directory, NAME), { force: true });
}
