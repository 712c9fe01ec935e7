import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type {
  BatchItem,
  BatchStatus,
  ItemOutcome,
  MessageBatch,
  NewBatch,
  OutcomeCounts,
} from '../messages/message-batch.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import { requestRow } from './sqlite-request-log.ts';
import type { SqlValue, Write } from './statements.ts';
import type { Writer } from './writer.ts';

/** What became of an item, and what is settled with it. */
export interface RecordedItem {
  readonly position: number;
  readonly customId: string;
  readonly outcome: ItemOutcome;
  /** Where its line ends in the file of results. */
  readonly resultEnd: number;
  /** The settlement of the request that it was; absent where none was asked. */
  readonly settled: RequestRecord | undefined;
}

/** Where a page of a list begins. */
export interface BatchCursor {
  readonly direction: 'older' | 'newer';
  readonly sequence: number;
}

/** What an account may have waiting at once. */
export interface QueueBounds {
  readonly batchesMax: number;
  readonly requestsMax: number;
  readonly bytesMax: number;
}

type Row = Readonly<Record<string, SQLOutputValue>>;

/** Items that one transaction takes: the writer serves others between them. */
const ITEM_ROWS = 2000;
const VISIBLE = "status <> 'deleted'";
const UNFINISHED = "status IN ('in_progress', 'canceling')";

/** Batches and their items in SQLite: reads on the caller's connection, writes through the writer. */
export class SqliteBatchStore {
  readonly #writer: Writer;
  readonly #read: ReturnType<typeof prepareReads>;

  constructor(reader: DatabaseSync, writer: Writer) {
    this.#writer = writer;
    this.#read = prepareReads(reader);
  }

  /** One of the account's batches that is not deleted. */
  find(account: string, id: string): MessageBatch | undefined {
    const row = this.#read.find.get(account, id);
    return row === undefined ? undefined : toBatch(row);
  }

  /** Also of a deleted batch, so that a page can begin at it. */
  sequenceOf(account: string, id: string): number | undefined {
    const row = this.#read.sequenceOf.get(account, id);
    return row === undefined ? undefined : Number(row['sequence']);
  }

  /** Newest first. One row more than was asked for tells whether there are more. */
  list(
    account: string,
    cursor: BatchCursor | undefined,
    limit: number,
  ): { readonly batches: readonly MessageBatch[]; readonly hasMore: boolean } {
    const isNewer = cursor?.direction === 'newer';
    const sequence = cursor?.sequence ?? Number.MAX_SAFE_INTEGER;
    const statement = isNewer ? this.#read.newer : this.#read.older;
    const rows = statement.all(account, sequence, limit + 1);
    const batches = rows.slice(0, limit).map((row) => toBatch(row));
    return { batches: isNewer ? batches.toReversed() : batches, hasMore: rows.length > limit };
  }

  /** Every batch that has not ended, oldest first. */
  unfinished(): readonly MessageBatch[] {
    return this.#read.unfinished.all().map((row) => toBatch(row));
  }

