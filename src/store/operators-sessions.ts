import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SessionRecord, SessionStore, SessionsOver } from '../access/session-store.ts';
import { SESSIONS_OF_OPERATOR_MAX } from '../access/session-store.ts';
import type { Writer } from './writer.ts';

interface SessionRow {
  readonly digest: string;
  readonly operator: string;
  readonly created_at_ms: number;
  readonly seen_at_ms: number;
  readonly confirmed_at_ms: number;
  readonly ends_at_ms: number;
}

/** Sessions in SQLite: a restart of the gateway ends none of them. */
export class OperatorsSessions implements SessionStore {
  readonly #writer: Pick<Writer, 'write' | 'writeAll'>;
  readonly #one: StatementSync;
  readonly #ofOperator: StatementSync;

  constructor(reader: DatabaseSync, writer: Pick<Writer, 'write' | 'writeAll'>) {
    this.#writer = writer;
    this.#one = reader.prepare('SELECT * FROM operator_sessions WHERE digest = ?');
    this.#ofOperator = reader.prepare('SELECT * FROM operator_sessions WHERE operator = ?');
  }

  find(digest: string): SessionRecord | undefined {
    const row = this.#one.get(digest);
    return row === undefined ? undefined : toRecord(row as unknown as SessionRow);
  }

  ofOperator(operator: string): readonly SessionRecord[] {
    return this.#ofOperator.all(operator).map((row) => toRecord(row as unknown as SessionRow));
  }

  async insert(record: SessionRecord, { atMs, unseenSinceMs }: SessionsOver): Promise<void> {
    const { digest, operator, createdAtMs, seenAtMs, confirmedAtMs, endsAtMs } = record;
    const row = [digest, operator, createdAtMs, seenAtMs, confirmedAtMs, endsAtMs];
    await this.#writer.writeAll([
      { statement: 'deleteEndedSessions', rows: [[atMs, unseenSinceMs]] },
      { statement: 'insertSession', rows: [row] },
      { statement: 'trimSessions', rows: [[operator, SESSIONS_OF_OPERATOR_MAX]] },
    ]);
  }

  async touch(digest: string, atMs: number): Promise<void> {
    await this.#writer.write({ statement: 'touchSession', rows: [[digest, atMs]] });
  }

  async confirm(digest: string, atMs: number): Promise<boolean> {
    return (await this.#writer.write({ statement: 'confirmSession', rows: [[digest, atMs]] })) > 0;
  }

  async remove(digest: string): Promise<boolean> {
    return (await this.#writer.write({ statement: 'deleteSession', rows: [[digest]] })) > 0;
  }
}

function toRecord(row: SessionRow): SessionRecord {
  return {
    digest: row.digest,
    operator: row.operator,
    createdAtMs: row.created_at_ms,
    seenAtMs: row.seen_at_ms,
    confirmedAtMs: row.confirmed_at_ms,
    endsAtMs: row.ends_at_ms,
  };
}
