import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { BatchObject } from '../batches/batch-object.ts';
import { BATCH_DONE_HEADER } from '../batches/batch-object.ts';
import type { BatchPage } from '../batches/list-batches.ts';
import type { BatchAnswer } from '../admin/contract-exchanges.ts';
import { systemClock } from '../std/clock.ts';
import type { AdminFlags } from './admin-access.ts';
import { adminAccess, adminKeyOf } from './admin-access.ts';
import type { GatewayAccess, GatewayCall } from './ask-gateway.ts';
import { askGateway, jsonOf, messagesHeaders } from './ask-gateway.ts';
import { readBatchFile } from './batch-file.ts';
import { inferenceAccess } from './chat.ts';
import { CommandProblem } from './command-problem.ts';
import { fileReason } from './file-reason.ts';
import { tell, tellRows } from './open-orders.ts';
import { Progress } from './progress.ts';
import { readLines } from './read-server-events.ts';
import { waitUnlessAborted } from './wait-unless-aborted.ts';

export interface BatchFlags extends AdminFlags {
  readonly url: string;
  readonly key?: string;
  readonly json?: boolean;
}

export interface CreateBatchFlags extends WaitFlags {
  readonly wait?: boolean;
}

export interface WaitFlags extends BatchFlags {
  readonly interval: number;
}

export interface ListBatchesFlags extends BatchFlags {
  readonly limit: number;
}

export interface ResultsFlags extends BatchFlags {
  readonly output?: string;
}

const BATCHES = '/v1/messages/batches';
const MS_PER_SECOND = 1000;
const UPLOAD_PIECE_BYTES = 256 * 1024;
const EXIT_INTERRUPTED = 130;

/** Makes a batch of a file of JSON Lines. */
export async function createBatchCommand(path: string, flags: CreateBatchFlags): Promise<void> {
  const { requests, body } = readBatchFile(path);
  const sending = progressOf(flags, `sending ${String(requests)} requests`, body.length);
  let made: BatchObject;
  try {
    made = await ask<BatchObject>(flags, {
      method: 'POST',
      path: BATCHES,
      // A small body is sent in one piece: there is nothing to show of it.
      body: body.length <= UPLOAD_PIECE_BYTES ? body : inPieces(body, sending),
    });
  } finally {
    sending.end();
  }
  if (flags.wait === true) await waitForBatch(made.id, flags);
  else tell(flags, made);
}

/** Shows the batches of the key's account, newest first. */
export async function listBatchesCommand(flags: ListBatchesFlags): Promise<void> {
  const path = `${BATCHES}?limit=${String(flags.limit)}`;
  const { data } = await ask<BatchPage>(flags, { path });
  const rows = data.map((batch) => ({ ...batch, requests: requestsOf(batch) }));
  if (flags.json === true) tell(flags, data);
  else tellRows(flags, rows, ['id', 'processing_status', 'requests', 'created_at', 'ended_at']);
}

/** Shows how far a batch is. */
export async function showBatchCommand(id: string, flags: BatchFlags): Promise<void> {
  tell(flags, await ask<BatchObject>(flags, { path: pathOf(id) }));
}

/** Begins no more requests of a batch. */
export async function cancelBatchCommand(id: string, flags: BatchFlags): Promise<void> {
  tell(flags, await ask<BatchObject>(flags, { method: 'POST', path: `${pathOf(id)}/cancel` }));
}

/** Waits until a batch has ended, and shows how it did. */
export async function waitForBatch(id: string, flags: WaitFlags): Promise<void> {
  const leaving = new AbortController();
  const leave = (): void => {
    leaving.abort();
  };
  process.once('SIGINT', leave);
  const waiting = progressOf(flags, id);
  try {
    const ended = await batchAtEnd(id, { flags, waiting, signal: leaving.signal });
    waiting.end();
    if (ended === undefined) leaveBatch(id, flags);
    else tell(flags, ended);
  } finally {
    waiting.end();
    process.off('SIGINT', leave);
  }
}

/** Nobody waits any more, and the batch goes on. */
function leaveBatch(id: string, flags: WaitFlags): void {
  process.exitCode = EXIT_INTERRUPTED;
  if (flags.json === true) return;
  process.stderr.write(`The batch goes on. To wait again: quatrain batches wait ${id}\n`);
}

