import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

const PRIVATE_FILE = 0o600;
const MODE_BITS = 0o777;

/** The text of a file; undefined where it cannot be read. */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there, or not for us to read: whoever asks says so.
    return undefined;
  }
}

/**
 * Whether a path is a file on a disk with something in it, and not too much. A pipe may keep its reader
 * waiting for ever, a device has no end, and files of the system say they are empty.
 */
export function isPlainFile(path: string, bytesMax: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size > 0 && stats.size <= bytesMax;
}

/**
 * Puts a text in the place of a file, whole or not at all: whoever reads meanwhile gets the one or the
 * other. The file keeps its mode, and stays the one that a link points to.
 */
export function replaceTextFile(path: string, text: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  const target = stats === undefined ? path : realpathSync(path);
  const draft = `${target}.${String(process.pid)}.draft`;
  const file = openSync(draft, 'w', PRIVATE_FILE);
  try {
    fchmodSync(file, stats === undefined ? PRIVATE_FILE : stats.mode & MODE_BITS);
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) {
      done += writeSync(file, bytes, done, bytes.length - done);
    }
    fsyncSync(file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(draft, target);
  const directory = openSync(dirname(target), 'r');
  fsyncSync(directory);
  closeSync(directory);
}
