import type { KeptFiles } from '../gateway/inline-files.ts';
import type { AccountFile } from '../messages/account-file.ts';
import { isExpired } from '../messages/account-file.ts';
import type { Clock } from '../std/clock.ts';
import type { FileBodies, FileRows } from './file-store.ts';

/** No message takes a larger file: of one that is, no more is read for it. API reference §1.4. */
const READ_BYTES_MAX = 32 * 1024 * 1024;
const LOOK_AGAIN_MS = 1000;

/** The files of accounts, for messages that refer to them. An expired file is none. */
export class KeptFileReader implements KeptFiles {
  readonly #rows: FileRows;
  readonly #bodies: FileBodies;
  readonly #clock: Clock;
  #isEmpty = false;
  #emptyUntilMs = 0;

  constructor(rows: FileRows, bodies: FileBodies, clock: Clock) {
    this.#rows = rows;
    this.#bodies = bodies;
    this.#clock = clock;
  }

  /** True while there are none; a file that another process on the same directory keeps is seen within a second. */
  get isEmpty(): boolean {
    if (this.#rows.hasInserted) return false;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#emptyUntilMs) {
      this.#isEmpty = this.#rows.isEmpty();
      this.#emptyUntilMs = nowMs + LOOK_AGAIN_MS;
    }
    return this.#isEmpty;
  }

  find(account: string, id: string): AccountFile | undefined {
    const file = this.#rows.find(account, id);
    return file === undefined || isExpired(file, this.#clock.wallMs()) ? undefined : file;
  }

  read(file: AccountFile): Promise<Uint8Array | undefined> {
    return this.#bodies.readWhole(file.id, file.sizeBytes);
  }

  /** A file with its content at hand, at most the first 32 MiB of it, for who cannot wait. */
  lookUp(account: string, id: string): (AccountFile & { readBase64(): string }) | undefined {
    const file = this.find(account, id);
    if (file === undefined) return undefined;
    const readBase64 = (): string =>
      Buffer.from(this.#bodies.readNow(file.id, READ_BYTES_MAX)).toString('base64');
    return { ...file, readBase64 };
  }
}
