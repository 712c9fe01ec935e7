import type { Refusal } from '../messages/errors.ts';
import type { HeaderList, Operation, UpstreamAnswer } from '../messages/upstream.ts';
import { UsageState } from '../messages/usage.ts';
import type { FailedAnswer } from './answer-parts.ts';
import { collectAnswer, failedAnswer, headersOf } from './answer-parts.ts';
import { costComment, wantsCostComment } from './cost-comment.ts';
import { coverWhole } from './cover-whole.ts';
import { UnheardReading } from './drained-answers.ts';
import { deliverEncoded } from './deliver-encoded.ts';
import { deliverScripted } from './deliver-scripted.ts';
import type { AttemptedExchange, WalkReply } from './exchange.ts';
import type { WholeAnswer } from './read-whole-answer.ts';
import { noteNoMessage, readWholeAnswer } from './read-whole-answer.ts';
import { ContentRelay } from './relay-content.ts';
import type { RelayOptions, StreamEnd } from './relay-options.ts';
import { RelayStream } from './relay-stream.ts';
import { hasBreaker } from './report-attempt.ts';
import type { Settlement } from './settle-request.ts';
import { endingCodes, settleBeforeReply, settleRequest } from './settle-request.ts';

/** Stages 12 and 13 of the walk: passes an upstream's answer on and settles when it is over. */
export function deliverAnswer(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
): Promise<WalkReply | FailedAnswer> {
  if (answer.isScripted === true) return deliverScripted(exchange, answer);
  const isContent = contentOperations.has(exchange.request.operation) && answer.status === 200;
  if (isContent) return Promise.resolve(deliverContent(exchange, answer));
  const { encoder } = exchange.call;
  const isWanted = answer.form !== undefined || (encoder?.isStream ?? true);
  if (answer.isEventStream && answer.status === 200 && isWanted) {
    return deliverStream(exchange, answer);
  }
  return encoder === undefined || answer.form !== undefined
    ? deliverWhole(exchange, answer)
    : deliverEncoded(exchange, answer, encoder);
}

async function deliverStream(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
): Promise<WalkReply | FailedAnswer> {
  const { request, walk, upstream } = exchange;
  let firstByteAtMs: number | undefined;
  let firstContentAtMs: number | undefined;
  let settled: ReturnType<typeof settleRequest>;
  const unheard = new UnheardReading(exchange);
  const headers = headersOf(exchange, answer);
  const shownId = shownRequestId(headers, request.id);
  const relay: RelayStream = new RelayStream(answer.body, {
    clock: walk.clock,
    ...translationOf(exchange, answer),
    encodeErrorEvent: (said) => request.dialect.encodeErrorEvent(said, shownId),
    meter: exchange.bills.meter(),
    heldMs: exchange.heldMs,
    lastWords: wantsCostComment(exchange)
      ? async () => settled && costComment(exchange, settled)
      : undefined,
    onContent: () => {
      firstContentAtMs = walk.clock.monotonicMs();
    },
    onOddEvent: (detail) => {
      walk.metrics.oddEvent(upstream.name);
      walk.log.debug('odd_event', { requestId: request.id, upstream: upstream.name, detail });
    },
    onMissingEnd: () => {
      walk.metrics.missingEnd(upstream.name);
    },
    readsOn: unheard.readsOn,
    onOver: (end) => {
      unheard.end();
      if (!wantsCostComment(exchange)) forget();
      if (end.kind === 'failed') noteFailure(exchange, end.said);
      settled = settleRequest(exchange, {
        ...streamStatus(end),
        usage: relay.usage,
        isUsageEstimated: answer.isUsageEstimated?.() ?? false,
        hadContent: relay.hadContent,
        isEmpty: relay.isEmpty,
        roughTokens: relay.roughTokens,
        responseBytes: relay.bytesPassed,
        firstByteAtMs: firstByteAtMs ?? walk.clock.monotonicMs(),
        firstContentAtMs,
        stopReason: relay.stopReason,
      });
    },
  });
  let forget = (): void => {};
  forget = request.cancellation.onCancel(() => {
    relay.cancel();
  });
  const verdict = await relay.firstContent();
  if (verdict !== 'content') {
    forget();
    unheard.end();
    return failedAnswer(verdict, relay.usage, answer);
  }
  firstByteAtMs = walk.clock.monotonicMs();
  return {
    status: 200,
    headers,
    body: relay,
    cut: (said) => {
      relay.cut(said);
    },
  };
}

