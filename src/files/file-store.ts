import type { AccountFile, FileCursor, FilePage } from '../messages/account-file.ts';
import type { ByteSource } from '../std/byte-stream.ts';

/** What an account may keep at most. */
export interface AccountBounds {
  readonly bytesMax: number;
  readonly filesMax: number;
}

/** What the gateway knows of files. Writes resolve once they are durable. */
export interface FileRows {
  /** Whether this process has put a file in. */
  readonly hasInserted: boolean;
  /** Whether there is no file at all, of any account. */
  isEmpty(): boolean;
  find(account: string, id: string): AccountFile | undefined;
  /** Place of a file in the order of creation, for a cursor. */
  placeOf(account: string, id: string): number | undefined;
  list(account: string, cursor: FileCursor | undefined, limit: number): FilePage;
  /** Bytes and number of an account's files whose content is still there. */
  held(account: string): { readonly bytes: number; readonly files: number };
  /** Whether the file is in: no where it would take the account over its bounds. */
  insert(file: AccountFile, bounds: AccountBounds): Promise<boolean>;
  /** Whether there was such a file. */
  delete(account: string, id: string): Promise<boolean>;
  /** Files whose content has to go, oldest first, at most `limit`. */
  due(nowMs: number, limit: number): readonly string[];
  /** The contents of these files are no longer wanted. */
  forgetBodies(ids: readonly string[]): Promise<void>;
  /** Deletes what expired before then. */
  deleteExpiredBefore(beforeMs: number): Promise<void>;
  /** Whether a file's content is wanted. */
  hasBody(id: string): boolean;
}

/** The contents of files, on disk. */
export interface FileBodies {
  /** Begins a content that does not count until it is kept. */
  begin(id: string): Promise<BodyDraft>;
  /** The content as a stream. */
  read(id: string): ByteSource;
  /** The content whole, cut after `bytesMax`; undefined where it is gone. */
  readWhole(id: string, bytesMax: number): Promise<Uint8Array | undefined>;
  /** The same where the caller cannot wait. */
  readNow(id: string, bytesMax: number): Uint8Array;
  remove(id: string): Promise<void>;
  /** Removes drafts, and contents that nobody wants: what a crash leaves behind. */
  sweep(isWanted: (id: string) => boolean): Promise<number>;
}

/** A content that is being written. It ends by `keep` or `discard`. */
export interface BodyDraft {
  /** Resolves when the disk has taken the chunk. */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the content durable. */
  keep(): Promise<{ readonly sizeBytes: number; readonly digest: string }>;
  /** Leaves nothing behind. Idempotent, also after `keep`. */
  discard(): Promise<void>;
}
