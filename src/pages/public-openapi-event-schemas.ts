import { finishReasons } from '../chat-form/finish-reasons.ts';
import { stopReasons } from '../messages/response.ts';
import type { JsonObject } from '../std/json.ts';
import { count, listOf, named, object, orNull, text } from './public-openapi-operation.ts';

const index: JsonObject = { ...count, description: 'Which block of the message it is.' };

/** An event, told from others by its type. */
function event(type: string, members: Readonly<Record<string, JsonObject>> = {}): JsonObject {
  return object({ type: { type: 'string', const: type }, ...members });
}

const deltas: Readonly<Record<string, Readonly<Record<string, JsonObject>>>> = {
  text_delta: { text: text() },
  input_json_delta: { partial_json: text('Goes behind what came before: JSON when whole.') },
  thinking_delta: { thinking: text() },
  signature_delta: { signature: text() },
  citations_delta: { citation: { type: 'object' } },
  compaction_delta: { content: orNull(text()) },
};

const messageDelta = object({
  stop_reason: orNull({ type: 'string', enum: stopReasons }),
  stop_sequence: orNull(text()),
});

const choice = object(
  {
    index: count,
    delta: object(
      {
        role: { type: 'string', const: 'assistant' },
        content: orNull(text()),
        tool_calls: listOf({ type: 'object' }),
        reasoning_content: text('Thinking, where it is returned.'),
      },
      [],
    ),
    finish_reason: orNull({ type: 'string', enum: finishReasons }),
    native_finish_reason: orNull(text()),
  },
  ['index', 'delta', 'finish_reason'],
);

/** What the events of streams hold. Each is the `data` of one server-sent event. */
export const eventSchemas: Readonly<Record<string, JsonObject>> = {
  MessageEvent: {
    description:
      'The `data` of an event; its `type` is the name of the event too. A stream has one `message_start`, then its blocks, then `message_delta` and `message_stop`, or `error` in their place. Other types may come: pass over those that are not known.',
    anyOf: [
      event('message_start', { message: named('Message') }),
      event('content_block_start', { index, content_block: object({ type: text() }) }),
      event('content_block_delta', {
        index,
        delta: {
          anyOf: Object.entries(deltas).map(([type, members]) => event(type, members)),
        },
      }),
      event('content_block_stop', { index }),
      event('message_delta', { delta: messageDelta, usage: object({ output_tokens: count }) }),
      event('message_stop'),
      event('ping'),
      event('error', { error: object({ type: text(), message: text() }) }),
    ],
  },
  ChatCompletionChunk: {
    ...object(
      {
        id: text(),
        object: { type: 'string', const: 'chat.completion.chunk' },
        created: count,
        model: text(),
        choices: {
          ...listOf(choice),
          description: 'Empty in the chunk that brings the usage.',
        },
        usage: orNull({ type: 'object' }),
      },
      ['id', 'object', 'created', 'model', 'choices'],
    ),
    description: 'The `data` of an event. The last one is `[DONE]`, which is no JSON.',
  },
};