/** A stream that broke after it had begun says something of its upstream too; reliability §1.2. */
function noteFailure(exchange: AttemptedExchange, { code, detail }: Refusal): void {
  const { request, walk, upstream, healthKey = upstream.name, trail } = exchange;
  walk.log.warn('stream_failed', {
    requestId: request.id,
    upstream: upstream.name,
    code,
    detail,
  });
  const isUpstreams = code.startsWith('upstream_');
  if (isUpstreams && hasBreaker(exchange)) {
    walk.health?.breakers.report(healthKey, 'failed', trail.startedMs);
  }
}

/** What stands between the upstream's stream and the caller's: nothing on the canonical lane. */
function translationOf(
  { call }: AttemptedExchange,
  answer: UpstreamAnswer,
): Pick<RelayOptions, 'watch' | 'encoder' | 'keepAlive' | 'refuseError'> {
  const { encoder } = call;
  if (encoder === undefined) {
    return call.refuseError === undefined ? {} : { refuseError: call.refuseError };
  }
  const refuseError = (said: Refusal): Refusal => encoder.refuseError(said);
  if (answer.form === undefined) {
    const stream = encoder.startStream();
    if (stream === undefined) return { refuseError };
    return { encoder: stream, keepAlive: stream.keepAlive, refuseError };
  }
  const { native } = encoder;
  if (native === undefined) return {};
  const watch = native.watch(call.request.native?.reportsUsage);
  return { watch, keepAlive: native.keepAlive, refuseError };
}

/** Contents may be larger than memory: they pass through as they come, and have no usage. */
function deliverContent(exchange: AttemptedExchange, answer: UpstreamAnswer): WalkReply {
  const { request, walk } = exchange;
  const firstByteAtMs = walk.clock.monotonicMs();
  const relay: ContentRelay = new ContentRelay(answer.body, (end) => {
    forget();
    if (end.kind === 'broken') {
      walk.log.warn('content_broken', { requestId: request.id, detail: end.fault.detail });
    }
    void settleRequest(exchange, {
      status: answer.status,
      ...endingCodes[end.kind],
      responseBytes: relay.bytesPassed,
      firstByteAtMs,
    });
  });
  let forget = (): void => {};
  forget = request.cancellation.onCancel(() => {
    relay.cancel();
  });
  return { status: answer.status, headers: headersOf(exchange, answer), body: relay };
}

const contentOperations: ReadonlySet<Operation> = new Set(['batches.results', 'files.content']);

function streamStatus(end: StreamEnd): Pick<Settlement, 'status' | 'errorCode'> {
  switch (end.kind) {
    case 'complete':
      return { status: 200 };
    case 'upstream-error':
      return { status: 200, errorCode: 'upstream_error' };
    case 'failed':
      return { status: 200, errorCode: end.said.code };
    case 'stopped':
      return { status: 200, errorCode: 'billing' };
    case 'client-gone':
      return { status: 200, errorCode: 'client_gone' };
  }
}

async function deliverWhole(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
): Promise<WalkReply | FailedAnswer> {
  const { request, walk } = exchange;
  const bytes = await collectAnswer(exchange, answer);
  if ('failed' in bytes) return bytes;
  const isError = answer.status >= 400;
  const isAnswer = request.operation === 'messages.create' && !isError;
  const read = isAnswer ? readWholeAnswer(bytes, exchange, answer) : undefined;
  if (read?.isPage === true) return failedAnswer(noteNoMessage(exchange), read.usage, answer);
  const uncovered = read && (await coverWhole(exchange, bytes));
  if (uncovered !== undefined) return failedAnswer(uncovered, read?.usage ?? noUsage, answer);
  const paid = await settleBeforeReply(exchange, {
    status: answer.status,
    ...errorOf(answer, read),
    ...read,
    isUsageEstimated: answer.isUsageEstimated?.() ?? false,
    responseBytes: bytes.length,
    firstByteAtMs: walk.clock.monotonicMs(),
  });
  const headers = [...headersOf(exchange, answer), ...paid];
  return { status: answer.status, headers, body: bytes };
}

/** What says that nobody pays: an error, or something that is no message. */
function errorOf(
  { status }: UpstreamAnswer,
  read: WholeAnswer | undefined,
): Pick<Settlement, 'errorCode'> {
  const isNone = status >= 400 || read?.isMessage === false;
  return isNone ? { errorCode: 'upstream_error' } : {};
}

const noUsage = new UsageState();

/** The id that the caller sees in the head of the answer: an error event in the stream has the same. */
function shownRequestId(headers: HeaderList, requestId: string): string {
  const at = headers.indexOf('request-id');
  return at < 0 ? requestId : (headers[at + 1] ?? requestId);
}
