/** A file that an account put in the gateway's keeping. API reference §1.5. */
export interface AccountFile {
  readonly id: string;
  readonly account: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** SHA-256 of the content, in hexadecimal. */
  readonly digest: string;
  readonly createdAtMs: number;
  /** From then on the content is gone. */
  readonly expiresAtMs?: number;
  /** Whether the account may have the content back: not what it uploaded itself. */
  readonly downloadable: boolean;
}

/** A part of an account's files, newest first. */
export interface FilePage {
  readonly files: readonly AccountFile[];
  /** Whether there are more on the far side of the page, in the direction that was asked for. */
  readonly hasMore: boolean;
}

/** Where a page begins: beside a file, which itself is not on it. Absent: at the newest. */
export interface FileCursor {
  readonly direction: 'older' | 'newer';
  /** Place of the file in the order of creation; stays the same when the file is deleted. */
  readonly place: number;
}

/** Whether the content of a file is gone. */
export function isExpired({ expiresAtMs }: AccountFile, nowMs: number): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= nowMs;
}
