import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CountedWindow, SpendName, SpendStore } from '../limits/spend-counters.ts';
import type { Writer } from './writer.ts';

/** Most windows that have passed, of which each write clears away so many. */
const CLEARED_MAX = 100;

/** What was spent, in SQLite. Windows that have passed are cleared away as others are written. */
export class SqliteSpendStore implements SpendStore {
  readonly #writer: Writer;
  readonly #one: StatementSync;

  constructor(reader: DatabaseSync, writer: Writer) {
    this.#writer = writer;
    this.#one = reader.prepare(
      `SELECT spent_nanousd FROM gateway_spending
         WHERE account = ? AND gateway_id = ? AND name = ? AND start_ms = ?`,
    );
    this.#one.setReadBigInts(true);
  }

  spentNanoUsd({ account, gatewayId, name }: SpendName, { startMs }: CountedWindow): bigint {
    const row = this.#one.get(account, gatewayId, name, startMs);
    const spent = row?.['spent_nanousd'];
    return typeof spent === 'bigint' ? spent : 0n;
  }

  async add(
    { account, gatewayId, name }: SpendName,
    { startMs, endMs }: CountedWindow,
    nanoUsd: bigint,
  ): Promise<void> {
    const row = [account, gatewayId, name, startMs, endMs, nanoUsd];
    await this.#writer.writeAll([
      { statement: 'addGatewaySpending', rows: [row] },
      { statement: 'deleteOldGatewaySpending', rows: [[startMs, CLEARED_MAX]] },
    ]);
  }
}
