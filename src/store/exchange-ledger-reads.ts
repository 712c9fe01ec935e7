import type { ExchangeTransfer, ExchangeTransfers } from '../ledger/exchange-transfers.ts';
import type { BackgroundReader } from './background-reader.ts';

/** Most transfers of one request: what it used, part by part, and what its attempts cost. */
const TRANSFERS_MAX = 200;

/** What a request moved in the books, found by the names that its transfers have. */
export class SqliteExchangeTransfers implements ExchangeTransfers {
  readonly #background: Pick<BackgroundReader, 'query'>;

  constructor(background: Pick<BackgroundReader, 'query'>) {
    this.#background = background;
  }

  async ofRequest(requestId: string): Promise<readonly ExchangeTransfer[]> {
    const ranges = ['usage', 'cost'].flatMap((kind) => {
      const start = `${kind}:${requestId}:`;
      // `;` is the letter behind `:`: all names that begin so lie between the two.
      return [start, `${start.slice(0, -1)};`];
    });
    const rows = await this.#background.query(
      `SELECT sequence, id, reason, debit_account, credit_account,
          CAST(amount_nano AS TEXT) AS amount, wallet, at_ms
        FROM ledger_transfers
        WHERE (id >= ? AND id < ?) OR (id >= ? AND id < ?) ORDER BY sequence LIMIT ?`,
      [...ranges, TRANSFERS_MAX],
      '',
    );
    return rows.map((row) => ({
      transferId: String(row['id']),
      sequence: BigInt(String(row['sequence'])),
      reason: String(row['reason']),
      debitAccount: String(row['debit_account']),
      creditAccount: String(row['credit_account']),
      amountNanoUsd: BigInt(String(row['amount'])),
      wallet: typeof row['wallet'] === 'string' ? row['wallet'] : undefined,
      atMs: Number(row['at_ms']),
    }));
  }
}
