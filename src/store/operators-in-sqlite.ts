import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { OperatorRecord, OperatorStore, PasswordChange } from '../access/operator-store.ts';
import { OPERATORS_MAX } from '../access/operator-store.ts';
import type { SqlValue } from './statements.ts';
import type { Writer } from './writer.ts';

interface OperatorRow {
  readonly name: string;
  readonly password_digest: string;
  readonly created_at_ms: number;
  readonly created_by: string;
  readonly password_changed_at_ms: number;
  readonly last_sign_in_at_ms: number | null;
}

/** Operators in SQLite: reads on the caller's connection, writes through the writer thread. */
export class OperatorsInSqlite implements OperatorStore {
  readonly #writer: Pick<Writer, 'write' | 'writeAll'>;
  readonly #any: StatementSync;
  readonly #one: StatementSync;
  readonly #all: StatementSync;

  constructor(reader: DatabaseSync, writer: Pick<Writer, 'write' | 'writeAll'>) {
    this.#writer = writer;
    this.#any = reader.prepare('SELECT 1 FROM operators LIMIT 1');
    this.#one = reader.prepare('SELECT * FROM operators WHERE name = ?');
    this.#all = reader.prepare('SELECT * FROM operators ORDER BY name');
  }

  hasAny(): boolean {
    return this.#any.get() !== undefined;
  }

  find(name: string): OperatorRecord | undefined {
    const row = this.#one.get(name);
    return row === undefined ? undefined : toRecord(row as unknown as OperatorRow);
  }

  list(): readonly OperatorRecord[] {
    return this.#all.all().map((row) => toRecord(row as unknown as OperatorRow));
  }

  async insertFirst(record: OperatorRecord): Promise<boolean> {
    const rows = [columnsOf(record)];
    return (await this.#writer.write({ statement: 'insertFirstOperator', rows })) > 0;
  }

  async insert(record: OperatorRecord): Promise<boolean> {
    const rows = [[...columnsOf(record), OPERATORS_MAX]];
    return (await this.#writer.write({ statement: 'insertOperator', rows })) > 0;
  }

  async setPassword(name: string, change: PasswordChange): Promise<boolean> {
    const { passwordDigest, atMs, keptSession = '' } = change;
    const changes = await this.#writer.writeAll([
      { statement: 'setOperatorPassword', rows: [[name, passwordDigest, atMs]] },
      { statement: 'deleteOtherSessions', rows: [[name, keptSession]] },
    ]);
    return changes > 0;
  }

  async remove(name: string): Promise<boolean> {
    return (await this.#writer.write({ statement: 'deleteOperator', rows: [[name]] })) > 0;
  }

  async noteSignIn(name: string, atMs: number): Promise<void> {
    await this.#writer.write({ statement: 'noteOperatorSignIn', rows: [[name, atMs]] });
  }
}

function columnsOf(record: OperatorRecord): readonly SqlValue[] {
  return [
    record.name,
    record.passwordDigest,
    record.createdAtMs,
    record.createdBy,
    record.passwordChangedAtMs,
    record.lastSignInAtMs ?? null,
  ];
}

function toRecord(row: OperatorRow): OperatorRecord {
  return {
    name: row.name,
    passwordDigest: row.password_digest,
    createdAtMs: row.created_at_ms,
    createdBy: row.created_by,
    passwordChangedAtMs: row.password_changed_at_ms,
    ...(row.last_sign_in_at_ms === null ? {} : { lastSignInAtMs: row.last_sign_in_at_ms }),
  };
}
