import { ruleTexts } from '../emulator/rules/rule-texts.ts';
import type { DecodedExchange } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { BatchItem, MessageBatch, NewBatch } from '../messages/message-batch.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { Clock } from '../std/clock.ts';
import { newBatchId } from '../std/ids.ts';
import type { Random } from '../std/random.ts';
import type { QueueBounds } from '../store/sqlite-batch-store.ts';
import type { BatchFiles, BatchStore } from './batch-store.ts';
import type { BatchBody } from './read-batch-body.ts';
import { readBatchBody } from './read-batch-body.ts';

export interface BatchCreation {
  readonly store: BatchStore;
  readonly files: BatchFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly bounds: QueueBounds;
}

/** API reference §1.5. */
const EXPIRES_AFTER_MS = 24 * 3_600_000;
/** What the requests of a batch go out with, of the headers it was made with. */
const keptHeaders: ReadonlySet<string> = new Set([
  'anthropic-beta',
  'anthropic-user-profile-id',
  'anthropic-version',
]);
/** Small `params` are gathered to this size before they are written. */
const CHUNK_BYTES = 1024 * 1024;
const NEWLINE: Uint8Array = Buffer.from('\n');

/**
 * Makes a batch. The requests are on disk before their rows, and the batch's own row comes last:
 * whatever a crash cuts short was not acknowledged, and the next start clears it away.
 */
export async function createBatch(
  { call, principal, settings }: DecodedExchange,
  creation: BatchCreation,
): Promise<MessageBatch | Refusal> {
  const { store, files, clock, random } = creation;
  const bytes = call.request.body;
  const body = await readBatchBody(bytes, {
    clock,
    jsonBounds: settings.jsonBounds,
    itemBytesMax: settings.bodyBytesMax,
  });
  if (isRefusal(body)) return body;
  const items = itemsOf(body);
  const createdAtMs = clock.wallMs();
  const batch: NewBatch = {
    id: newBatchId(random),
    account: principal.account,
    keyId: principal.keyId,
    headers: keptOf(call.request.headers),
    requests: items.length,
    requestBytes: items.reduce((total, { paramsBytes }) => total + paramsBytes, 0),
    createdAtMs,
    expiresAtMs: createdAtMs + EXPIRES_AFTER_MS,
  };
  try {
    await files.writeRequests(batch.id, chunksOf(bytes, body));
    await store.addItems(batch.id, items);
    if (!(await store.add(batch, creation.bounds))) {
      await forget(batch.id, creation);
      return refusal('rate_limited', ruleTexts.batchQueueFull);
    }
  } catch (error) {
    await forget(batch.id, creation);
    throw error;
  }
  return store.find(batch.account, batch.id) ?? refusal('internal');
}

async function forget(id: string, { store, files }: BatchCreation): Promise<void> {
  await files.remove(id);
  await store.removeItems(id);
}

function itemsOf({ customIds, paramsSpans }: BatchBody): readonly BatchItem[] {
  let paramsStart = 0;
  return customIds.map((customId, position) => {
    const paramsBytes = (paramsSpans[2 * position + 1] ?? 0) - (paramsSpans[2 * position] ?? 0);
    const item = { position, customId, paramsStart, paramsBytes };
    paramsStart += paramsBytes + NEWLINE.length;
    return item;
  });
}

/** The `params` one after the other, each on lines of its own, in pieces that are worth a write. */
function* chunksOf(bytes: Uint8Array, { paramsSpans }: BatchBody): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for (let at = 0; at < paramsSpans.length; at += 2) {
    const params = bytes.subarray(paramsSpans[at], paramsSpans[at + 1]);
    parts.push(params, NEWLINE);
    length += params.length;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  yield Buffer.concat(parts);
}

function keptOf(headers: HeaderList): HeaderList {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2);
    if (keptHeaders.has(name)) kept.push(name, value);
  }
  return kept;
}
