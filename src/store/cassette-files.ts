import { Buffer } from 'node:buffer';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { cassetteHeader } from '../cassettes/cassette-format.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
const EXTENSION = '.jsonl';
const LF = 0x0a;
const TAIL_BYTES = 64 * 1024;

/** Where the cassette of a name lies in a data directory. */
export function cassettePath(dataDirectory: string, name: string): string {
  return join(dataDirectory, 'cassettes', `${name}${EXTENSION}`);
}

/** Names of the cassettes in a data directory, in order. */
export function cassetteNames(dataDirectory: string): readonly string[] {
  try {
    return readdirSync(join(dataDirectory, 'cassettes'))
      .filter((file) => file.endsWith(EXTENSION))
      .map((file) => file.slice(0, -EXTENSION.length))
      .toSorted();
  } catch {
    // Nothing was ever recorded there.
    return [];
  }
}

/** Changes whenever the file does; undefined where there is none. */
export function cassetteStamp(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : `${String(stats.size)} ${String(stats.mtimeMs)}`;
}

/** How large a cassette is, and when it was written last; undefined where there is none. */
export function cassetteFacts(
  path: string,
): { readonly bytes: number; readonly changedAtMs: number } | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : { bytes: stats.size, changedAtMs: stats.mtimeMs };
}

export type ReadCassette =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly message: string };

/** The text of a cassette, where it is there and not larger than may be loaded. */
export function readCassette(path: string, bytesMax: number): ReadCassette {
  try {
    const stats = statSync(path);
    // What is no file may be without an end, or never begin.
    if (!stats.isFile()) return { kind: 'unreadable', message: `${path} is no file` };
    const { size } = stats;
    if (size > bytesMax) {
      const detail = `has ${String(size)} bytes; limits.cassette_bytes_max is ${String(bytesMax)}`;
      return { kind: 'unreadable', message: `${path} ${detail}` };
    }
    return { kind: 'text', text: readFileSync(path, 'utf8') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'unreadable', message: `${path} cannot be read: ${reason}` };
  }
}

/** A cassette that is being written: whole lines at its end, readable by its owner alone. */
export class CassetteFile {
  readonly #descriptor: number;
  #bytes: number;

  constructor(dataDirectory: string, name: string) {
    mkdirSync(join(dataDirectory, 'cassettes'), { recursive: true, mode: PRIVATE_DIRECTORY });
    this.#descriptor = openSync(cassettePath(dataDirectory, name), 'a+', PRIVATE_FILE);
    this.#bytes = this.#cutUnfinishedLine(fstatSync(this.#descriptor).size);
    if (this.#bytes === 0) this.append(`${JSON.stringify(cassetteHeader)}\n`, Infinity);
  }

  /** Whether the line was written: it is not where the file would become too large. */
  append(line: string, bytesMax: number): boolean {
    const bytes = Buffer.from(line);
    if (this.#bytes + bytes.length > bytesMax) return false;
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done);
    }
    this.#bytes += bytes.length;
    return true;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** What a crash left half written would spoil the line behind it. */
  #cutUnfinishedLine(size: number): number {
    const tail = Buffer.alloc(TAIL_BYTES);
    for (let end = size; end > 0;) {
      const length = Math.min(TAIL_BYTES, end);
      readSync(this.#descriptor, tail, 0, length, end - length);
      const at = tail.subarray(0, length).lastIndexOf(LF);
      const lineEnd = end - length + at + 1;
      if (at >= 0) {
        if (lineEnd < size) ftruncateSync(this.#descriptor, lineEnd);
        return lineEnd;
      }
      end -= length;
    }
    if (size > 0) ftruncateSync(this.#descriptor, 0);
    return 0;
  }
}
