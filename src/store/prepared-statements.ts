import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredRow } from './background-reader.ts';
import type { SqlValue } from './statements.ts';

/**
 * Statements of one table of texts, each prepared when it is first used. Integers are read as `bigint`:
 * a balance may be more than a number holds.
 */
export class PreparedStatements<Name extends string> {
  readonly #database: DatabaseSync;
  readonly #texts: Readonly<Record<Name, string>>;
  readonly #prepared = new Map<Name, StatementSync>();

  constructor(database: DatabaseSync, texts: Readonly<Record<Name, string>>) {
    this.#database = database;
    this.#texts = texts;
  }

  /** How many rows it changed. */
  run(name: Name, ...values: readonly SqlValue[]): number {
    return Number(this.#statement(name).run(...values).changes);
  }

  get(name: Name, ...values: readonly SqlValue[]): StoredRow | undefined {
    return this.#statement(name).get(...values);
  }

  all(name: Name, ...values: readonly SqlValue[]): readonly StoredRow[] {
    return this.#statement(name).all(...values);
  }

  /** One row after the other, for tables that are larger than memory. */
  iterate(name: Name, ...values: readonly SqlValue[]): Iterable<StoredRow> {
    return this.#statement(name).iterate(...values);
  }

  #statement(name: Name): StatementSync {
    const known = this.#prepared.get(name);
    if (known !== undefined) return known;
    const made = this.#database.prepare(this.#texts[name]);
    made.setReadBigInts(true);
    this.#prepared.set(name, made);
    return made;
  }
}
