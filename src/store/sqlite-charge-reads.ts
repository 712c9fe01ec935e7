import type { ChargePage, ChargeReads, SettledCharge } from '../ledger/charge-reads.ts';
import type { BackgroundReader } from './background-reader.ts';

/** Settled holds, read on the thread that reads: an account may have millions of them. */
export class SqliteChargeReads implements ChargeReads {
  readonly #background: Pick<BackgroundReader, 'query'>;

  constructor(background: Pick<BackgroundReader, 'query'>) {
    this.#background = background;
  }

  async settled(page: ChargePage): Promise<readonly SettledCharge[]> {
    const { settledAtMs = -1, place = -1 } = page.after ?? {};
    const rows = await this.#background.query(
      `SELECT place, hold_id, key_id, CAST(posted_nano + extra_nano AS TEXT) AS charged,
          resolved_at_ms, memo, charge
        FROM ledger_holds
        WHERE account = ? AND state = 'settled' AND resolved_at_ms >= ? AND resolved_at_ms < ?
          AND (resolved_at_ms, place) > (?, ?)
        ORDER BY resolved_at_ms, place LIMIT ?`,
      [page.account, page.fromMs, page.toMs, settledAtMs, place, page.limit],
      page.account,
    );
    return rows.map((row) => ({
      place: Number(row['place']),
      requestId: String(row['hold_id']),
      keyId: String(row['key_id']),
      chargedNanoUsd: BigInt(String(row['charged'])),
      settledAtMs: Number(row['resolved_at_ms']),
      memo: String(row['memo']),
      charge: String(row['charge'] ?? '{}'),
    }));
  }

  async chargedBefore(account: string, atMs: number): Promise<bigint> {
    const [row] = await this.#background.query(
      `SELECT CAST(COALESCE(SUM(posted_nano + extra_nano), 0) AS TEXT) AS charged
        FROM ledger_holds WHERE account = ? AND state = 'settled' AND resolved_at_ms < ?`,
      [account, atMs],
      account,
    );
    return BigInt(String(row?.['charged'] ?? '0'));
  }
}