interface Waiting {
  readonly flags: WaitFlags;
  readonly waiting: Progress;
  readonly signal: AbortSignal;
}

/** Undefined where nobody waits any more. */
async function batchAtEnd(
  id: string,
  { flags, waiting, signal }: Waiting,
): Promise<BatchObject | undefined> {
  while (!signal.aborted) {
    const response = await call(inferenceAccess(flags), { path: pathOf(id) });
    const batch = await jsonOf<BatchObject>(response);
    const total = requestsOf(batch);
    if (batch.processing_status === 'ended') {
      waiting.at(total, { total });
      return batch;
    }
    const done = toldDone(batch, response) ?? (await seenByAdmin(id, flags));
    if (done === undefined) waiting.at(0, { label: `${id}, ${String(total)} requests` });
    else waiting.at(done, { total, label: id });
    await waitUnlessAborted(systemClock, flags.interval * MS_PER_SECOND, signal);
  }
  return undefined;
}

/**
 * How many requests have an outcome, by the answer itself: by its counts where whoever keeps the batch
 * counts while it runs, which the API does not; else by what a gateway says beside them.
 */
function toldDone(batch: BatchObject, { headers }: Response): number | undefined {
  const counted = requestsOf(batch) - batch.request_counts.processing;
  const told = headers.get(BATCH_DONE_HEADER);
  if (counted > 0) return counted;
  return told !== null && /^\d{1,9}$/.test(told) ? Number(told) : undefined;
}

/**
 * The same by the admin API, which counts what another process runs too. Undefined without an admin key,
 * and where the upstream keeps the batch.
 */
async function seenByAdmin(id: string, flags: WaitFlags): Promise<number | undefined> {
  if (adminKeyOf(flags) === undefined) return undefined;
  const path = `/admin/v1/batches/${encodeURIComponent(id)}`;
  try {
    const { done } = await jsonOf<BatchAnswer>(await askGateway(adminAccess(flags), { path }));
    return done;
  } catch (error) {
    if (error instanceof CommandProblem && error.complaint['status'] === 404) return undefined;
    throw error;
  }
}

/** Writes the results of a batch, a JSON object on each line: to a new file, or as the answer. */
export async function batchResultsCommand(id: string, flags: ResultsFlags): Promise<void> {
  const access = inferenceAccess(flags);
  const batch = await ask<BatchObject>(flags, { path: pathOf(id) });
  const response = await call(access, { path: `${pathOf(id)}/results` });
  const { body } = response;
  if (body === null) throw new CommandProblem('the answer is empty; is this a gateway?');
  const { output } = flags;
  const out = output === undefined ? process.stdout : await openNew(output);
  const isSilent = flags.json === true || output === undefined;
  const reading = progressOf({ ...flags, json: isSilent }, 'results', requestsOf(batch));
  let results = 0;
  for await (const line of readLines(body)) {
    if (!out.write(`${line}\n`)) await once(out, 'drain');
    results += 1;
    reading.at(results);
  }
  reading.end();
  if (output === undefined) return;
  out.end();
  await once(out, 'close');
  tell(flags, { id, results, file: output });
}

async function openNew(path: string): Promise<NodeJS.WritableStream> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  try {
    await once(file, 'open');
    return file;
  } catch (error) {
    throw new CommandProblem(`${path} cannot be written: ${fileReason(error)}`);
  }
}

function progressOf(flags: BatchFlags, label: string, total?: number): Progress {
  const isSilent = flags.json === true;
  return new Progress({ label, total, out: process.stderr, clock: systemClock, isSilent });
}

function inPieces(body: Uint8Array, sending: Progress): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= body.length) {
        controller.close();
        return;
      }
      const piece = body.subarray(at, at + UPLOAD_PIECE_BYTES);
      at += piece.length;
      sending.at(at);
      controller.enqueue(piece);
    },
  });
}

async function ask<Answer>(flags: BatchFlags, asked: GatewayCall): Promise<Answer> {
  return jsonOf<Answer>(await call(inferenceAccess(flags), asked));
}

function call(access: GatewayAccess, asked: GatewayCall): Promise<Response> {
  return askGateway(access, { ...asked, headers: messagesHeaders });
}

function pathOf(id: string): string {
  return `${BATCHES}/${encodeURIComponent(id)}`;
}

function requestsOf({ request_counts: counts }: BatchObject): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
