import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, opendir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '../std/byte-stream.ts';
import { DiskRange } from './disk-range.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
const DRAFT_SUFFIX = '.draft';

/** The contents of files: one file on disk each, named after the file's id. */
export class DiskFileBodies {
  readonly #directory: string;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    this.#directory = directory;
  }

  async begin(id: string): Promise<DiskBodyDraft> {
    const draft = `${this.#pathOf(id)}${DRAFT_SUFFIX}`;
    const handle = await open(draft, 'wx', PRIVATE_FILE);
    return new DiskBodyDraft({
      handle,
      draft,
      final: this.#pathOf(id),
      directory: this.#directory,
    });
  }

  read(id: string): ByteSource {
    return new DiskRange(this.#pathOf(id));
  }

  async readWhole(id: string, bytesMax: number): Promise<Uint8Array | undefined> {
    const handle = await presentOrUndefined(() => open(this.#pathOf(id), 'r'));
    if (handle === undefined) return undefined;
    try {
      const { size } = await handle.stat();
      const bytes = Buffer.allocUnsafe(Math.min(size, bytesMax));
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await handle.close();
    }
  }

  readNow(id: string, bytesMax: number): Uint8Array {
    const file = openSync(this.#pathOf(id), 'r');
    try {
      const bytes = Buffer.allocUnsafe(Math.min(fstatSync(file).size, bytesMax));
      let length = 0;
      while (length < bytes.length) {
        const bytesRead = readSync(file, bytes, length, bytes.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id), { force: true });
  }

  /** For the start, before the first upload: a draft is one that a crash left behind. */
  async sweep(isWanted: (id: string) => boolean): Promise<number> {
    let removed = 0;
    for await (const { name } of await opendir(this.#directory)) {
      if (!name.endsWith(DRAFT_SUFFIX) && isWanted(name)) continue;
      await rm(join(this.#directory, name), { force: true });
      removed += 1;
    }
    return removed;
  }

  #pathOf(id: string): string {
    return join(this.#directory, id);
  }
}

interface DraftPlace {
  readonly handle: FileHandle;
  readonly draft: string;
  readonly final: string;
  readonly directory: string;
}

/** A content on its way to disk: written beside its place, moved there once it is durable. */
class DiskBodyDraft {
  readonly #place: DraftPlace;
  readonly #hash: Hash = createHash('sha256');
  #sizeBytes = 0;
  #isOpen = true;

  constructor(place: DraftPlace) {
    this.#place = place;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#sizeBytes += chunk.length;
    await this.#place.handle.writeFile(chunk);
  }

  /** Synced, renamed, and the directory synced: after that a power cut takes nothing away. */
  async keep(): Promise<{ readonly sizeBytes: number; readonly digest: string }> {
    const { handle, draft, final, directory } = this.#place;
    await handle.sync();
    await this.#close();
    await rename(draft, final);
    const parent = await open(directory, 'r');
    try {
      await parent.sync();
    } finally {
      await parent.close();
    }
    return { sizeBytes: this.#sizeBytes, digest: this.#hash.digest('hex') };
  }

  async discard(): Promise<void> {
    await this.#close();
    await rm(this.#place.draft, { force: true });
    await rm(this.#place.final, { force: true });
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#place.handle.close();
  }
}

/** A file may be deleted between the look at its row and the look at its content. */
async function presentOrUndefined<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
