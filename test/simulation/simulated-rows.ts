import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Write, WriteStatement } from '../../src/store/statements.ts';
import { writeStatements } from '../../src/store/statements.ts';
import type { Writer } from '../../src/store/writer.ts';
import type { SimulatedWriter } from './simulated-writer.ts';

/** Carries out writes that are no orders, beside the orders of the same process and like them. */
export class SimulatedRows implements Pick<Writer, 'write' | 'writeAll'> {
  readonly #database: DatabaseSync;
  readonly #writer: SimulatedWriter;
  readonly #prepared = new Map<WriteStatement, StatementSync>();

  constructor(database: DatabaseSync, writer: SimulatedWriter) {
    this.#database = database;
    this.#writer = writer;
  }

  write(write: Write): Promise<number> {
    return this.writeAll([write]);
  }

  /** All of them or none. */
  writeAll(writes: readonly Write[]): Promise<number> {
    // An idempotency key is the third of what stands first in its rows.
    const about = writes[0]?.rows[0]?.[2];
    return this.#writer.carry(typeof about === 'string' ? about : undefined, () => {
      this.#database.exec('BEGIN');
      const changes = writes.reduce((total, write) => total + this.#changesOf(write), 0);
      this.#database.exec('COMMIT');
      return changes;
    });
  }

  #changesOf({ statement, rows }: Write): number {
    let changes = 0;
    for (const row of rows) {
      changes += Number(this.#statement(statement).run(...row).changes);
    }
    return changes;
  }

  #statement(name: WriteStatement): StatementSync {
    const known = this.#prepared.get(name) ?? this.#database.prepare(writeStatements[name]);
    this.#prepared.set(name, known);
    return known;
  }
}
