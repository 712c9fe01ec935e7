import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { HeaderList, Operation, UpstreamAnswer } from '../messages/upstream.ts';
import { UsageState } from '../messages/usage.ts';
import { collect } from '../std/byte-stream.ts';
import { parseJson, textOf } from '../std/json.ts';
import type { JsonBounds } from '../std/scan-json.ts';
import { scanJsonObject } from '../std/scan-json.ts';
import type { AttemptedExchange, WalkReply } from './exchange.ts';
import type { ContentEnd } from './relay-content.ts';
import { ContentRelay } from './relay-content.ts';
import type { ScriptedEnd } from './relay-scripted.ts';
import { ScriptedRelay } from './relay-scripted.ts';
import type { StreamEnd } from './relay-stream.ts';
import { RelayStream } from './relay-stream.ts';
import type { Settlement } from './settle-request.ts';
import { settleRequest } from './settle-request.ts';

/** Stages 12 and 13 of the walk: passes an upstream's answer on and settles when it is over. */
export function deliverAnswer(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
): Promise<WalkReply | Refusal> {
  if (answer.isScripted === true) return Promise.resolve(deliverScripted(exchange, answer));
  const isContent = contentOperations.has(exchange.request.operation) && answer.status === 200;
  if (isContent) return Promise.resolve(deliverContent(exchange, answer));
  return answer.isEventStream && answer.status === 200
    ? deliverStream(exchange, answer)
    : deliverWhole(exchange, answer);
}

async function deliverStream(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
): Promise<WalkReply | Refusal> {
  const { request, walk, upstream } = exchange;
  let firstByteAtMs: number | undefined;
  const headers = replyHeaders(answer.headers, request.id);
  const shownId = shownRequestId(headers, request.id);
  const relay: RelayStream = new RelayStream(answer.body, {
    clock: walk.clock,
    encodeErrorEvent: (said) => request.dialect.encodeErrorEvent(said, shownId),
    onOddEvent: (detail) => {
      walk.metrics.oddEvent(upstream.name);
      walk.log.debug('odd_event', { requestId: request.id, upstream: upstream.name, detail });
    },
    onOver: (end) => {
      forget();
      if (end.kind === 'failed') {
        const { code, detail } = end.said;
        walk.log.warn('stream_failed', {
          requestId: request.id,
          upstream: upstream.name,
          code,
          detail,
        });
      }
      settleRequest(exchange, {
        ...streamStatus(end),
        usage: relay.usage,
        responseBytes: relay.bytesPassed,
        firstByteAtMs: firstByteAtMs ?? walk.clock.monotonicMs(),
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
    return verdict;
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

/** Contents may be larger than memory: they pass through as they come, and have no usage. */
function deliverContent(exchange: AttemptedExchange, answer: UpstreamAnswer): WalkReply {
  const { request, walk } = exchange;
  const firstByteAtMs = walk.clock.monotonicMs();
  const relay: ContentRelay = new ContentRelay(answer.body, (end) => {
    forget();
    if (end.kind === 'broken') {
      walk.log.warn('content_broken', { requestId: request.id, detail: end.fault.detail });
    }
    settleRequest(exchange, {
      status: answer.status,
      ...endCode[end.kind],
      responseBytes: relay.bytesPassed,
      firstByteAtMs,
    });
  });
  let forget = (): void => {};
  forget = request.cancellation.onCancel(() => {
    relay.cancel();
  });
  return { status: answer.status, headers: replyHeaders(answer.headers, request.id), body: relay };
}

const contentOperations: ReadonlySet<Operation> = new Set(['batches.results', 'files.content']);

/** How a body ended that is passed on as it comes. */
const endCode: Readonly<Record<ContentEnd['kind'] | ScriptedEnd, Pick<Settlement, 'errorCode'>>> = {
  complete: {},
  broken: { errorCode: 'upstream_truncated' },
  'client-gone': { errorCode: 'client_gone' },
};

/** A break that a scenario orders is for the caller to see: nothing is held, and nothing mended. */
function deliverScripted(exchange: AttemptedExchange, answer: UpstreamAnswer): WalkReply {
  const { request, walk } = exchange;
  const firstByteAtMs = walk.clock.monotonicMs();
  const relay: ScriptedRelay = new ScriptedRelay(answer, (end) => {
    forget();
    settleRequest(exchange, {
      status: answer.status,
      ...endCode[end],
      usage: relay.usage,
      responseBytes: relay.bytesPassed,
      firstByteAtMs,
    });
  });
  let forget = (): void => {};
  forget = request.cancellation.onCancel(() => {
    relay.cancel();
  });
  return { status: answer.status, headers: replyHeaders(answer.headers, request.id), body: relay };
}

function streamStatus(end: StreamEnd): Pick<Settlement, 'status' | 'errorCode'> {
  switch (end.kind) {
    case 'complete':
      return { status: 200 };
    case 'upstream-error':
      return { status: 200, errorCode: 'upstream_error' };
    case 'failed':
      return { status: 200, errorCode: end.said.code };
    case 'client-gone':
      return { status: 200, errorCode: 'client_gone' };
  }
}

async function deliverWhole(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
): Promise<WalkReply | Refusal> {
  const { request, settings, walk } = exchange;
  const collected = await collect(answer.body, settings.answerBytesMax, request.cancellation);
  if (collected.kind === 'fault') {
    const { kind, detail } = collected.fault;
    walk.log.warn('answer_failed', { requestId: request.id, kind, detail });
    if (kind === 'too-large')
      return refusal('upstream_failed', `The upstream's answer has ${detail}.`);
    return refusal(kind === 'idle-timeout' ? 'upstream_timeout' : 'upstream_truncated');
  }
  const { bytes } = collected;
  const isError = answer.status >= 400;
  settleRequest(exchange, {
    status: answer.status,
    ...(isError ? { errorCode: 'upstream_error' } : {}),
    ...(request.operation === 'messages.create' && !isError
      ? { usage: usageOf(bytes, settings.jsonBounds) }
      : {}),
    responseBytes: bytes.length,
    firstByteAtMs: walk.clock.monotonicMs(),
  });
  return { status: answer.status, headers: replyHeaders(answer.headers, request.id), body: bytes };
}

/** The usage of a one-piece answer, found without parsing the text around it. */
function usageOf(bytes: Uint8Array, bounds: JsonBounds): UsageState {
  const state = new UsageState();
  const scan = scanJsonObject(bytes, bounds);
  const span = scan.kind === 'object' ? scan.members.get('usage') : undefined;
  if (span === undefined) return state;
  const parsed = parseJson(textOf(bytes, span.start, span.end));
  if (parsed.kind === 'value') state.mergeFinal(parsed.value);
  return state;
}

/** The upstream's own request id stays, since its error bodies name it; ours stands beside it. */
function replyHeaders(answered: HeaderList, requestId: string): HeaderList {
  const own = ['x-quatrain-request-id', requestId];
  return answered.includes('request-id')
    ? [...answered, ...own]
    : [...answered, 'request-id', requestId, ...own];
}

/** The id that the caller sees in the head of the answer: an error event in the stream has the same. */
function shownRequestId(headers: HeaderList, requestId: string): string {
  const at = headers.indexOf('request-id');
  return at < 0 ? requestId : (headers[at + 1] ?? requestId);
}
