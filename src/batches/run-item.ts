import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import type { Walk, WalkReply } from '../gateway/exchange.ts';
import { serveRequest } from '../gateway/serve-request.ts';
import type { ErrorCode } from '../messages/errors.ts';
import { errorEnvelope, errorTable, refusal } from '../messages/errors.ts';
import type { MessageBatch } from '../messages/message-batch.ts';
import type { HeaderList } from '../messages/upstream.ts';
import { collect } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import { newRequestId } from '../std/ids.ts';
import type { Random } from '../std/random.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import { refuseParams } from './batch-params.ts';
import { isJsonOfType, resultLine } from './result-line.ts';
import type { FinishedItem } from './result-journal.ts';
import type { QueuedItem } from './running-batch.ts';

/** How the run of an item ended: with a result, or with leave to try later. */
export type ItemEnd =
  | { readonly kind: 'finished'; readonly item: FinishedItem }
  | { readonly kind: 'again'; readonly afterMs: number };

export interface ItemRun {
  readonly batch: MessageBatch;
  readonly item: QueuedItem;
  readonly readParams: () => Promise<Uint8Array>;
  readonly cancellation: Cancellation;
}

/** After so many runs a failure that might pass is the item's result. */
const ATTEMPTS_MAX = 8;
const BACKOFF_MS = 1000;
const BACKOFF_MS_MAX = 60_000;
const RETRY_AFTER_MS_MAX = 3_600_000;

/**
 * Runs one request of a batch through the walk, as the key that made the batch, so that everything
 * that holds for a request holds for it. Its settlement is kept back, to become durable together
 * with its result.
 */
export async function runItem(run: ItemRun, walk: Walk, random: Random): Promise<ItemEnd> {
  const { batch, item, cancellation } = run;
  const { customId } = item;
  const id = newRequestId(random, walk.clock.wallMs());
  const settled: RequestRecord[] = [];
  const record = (row: RequestRecord): void => {
    settled.push(row);
  };
  const reply = await serveRequest(
    {
      id,
      dialect: messagesDialect,
      operation: 'messages.create',
      method: 'POST',
      upstreamPath: '/v1/messages',
      headers: headerMap(batch.headers),
      body: { read: (bytesMax) => readBody(run, walk, bytesMax) },
      cancellation,
      onBehalf: {
        principal: walk.authenticator.principalFor(batch.keyId, batch.account),
        batchItem: { batchId: batch.id, customId },
      },
    },
    { ...walk, requestLog: { record, dropped: 0 } },
  );
  const answer = await collectAnswer(reply, walk, cancellation);
  const afterMs = retryAfterMs(answer, item.attempts);
  if (afterMs !== undefined && item.attempts + 1 < ATTEMPTS_MAX) return { kind: 'again', afterMs };
  const { outcome, payload } = resultOf(answer, id);
  const line = resultLine(customId, { outcome, payload });
  const { position } = item;
  return { kind: 'finished', item: { position, customId, outcome, line, settled: settled[0] } };
}

/** Stage 2 of the walk for an item: its bytes from disk, or why they cannot run in a batch. */
async function readBody(
  { batch, item, readParams }: ItemRun,
  walk: Walk,
  bytesMax: number,
): ReturnType<Parameters<typeof serveRequest>[0]['body']['read']> {
  if (item.paramsBytes > bytesMax) return refusal('request_too_large');
  try {
    const params = await readParams();
    return refuseParams(params, walk.settings().jsonBounds) ?? params;
  } catch (error) {
    walk.log.error('batch_request_unreadable', {
      batchId: batch.id,
      customId: item.customId,
      reason: String(error),
    });
    return refusal('internal');
  }
}

interface CollectedAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** An answer that comes in pieces, and broke, is one that may come whole another time. */
async function collectAnswer(
  { status, headers, body }: WalkReply,
  walk: Walk,
  cancellation: Cancellation,
): Promise<CollectedAnswer> {
  if (body instanceof Uint8Array) return { status, headers, body };
  const collected = await collect(body, walk.settings().answerBytesMax, cancellation);
  if (collected.kind === 'bytes') return { status, headers, body: collected.bytes };
  const { status: failed } = errorTable.upstream_truncated;
  return { status: failed, headers: [], body: new Uint8Array(0) };
}

function resultOf(
  { status, body }: CollectedAnswer,
  requestId: string,
): { readonly outcome: 'succeeded' | 'errored'; readonly payload: Uint8Array } {
  if (status === 200 && isJsonOfType(body, 'message')) {
    return { outcome: 'succeeded', payload: body };
  }
  if (status >= 400 && isJsonOfType(body, 'error')) return { outcome: 'errored', payload: body };
  return { outcome: 'errored', payload: envelopeOf('upstream_failed', requestId) };
}

/** The result of an item that a fault of ours kept from having another. */
export function faultyItem({ position, customId }: QueuedItem, requestId: string): FinishedItem {
  const outcome = 'errored';
  const line = resultLine(customId, { outcome, payload: envelopeOf('internal', requestId) });
  return { position, customId, outcome, line, settled: undefined };
}

function envelopeOf(code: ErrorCode, requestId: string): Uint8Array {
  return Buffer.from(JSON.stringify(errorEnvelope(refusal(code), requestId)));
}

/** When the same request may succeed; absent where it cannot. API reference §10. */
function retryAfterMs({ status, headers }: CollectedAnswer, attempts: number): number | undefined {
  const advice = headerOf(headers, 'x-should-retry');
  const mayPass = status === 408 || status === 409 || status === 429 || status >= 500;
  if (advice === 'false' || (advice !== 'true' && !mayPass)) return undefined;
  const backoffMs = Math.min(BACKOFF_MS * 2 ** attempts, BACKOFF_MS_MAX);
  const askedMs = Number(headerOf(headers, 'retry-after') ?? 0) * 1000;
  return Math.max(backoffMs, askedMs > 0 ? Math.min(askedMs, RETRY_AFTER_MS_MAX) : 0);
}

function headerOf(headers: HeaderList, name: string): string | undefined {
  const at = headers.indexOf(name);
  return at < 0 ? undefined : headers[at + 1];
}

function headerMap(headers: HeaderList): Record<string, string> {
  const map: Record<string, string> = { 'content-type': 'application/json' };
  for (let at = 0; at + 1 < headers.length; at += 2) map[headers[at] ?? ''] = headers[at + 1] ?? '';
  return map;
}
