import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { AccountFile, FileCursor, FilePage } from '../messages/account-file.ts';
import type { Writer } from './writer.ts';

interface FileRow {
  readonly file_id: string;
  readonly account: string;
  readonly filename: string;
  readonly mime_type: string;
  readonly size_bytes: number;
  readonly digest: string;
  readonly created_at_ms: number;
  readonly expires_at_ms: number | null;
  readonly downloadable: number;
}

/** Rows of expired files that one step of the clean-up takes. */
const EXPIRED_ROWS_MAX = 1000;

/** Files as rows in SQLite: reads on the caller's connection, writes through the writer thread. */
export class SqliteFileRows {
  readonly #writer: Writer;
  readonly #read: ReturnType<typeof prepareReads>;
  #hasInserted = false;

  constructor(reader: DatabaseSync, writer: Writer) {
    this.#writer = writer;
    this.#read = prepareReads(reader);
  }

  get hasInserted(): boolean {
    return this.#hasInserted;
  }

  isEmpty(): boolean {
    return this.#read.any.get() === undefined;
  }

  find(account: string, id: string): AccountFile | undefined {
    const row = this.#read.find.get(account, id);
    return row === undefined ? undefined : toFile(row);
  }

  placeOf(account: string, id: string): number | undefined {
    const row = this.#read.find.get(account, id);
    return row === undefined ? undefined : Number(row['place']);
  }

  /** One row more than was asked for tells whether there are more. */
  list(account: string, cursor: FileCursor | undefined, limit: number): FilePage {
    const isNewer = cursor?.direction === 'newer';
    const place = cursor?.place ?? Number.MAX_SAFE_INTEGER;
    const statement = isNewer ? this.#read.newer : this.#read.older;
    const rows = statement.all(account, place, limit + 1);
    const files = rows.slice(0, limit).map((row) => toFile(row));
    return { files: isNewer ? files.toReversed() : files, hasMore: rows.length > limit };
  }

  held(account: string): { readonly bytes: number; readonly files: number } {
    const row = this.#read.held.get(account);
    return { bytes: Number(row?.['bytes']), files: Number(row?.['files']) };
  }

  /** Whether the file is in: no where it would take the account over its bounds. */
  async insert(
    file: AccountFile,
    bounds: { readonly bytesMax: number; readonly filesMax: number },
  ): Promise<boolean> {
    const row = [
      file.id,
      file.account,
      file.filename,
      file.mimeType,
      file.sizeBytes,
      file.digest,
      file.createdAtMs,
      file.expiresAtMs ?? null,
      file.downloadable ? 1 : 0,
      bounds.filesMax,
      bounds.bytesMax,
    ];
    this.#hasInserted = true;
    return (await this.#writer.write({ statement: 'insertFile', rows: [row] })) > 0;
  }

  async delete(account: string, id: string): Promise<boolean> {
    return (await this.#writer.write({ statement: 'deleteFile', rows: [[account, id]] })) > 0;
  }

  due(nowMs: number, limit: number): readonly string[] {
    return this.#read.due.all(nowMs, limit).map((row) => String(row['file_id']));
  }

  async forgetBodies(ids: readonly string[]): Promise<void> {
    await this.#writer.write({ statement: 'forgetFileBody', rows: ids.map((id) => [id]) });
  }

  async deleteExpiredBefore(beforeMs: number): Promise<void> {
    const rows = [[beforeMs, EXPIRED_ROWS_MAX]];
    await this.#writer.write({ statement: 'deleteExpiredFiles', rows });
  }

  hasBody(id: string): boolean {
    return this.#read.hasBody.get(id) !== undefined;
  }
}

function prepareReads(
  reader: DatabaseSync,
): Record<
  'any' | 'find' | 'older' | 'newer' | 'held' | 'due' | 'hasBody',
  ReturnType<DatabaseSync['prepare']>
> {
  return {
    any: reader.prepare('SELECT 1 FROM files LIMIT 1'),
    find: reader.prepare('SELECT * FROM files WHERE account = ? AND file_id = ?'),
    older: reader.prepare(
      'SELECT * FROM files WHERE account = ? AND place < ? ORDER BY place DESC LIMIT ?',
    ),
    newer: reader.prepare(
      'SELECT * FROM files WHERE account = ? AND place > ? ORDER BY place LIMIT ?',
    ),
    held: reader.prepare(
      'SELECT COALESCE(SUM(size_bytes * has_body), 0) AS bytes, COUNT(*) AS files FROM files WHERE account = ?',
    ),
    due: reader.prepare(
      'SELECT file_id FROM files WHERE expires_at_ms <= ? AND has_body = 1 ORDER BY expires_at_ms LIMIT ?',
    ),
    hasBody: reader.prepare('SELECT 1 FROM files WHERE file_id = ? AND has_body = 1'),
  };
}

function toFile(stored: Record<string, SQLOutputValue>): AccountFile {
  const row = stored as unknown as FileRow;
  return {
    id: row.file_id,
    account: row.account,
    filename: row.filename,
    mimeType: row.mime_type,
    sizeBytes: row.size_bytes,
    digest: row.digest,
    createdAtMs: row.created_at_ms,
    ...(row.expires_at_ms === null ? {} : { expiresAtMs: row.expires_at_ms }),
    downloadable: row.downloadable === 1,
  };
}
