import type { ChatCompletion } from '../../chat-form/chat-response.ts';
import { chatUsageOf, serviceTierOf } from '../../chat-form/chat-usage.ts';
import { finishReasonOf } from '../../chat-form/finish-reasons.ts';
import type { Message } from '../../messages/response.ts';
import type { HeaderList } from '../../messages/upstream.ts';
import type { JsonObject } from '../../std/json.ts';
import type { MessageFold, TranslatingEncoder } from '../dialect.ts';
import { answerHeaders } from './answer-headers.ts';
import type { AnswerShape } from './answer-shape.ts';
import { creditHeaders, creditMeta } from './answer/credit-meta.ts';
import { DeltaMapping } from './answer/delta-mapping.ts';
import { foldDeltas } from './answer/fold-deltas.ts';
import { nativeReader } from './native-reader.ts';
import { refuseAnswer, refuseError } from '../refuse-answer.ts';
import { StreamEncoder } from './stream-encoder.ts';

/** Encodes the answer to one request. */
export function createAnswerEncoder(shape: AnswerShape): TranslatingEncoder {
  const { credits } = shape;
  return {
    isStream: shape.isStream,
    encodeHeaders: (answered) => answerHeaders(answered, shape),
    encodeMessage: (message, fold) => encodeMessage(message, shape, fold),
    startStream: () => new StreamEncoder(shape),
    refuseAnswer: (answer) => refuseAnswer(answer, shape),
    refuseError: (said) => refuseError(said, shape),
    native: nativeReader,
    ...(credits === undefined
      ? {}
      : {
          forFree: () =>
            createAnswerEncoder({ ...shape, credits: { ...credits, costNanoUsd: () => 0n } }),
        }),
  };
}

/** An answer in one piece: the fold of what would have been streamed (chat reference §2.10). */
function encodeMessage(
  message: Message,
  shape: AnswerShape,
  { isCallCut = false }: MessageFold = {},
): { readonly headers: HeaderList; readonly body: Uint8Array } {
  const mapping = new DeltaMapping(shape);
  const content = isCallCut ? withoutCutCall(message) : message.content;
  const start = { type: 'message_start', message: { ...message, content } };
  const deltas = [
    ...mapping.take(start as unknown as JsonObject),
    ...mapping.take({ type: 'message_stop' }),
  ];
  const meta = creditMeta(mapping.usage, shape.credits);
  const tier = serviceTierOf(mapping.usage);
  const completion: ChatCompletion = {
    id: shape.id,
    object: 'chat.completion',
    created: shape.created,
    model: shape.model,
    choices: [
      {
        index: 0,
        message: foldDeltas(deltas),
        finish_reason: mapping.ending?.finishReason ?? 'stop',
        native_finish_reason: mapping.ending?.native ?? null,
        logprobs: null,
      },
    ],
    usage: chatUsageOf(mapping.usage),
    ...(tier === undefined ? {} : { service_tier: tier }),
    ...(shape.metadata === undefined ? {} : { metadata: shape.metadata }),
    ...(meta === undefined ? {} : { meta }),
  };
  return {
    headers: meta === undefined ? [] : creditHeaders(meta),
    body: Buffer.from(JSON.stringify(completion)),
  };
}

/** A call that was cut before its arguments were whole is no call; chat reference §2.10. */
function withoutCutCall({ content, stop_reason }: Message): Message['content'] {
  const isCut = finishReasonOf(stop_reason) === 'length' && content.at(-1)?.type === 'tool_use';
  return isCut ? content.slice(0, -1) : content;
}
