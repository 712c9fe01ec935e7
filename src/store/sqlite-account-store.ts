import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  AccountChange,
  AccountRecord,
  AccountStatus,
  AccountStore,
} from '../access/account-store.ts';
import type { Writer } from './writer.ts';

interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly plan_name: string | null;
  readonly status: AccountStatus;
  readonly created_at_ms: number;
}

/** Accounts in SQLite: reads on the caller's connection, writes through the writer thread. */
export class SqliteAccountStore implements AccountStore {
  readonly #writer: Pick<Writer, 'write'>;
  readonly #one: StatementSync;
  readonly #all: StatementSync;

  constructor(reader: DatabaseSync, writer: Pick<Writer, 'write'>) {
    this.#writer = writer;
    this.#one = reader.prepare('SELECT * FROM accounts WHERE id = ?');
    this.#all = reader.prepare('SELECT * FROM accounts ORDER BY created_at_ms DESC, id');
  }

  find(id: string): AccountRecord | undefined {
    const row = this.#one.get(id);
    return row === undefined ? undefined : toAccount(row as unknown as AccountRow);
  }

  list(): readonly AccountRecord[] {
    return this.#all.all().map((row) => toAccount(row as unknown as AccountRow));
  }

  async insert(record: AccountRecord): Promise<boolean> {
    const { id, name, planName, status, createdAtMs } = record;
    const rows = [[id, name, planName ?? null, status, createdAtMs]];
    return (await this.#writer.write({ statement: 'insertAccount', rows })) > 0;
  }

  async update(id: string, { name, planName, status }: AccountChange): Promise<boolean> {
    const rows = [[id, name, planName ?? null, status]];
    return (await this.#writer.write({ statement: 'updateAccount', rows })) > 0;
  }
}

function toAccount(row: AccountRow): AccountRecord {
  return {
    id: row.id,
    name: row.name,
    ...(row.plan_name === null ? {} : { planName: row.plan_name }),
    status: row.status,
    createdAtMs: row.created_at_ms,
  };
}