  /** The next items without an outcome, in the order of the batch. */
  pendingItems(id: string, afterPosition: number, limit: number): readonly BatchItem[] {
    return this.#read.pending.all(id, afterPosition, limit).map((row) => ({
      position: Number(row['position']),
      customId: String(row['custom_id']),
      paramsStart: Number(row['params_start']),
      paramsBytes: Number(row['params_bytes']),
    }));
  }

  /** What the rows know of a batch's results: the tally, and how much of the file counts. */
  recorded(id: string): { readonly counts: OutcomeCounts; readonly resultsEnd: number } {
    const counts = { succeeded: 0, errored: 0, canceled: 0, expired: 0 };
    let resultsEnd = 0;
    for (const row of this.#read.recorded.all(id)) {
      counts[String(row['outcome']) as ItemOutcome] = Number(row['items']);
      resultsEnd = Math.max(resultsEnd, Number(row['results_end']));
    }
    return { counts, resultsEnd };
  }

  /** Batches whose results have had their time. */
  toArchive(createdBeforeMs: number, limit: number): readonly string[] {
    return this.#read.toArchive.all(createdBeforeMs, limit).map((row) => String(row['id']));
  }

  /** Batches that have items, be they known or left behind by a crash. */
  idsWithItems(): readonly string[] {
    return this.#read.idsWithItems.all().map((row) => String(row['batch_id']));
  }

  /** How far the batch with this id is, whoever's it is; absent where its files are nobody's. */
  statusOf(id: string): { readonly status: BatchStatus; readonly isArchived: boolean } | undefined {
    const row = this.#read.statusOf.get(id);
    if (row === undefined) return undefined;
    return { status: row['status'] as BatchStatus, isArchived: row['archived_at_ms'] !== null };
  }

  /** Items come before their batch: what a crash leaves without one was never acknowledged. */
  async addItems(id: string, items: readonly BatchItem[]): Promise<void> {
    for (let from = 0; from < items.length; from += ITEM_ROWS) {
      const rows = items
        .slice(from, from + ITEM_ROWS)
        .map(({ position, customId, paramsStart, paramsBytes }) => [
          id,
          position,
          customId,
          paramsStart,
          paramsBytes,
        ]);
      await this.#writer.write({ statement: 'insertBatchItem', rows });
    }
  }

  /** Whether the batch is in: no where it would take the account over its bounds. */
  async add(batch: NewBatch, bounds: QueueBounds): Promise<boolean> {
    const row = [
      batch.id,
      batch.account,
      batch.keyId,
      JSON.stringify(batch.headers),
      batch.requests,
      batch.requestBytes,
      batch.createdAtMs,
      batch.expiresAtMs,
      bounds.batchesMax,
      bounds.requestsMax,
      bounds.bytesMax,
    ];
    return (await this.#writer.write({ statement: 'insertBatch', rows: [row] })) > 0;
  }

  /**
   * Outcomes and settlements in one transaction: after a crash an item has both or neither, so
   * running it again cannot charge it twice.
   */
  async recordItems(id: string, items: readonly RecordedItem[]): Promise<void> {
    const writes: Write[] = [
      {
        statement: 'recordBatchResult',
        rows: items.map(({ outcome, resultEnd, position }) => [outcome, resultEnd, id, position]),
      },
    ];
    const settled: SqlValue[][] = [];
    for (const { settled: record, customId } of items) {
      if (record !== undefined) settled.push([...requestRow(record), id, customId]);
    }
    if (settled.length > 0) writes.push({ statement: 'insertBatchRequest', rows: settled });
    await this.#writer.writeAll(writes);
  }

  /** Whether the batch was in progress and is now being canceled. */
  async cancel(id: string, atMs: number): Promise<boolean> {
    return (await this.#writer.write({ statement: 'cancelBatch', rows: [[atMs, id]] })) > 0;
  }

  async end(
    id: string,
    ended: {
      readonly atMs: number;
      readonly counts: OutcomeCounts;
      readonly resultsBytes: number;
    },
  ): Promise<void> {
    const { succeeded, errored, canceled, expired } = ended.counts;
    const row = [ended.atMs, ended.resultsBytes, succeeded, errored, canceled, expired, id];
    await this.#writer.write({ statement: 'endBatch', rows: [row] });
  }

  async archive(id: string, atMs: number): Promise<void> {
    await this.#writer.write({ statement: 'archiveBatch', rows: [[atMs, id]] });
  }

  /** Whether the batch had ended and is now deleted. */
  async remove(id: string): Promise<boolean> {
    return (await this.#writer.write({ statement: 'deleteBatch', rows: [[id]] })) > 0;
  }

  /** In small steps, so that no delete holds the writer up. */
  async removeItems(id: string): Promise<void> {
    const write: Write = { statement: 'deleteBatchItems', rows: [[id, ITEM_ROWS]] };
    while ((await this.#writer.write(write)) >= ITEM_ROWS);
  }

  /** Forgets batches that are over and made before a time. */
  async removeOld(createdBeforeMs: number, limit: number): Promise<void> {
    await this.#writer.write({ statement: 'deleteOldBatches', rows: [[createdBeforeMs, limit]] });
  }
}

function prepareReads(reader: DatabaseSync): Readonly<Record<ReadName, StatementSync>> {
  const of = (rest: string): StatementSync => reader.prepare(`SELECT * FROM batches ${rest}`);
  return {
    find: of(`WHERE account = ? AND id = ? AND ${VISIBLE}`),
    older: of(`WHERE account = ? AND sequence < ? AND ${VISIBLE} ORDER BY sequence DESC LIMIT ?`),
    newer: of(`WHERE account = ? AND sequence > ? AND ${VISIBLE} ORDER BY sequence LIMIT ?`),
    unfinished: of(`WHERE ${UNFINISHED} ORDER BY sequence`),
    sequenceOf: reader.prepare('SELECT sequence FROM batches WHERE account = ? AND id = ?'),
    statusOf: reader.prepare(
      `SELECT status, archived_at_ms FROM batches WHERE id = ? AND ${VISIBLE}`,
    ),
    toArchive: reader.prepare(
      `SELECT id FROM batches
       WHERE status = 'ended' AND archived_at_ms IS NULL AND created_at_ms < ? LIMIT ?`,
    ),
    pending: reader.prepare(
      `SELECT position, custom_id, params_start, params_bytes FROM batch_items
       WHERE batch_id = ? AND position > ? AND outcome IS NULL ORDER BY position LIMIT ?`,
    ),
    recorded: reader.prepare(
      `SELECT outcome, COUNT(*) AS items, MAX(result_end) AS results_end FROM batch_items
       WHERE batch_id = ? AND outcome IS NOT NULL GROUP BY outcome`,
    ),
    idsWithItems: reader.prepare('SELECT DISTINCT batch_id FROM batch_items'),
  };
}

type ReadName =
  | 'find'
  | 'older'
  | 'newer'
  | 'unfinished'
  | 'sequenceOf'
  | 'statusOf'
  | 'toArchive'
  | 'pending'
  | 'recorded'
  | 'idsWithItems';

function toBatch(row: Row): MessageBatch {
  return {
    sequence: Number(row['sequence']),
    id: String(row['id']),
    account: String(row['account']),
    keyId: String(row['key_id']),
    headers: JSON.parse(String(row['headers'])) as HeaderList,
    status: row['status'] as BatchStatus,
    requests: Number(row['requests']),
    requestBytes: Number(row['request_bytes']),
    createdAtMs: Number(row['created_at_ms']),
    expiresAtMs: Number(row['expires_at_ms']),
    cancelInitiatedAtMs: numberOrAbsent(row['cancel_initiated_at_ms']),
    endedAtMs: numberOrAbsent(row['ended_at_ms']),
    archivedAtMs: numberOrAbsent(row['archived_at_ms']),
    counts: {
      succeeded: Number(row['succeeded']),
      errored: Number(row['errored']),
      canceled: Number(row['canceled']),
      expired: Number(row['expired']),
    },
    resultsBytes: Number(row['results_bytes']),
  };
}

function numberOrAbsent(value: SQLOutputValue | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
