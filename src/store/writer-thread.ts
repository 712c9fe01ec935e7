import type { StatementSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert } from '../std/assert.ts';
import { openDatabase } from './open-database.ts';
import { LedgerBreach, LedgerOrderRunner } from './ledger-order-runner.ts';
import type {
  SentOrder,
  Write,
  WriteMessage,
  WriteResult,
  WriteStatement,
  WriterMessage,
  WriterReply,
} from './statements.ts';
import { RequestHours } from './request-hours.ts';
import type { Figures } from './request-rollups.ts';
import { rollUp } from './request-rollups.ts';
import { weeksReachedText } from './request-weeks.ts';
import { writeStatements } from './statements.ts';

/**
 * The one writer. It takes whatever waits (about a batch at most), runs it in one transaction and
 * answers after the commit: one sync to disk for many writes, and none on the request's thread.
 */
const BATCH_MAX = 256;

assert(parentPort !== null, 'the writer runs as a worker thread');
const port = parentPort;
const database = openDatabase((workerData as { readonly path: string }).path);
const prepared = new Map<WriteStatement, StatementSync>();
const orders = new LedgerOrderRunner(database);
const hours = new RequestHours();
let weeksReached: StatementSync | undefined;
/** Statements whose rows count in the figures of their hour. */
const counted: ReadonlySet<WriteStatement> = new Set(['insertRequest', 'insertBatchRequest']);

port.on('message', (first: readonly WriterMessage[]) => {
  const batch = [...first];
  while (batch.length < BATCH_MAX) {
    const next: { readonly message: readonly WriterMessage[] } | undefined =
      receiveMessageOnPort(port);
    if (next === undefined) break;
    batch.push(...next.message);
  }
  reply({ kind: 'results', results: commit(batch) });
});
reply({ kind: 'ready' });

function commit(batch: readonly WriterMessage[]): readonly WriteResult[] {
  try {
    database.exec('BEGIN IMMEDIATE');
    const results = batch.map((message) => run(message));
    database.exec('COMMIT');
    return results;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    const message = error instanceof Error ? error.message : String(error);
    return batch.map(({ id }) => ({ id, kind: 'failed', message }));
  }
}

function run(message: WriterMessage): WriteResult {
  return message.kind === 'order' ? carryOut(message.id, message.sent) : write(message);
}

/** A write that fails leaves the others of its batch alone: a savepoint takes back its rows. */
function write({ id, writes }: WriteMessage): WriteResult {
  database.exec('SAVEPOINT one_write');
  try {
    let changes = 0;
    for (const { statement: name, rows: sent } of writes) {
      const rows = typeof sent === 'string' ? (JSON.parse(sent) as Write['rows']) : sent;
      changes += runRows(name, rows);
    }
    database.exec('RELEASE one_write');
    return { id, kind: 'written', changes };
  } catch (error) {
    hours.take();
    database.exec('ROLLBACK TO one_write');
    database.exec('RELEASE one_write');
    return { id, kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

function runRows(name: WriteStatement, rows: Write['rows']): number {
  const prepared = statement(name);
  const isCounted = counted.has(name);
  let changes = 0;
  for (const row of rows) {
    const changed = Number(prepared.run(...row).changes);
    changes += changed;
    // Of a row that was there already nothing is counted again.
    if (isCounted && changed > 0) hours.add(row);
  }
  if (isCounted) addFigures(hours.take());
  return changes;
}

/** The figures of each hour, and what is kept of them with fewer names. */
function addFigures(figures: readonly Figures[]): void {
  if (figures.length === 0) return;
  for (const row of figures) statement('addToRequestHours').run(...row);
  const { addToHourModels, addToDayKeys } = rollUp(figures);
  for (const row of addToHourModels) statement('addToHourModels').run(...row);
  const reachedMs = Number((weeksReached ??= database.prepare(weeksReachedText)).get()?.['day_ms']);
  for (const row of addToDayKeys) {
    statement('addToDayKeys').run(...row);
    if (Number(row[0]) <= reachedMs) statement('addToWeekKeys').run(...row);
  }
}

/** The same for an order, which has its own savepoint. */
function carryOut(id: number, { name, order }: SentOrder): WriteResult {
  try {
    return { id, kind: 'answered', answer: orders.run(name, order) };
  } catch (error) {
    // Where not even the savepoint could be taken back, the batch has failed as a whole.
    if (!database.isTransaction) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return { id, kind: 'failed', message, isBreach: error instanceof LedgerBreach };
  }
}

function statement(name: WriteStatement): StatementSync {
  const known = prepared.get(name);
  if (known !== undefined) return known;
  const made = database.prepare(writeStatements[name]);
  prepared.set(name, made);
  return made;
}

function reply(message: WriterReply): void {
  port.postMessage(message);
}
