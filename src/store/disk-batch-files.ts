import { mkdirSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ByteSource } from '../std/byte-stream.ts';
import { DiskRange } from './disk-range.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
const REQUESTS = 'requests';
const RESULTS = 'results.jsonl';
const LOCK = 'lock';
const SQLITE_BUSY = 5;

/** What batches hold beside their rows: a directory each, with the requests and the results. */
export class DiskBatchFiles {
  readonly #directory: string;
  #claim: DatabaseSync | undefined;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    this.#directory = directory;
  }

  /**
   * Whether this process may run the batches: one that has the directory open already keeps others
   * from it until it ends, however it ends.
   */
  claim(): boolean {
    if (this.#claim !== undefined) return true;
    const lock = new DatabaseSync(this.#pathOf(LOCK), { timeout: 0 });
    try {
      // Nothing is ever written to it: no journal has to lie beside it.
      lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)
        return false;
      throw error;
    }
    this.#claim = lock;
    return true;
  }

  release(): void {
    this.#claim?.close();
    this.#claim = undefined;
  }

  /** Batches that have files, be they known or left behind by a crash. */
  async ids(): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const { name } of await opendir(this.#directory)) ids.push(name);
    return ids;
  }

  /** Writes the requests of a new batch; resolves once they are durable. */
  async writeRequests(id: string, chunks: Iterable<Uint8Array>): Promise<void> {
    await mkdir(this.#pathOf(id), { mode: PRIVATE_DIRECTORY });
    const file = await open(this.#pathOf(id, REQUESTS), 'wx', PRIVATE_FILE);
    try {
      for (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncDirectory(this.#pathOf(id));
    await syncDirectory(this.#directory);
  }

  async openRequests(id: string): Promise<DiskRequests> {
    return new DiskRequests(await open(this.#pathOf(id, REQUESTS), 'r'));
  }

  /**
   * Opens the results to be written on from `endBytes`: what a crash left behind that is cut off,
   * since the rows know nothing of it.
   */
  async openResults(id: string, endBytes: number): Promise<DiskResults> {
    const path = this.#pathOf(id, RESULTS);
    const file = await open(path, endBytes === 0 ? 'w' : 'r+', PRIVATE_FILE);
    try {
      await file.truncate(endBytes);
      await syncDirectory(this.#pathOf(id));
    } catch (error) {
      await file.close();
      throw error;
    }
    return new DiskResults(file);
  }

  readResults(id: string, bytes: number): ByteSource {
    return new DiskRange(this.#pathOf(id, RESULTS), bytes);
  }

  /** What a batch was asked is kept no longer than it is needed. */
  async removeRequests(id: string): Promise<void> {
    await rm(this.#pathOf(id, REQUESTS), { force: true });
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id), { recursive: true, force: true });
  }

  #pathOf(id: string, ...rest: readonly string[]): string {
    return join(this.#directory, id, ...rest);
  }
}

/** The requests of one batch, read one by one. */
class DiskRequests {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Rejects where the file is shorter than it was written. */
  async read(start: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#file.read(bytes, done, length - done, start + done);
      if (bytesRead === 0)
        throw new Error(`the file of requests ends before ${String(start + length)}`);
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** The results of one batch while it runs. */
class DiskResults {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Writes at a place and resolves once it is durable. */
  async writeAt(start: number, bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file.write(
        bytes,
        done,
        bytes.length - done,
        start + done,
      );
      done += bytesWritten;
    }
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** A new name in a directory outlives a power cut once the directory is synced. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
