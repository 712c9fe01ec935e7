import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { HeaderList, UpstreamAnswer } from '../messages/upstream.ts';
import { UsageState } from '../messages/usage.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import { collect } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { AttemptedExchange } from './exchange.ts';
import { readCancellation } from './drained-answers.ts';
import { usageOfEvents } from './fold-answer.ts';
import { WholeEvents } from './whole-events.ts';

/** An answer that failed before any of it was passed on. */
export interface FailedAnswer {
  readonly failed: Refusal;
  /** What the upstream had said by then: its owner may have to pay for that. */
  readonly usage: UsageState;
  readonly isUsageEstimated: boolean;
}

export function failedAnswer(
  failed: Refusal,
  usage: UsageState,
  { isUsageEstimated }: UpstreamAnswer,
): FailedAnswer {
  return { failed, usage, isUsageEstimated: isUsageEstimated?.() ?? false };
}

/**
 * The whole body of an upstream's answer, or what its absence amounts to. It is given up once nobody
 * waits for it.
 */
export async function collectAnswer(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
  waiting: Cancellation = exchange.request.cancellation,
): Promise<Uint8Array | FailedAnswer> {
  const { request, settings, walk } = exchange;
  const { cancellation, end } = readCancellation(exchange, waiting);
  const body = wholeBody(exchange, answer);
  const collected = await collect(body, settings.answerBytesMax, cancellation);
  end();
  if (collected.kind === 'bytes') return collected.bytes;
  const { kind, detail } = collected.fault;
  const isReadable = answer.isEventStream && answer.form === undefined;
  const usage = isReadable ? usageOfEvents(collected.before) : new UsageState();
  walk.log.warn('answer_failed', { requestId: request.id, kind, detail });
  if (kind === 'too-large') {
    const text = `The upstream's answer has ${detail}.`;
    const said = refusal('upstream_failed', text, { reason: 'upstream_error' });
    return failedAnswer(said, usage, answer);
  }
  const code = kind === 'idle-timeout' ? 'upstream_timeout' : 'upstream_truncated';
  return failedAnswer(refusal(code), usage, answer);
}

/** Events that are read whole get the mark of their end where nothing else is missing. */
function wholeBody({ walk, upstream }: AttemptedExchange, answer: UpstreamAnswer): ByteSource {
  const isRead = answer.isEventStream && answer.form === undefined;
  // A break that a scenario orders is for the caller to see.
  if (!isRead || answer.isScripted === true) return answer.body;
  return new WholeEvents(answer.body, {
    clock: walk.clock,
    onMissingEnd: () => {
      walk.metrics.missingEnd(upstream.name);
    },
  });
}

/**
 * The head of an answer as the caller gets it. In the canonical form the upstream's own request id
 * stays, since its error bodies name it; ours stands beside it.
 */
export function headersOf(
  { request, call }: AttemptedExchange,
  { headers, form }: UpstreamAnswer,
): HeaderList {
  const own = ['x-quatrain-request-id', request.id];
  if (form !== undefined) return [...headers, ...own];
  if (call.encoder !== undefined) return [...call.encoder.encodeHeaders(headers), ...own];
  return headers.includes('request-id')
    ? [...headers, ...own]
    : [...headers, 'request-id', request.id, ...own];
}
