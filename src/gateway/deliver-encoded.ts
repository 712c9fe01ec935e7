import type { AnswerEncoder } from '../dialects/dialect.ts';
import { eventText } from '../messages/events.ts';
import { expandMessage } from '../messages/expand-message.ts';
import type { Message } from '../messages/response.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import { UsageState } from '../messages/usage.ts';
import type { JsonObject } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { FailedAnswer } from './answer-parts.ts';
import { collectAnswer, failedAnswer, headersOf } from './answer-parts.ts';
import { coverWhole } from './cover-whole.ts';
import type { AttemptedExchange, WalkReply } from './exchange.ts';
import { foldAnswer } from './fold-answer.ts';
import { settleBeforeReply } from './settle-request.ts';

/** An answer that is read whole before it is translated: for callers who asked for one piece, and errors. */
export async function deliverEncoded(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
  encoder: AnswerEncoder,
): Promise<WalkReply | FailedAnswer> {
  const { walk } = exchange;
  const bytes = await collectAnswer(exchange, answer);
  if ('failed' in bytes) return bytes;
  const { status, headers } = answer;
  if (status !== 200) {
    const isOwnKey = exchange.call.request.providerKey !== undefined;
    const said = encoder.refuseAnswer({ status, headers, body: bytes, isOwnKey });
    return failedAnswer(said, new UsageState(), answer);
  }
  const folded = foldAnswer(bytes, answer.isEventStream);
  if (folded.kind !== 'message') {
    const { kind, said, usage } = folded;
    return failedAnswer(kind === 'failed' ? encoder.refuseError(said) : said, usage, answer);
  }
  const encoded = encoder.isStream
    ? { headers: [], body: encodeAsStream(folded.message, encoder) }
    : encoder.encodeMessage(folded.message, folded);
  const uncovered = await coverWhole(exchange, bytes);
  if (uncovered !== undefined) return failedAnswer(uncovered, folded.usage, answer);
  const paid = await settleBeforeReply(exchange, {
    status,
    usage: folded.usage,
    isUsageEstimated: answer.isUsageEstimated?.() ?? false,
    isEmpty:
      folded.usage.usage.outputTokens === 0 && reasonOf(folded.message.stop_reason) === undefined,
    stopReason: reasonOf(folded.message.stop_reason),
    answer: answer.isEventStream ? Buffer.from(JSON.stringify(folded.message)) : bytes,
    responseBytes: encoded.body.length,
    firstByteAtMs: walk.clock.monotonicMs(),
  });
  return {
    status,
    headers: [...headersOf(exchange, answer), ...encoded.headers, ...paid],
    body: encoded.body,
  };
}

/**
 * An upstream that was asked for a stream and gave one piece: the caller gets its stream all the same.
 * All of it is there at the start, as in a turn that went on, so no kind of block has to be cut up.
 */
function encodeAsStream(message: Message, encoder: AnswerEncoder): Uint8Array {
  const stream = encoder.startStream();
  if (stream === undefined) return canonicalStream(message);
  const start = { type: 'message_start', message } as unknown as JsonObject;
  return Buffer.from(stream.encode(start) + stream.encode({ type: 'message_stop' }));
}

/** The events of a message, each text and each call in one. */
function canonicalStream(said: Message): Uint8Array {
  const message = withUsage(said);
  const events = expandMessage(message, {
    cutText: (text) => [text],
    cutJson: (json) => [json],
    startOutputTokens: message.usage.output_tokens,
  });
  return Buffer.from(events.map((event) => eventText(event)).join(''));
}

/** The same with nothing said of its usage, where the upstream says nothing that could be read. */
function withUsage(message: Message): Message {
  const { usage }: { readonly usage: unknown } = message;
  return isJsonObject(usage)
    ? message
    : { ...message, usage: { input_tokens: 0, output_tokens: 0 } };
}

/** Upstreams leave out what they should say, so the type alone does not tell. */
function reasonOf(reason: unknown): string | undefined {
  return typeof reason === 'string' ? reason : undefined;
}
