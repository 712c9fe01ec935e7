import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { HeaderList, UpstreamAnswer } from '../messages/upstream.ts';
import { collect } from '../std/byte-stream.ts';
import type { AttemptedExchange } from './exchange.ts';

/** The whole body of an upstream's answer, or what its absence amounts to. */
export async function collectAnswer(
  { request, settings, walk }: AttemptedExchange,
  answer: UpstreamAnswer,
): Promise<Uint8Array | Refusal> {
  const collected = await collect(answer.body, settings.answerBytesMax, request.cancellation);
  if (collected.kind === 'bytes') return collected.bytes;
  const { kind, detail } = collected.fault;
  walk.log.warn('answer_failed', { requestId: request.id, kind, detail });
  if (kind === 'too-large') {
    const text = `The upstream's answer has ${detail}.`;
    return refusal('upstream_failed', text, { reason: 'upstream_error' });
  }
  return refusal(kind === 'idle-timeout' ? 'upstream_timeout' : 'upstream_truncated');
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
