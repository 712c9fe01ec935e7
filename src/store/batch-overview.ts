import type { SQLOutputValue } from 'node:sqlite';
import type { BatchStatus, ItemOutcome, OutcomeCounts } from '../messages/message-batch.ts';
import { itemOutcomes } from '../messages/message-batch.ts';
import type { BackgroundReader, StoredRow } from './background-reader.ts';
import type { SqlValue } from './statements.ts';

/** A batch with how far it is, for an operator. */
export interface BatchView {
  readonly sequence: number;
  readonly id: string;
  readonly account: string;
  readonly keyId: string;
  readonly status: BatchStatus;
  readonly requests: number;
  readonly requestBytes: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly cancelInitiatedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly archivedAtMs: number | undefined;
  readonly resultsBytes: number | undefined;
  /** So far, where it runs. */
  readonly counts: OutcomeCounts;
}

/** Each member that is there narrows it further. */
export interface BatchViewListing {
  readonly id?: string | undefined;
  readonly account?: string | undefined;
  readonly status?: BatchStatus | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The tally of a batch that runs is in its items; they are found by their key. */
const runningCounts = itemOutcomes.map(
  (outcome) => `IIF(batches.status = 'ended', batches.${outcome},
    (SELECT COUNT(*) FROM batch_items
      WHERE batch_id = batches.id AND outcome = '${outcome}')) AS count_${outcome}`,
);

/** Batches of all accounts, on the thread that reads: the items of those that run are counted. */
export class SqliteBatchOverview {
  readonly #background: Pick<BackgroundReader, 'query'>;

  constructor(background: Pick<BackgroundReader, 'query'>) {
    this.#background = background;
  }

  /** Newest first. */
  async list(listing: BatchViewListing): Promise<readonly BatchView[]> {
    const { id, account, status, before, limit } = listing;
    const wanted: readonly (readonly [string, SqlValue | undefined])[] = [
      ['id = ?', id],
      ['account = ?', account],
      ['status = ?', status],
      ['sequence < ?', before],
    ];
    const conditions = wanted.flatMap(([text, value]) =>
      value === undefined ? [] : [[text, value] as const],
    );
    const where = ["status <> 'deleted'", ...conditions.map(([text]) => text)].join(' AND ');
    const rows = await this.#background.query(
      `SELECT batches.*, ${runningCounts.join(', ')} FROM batches WHERE ${where}
        ORDER BY sequence DESC LIMIT ?`,
      [...conditions.map(([, value]) => value), limit],
      '',
    );
    return rows.map((row) => readView(row));
  }
}

function readView(row: StoredRow): BatchView {
  const count = (outcome: ItemOutcome): number => Number(row[`count_${outcome}`] ?? 0);
  return {
    sequence: Number(row['sequence']),
    id: String(row['id']),
    account: String(row['account']),
    keyId: String(row['key_id']),
    status: String(row['status']) as BatchStatus,
    requests: Number(row['requests']),
    requestBytes: Number(row['request_bytes']),
    createdAtMs: Number(row['created_at_ms']),
    expiresAtMs: Number(row['expires_at_ms']),
    cancelInitiatedAtMs: numberIn(row['cancel_initiated_at_ms']),
    endedAtMs: numberIn(row['ended_at_ms']),
    archivedAtMs: numberIn(row['archived_at_ms']),
    resultsBytes: row['status'] === 'ended' ? numberIn(row['results_bytes']) : undefined,
    counts: {
      succeeded: count('succeeded'),
      errored: count('errored'),
      canceled: count('canceled'),
      expired: count('expired'),
    },
  };
}

function numberIn(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
