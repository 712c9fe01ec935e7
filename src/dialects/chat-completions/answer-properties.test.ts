import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chunksIn,
  completionOf,
  messageOf,
  shapeOf,
  streamOf,
} from '../../../test/support/chat-answer.ts';
import type { ChatAnswer, ChatCompletion } from '../../chat-form/chat-response.ts';
import type { ResponseBlock } from '../../messages/content-blocks.ts';
import { eventTypes } from '../../messages/events.ts';
import { expandMessage } from '../../messages/expand-message.ts';
import type { Message } from '../../messages/response.ts';
import { stopReasons } from '../../messages/response.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import type { AnswerShape } from './answer-shape.ts';
import { foldDeltas } from './answer/fold-deltas.ts';
import { createAnswerEncoder } from './encode-answer.ts';

const words = fc.string({ unit: 'grapheme' });
const json = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

const citation = words.map((url) => ({ type: 'web_search_result_location', url, title: 't' }));
const block: fc.Arbitrary<ResponseBlock> = fc.oneof(
  words.map((text): ResponseBlock => ({ type: 'text', text })),
  fc
    .tuple(words, fc.array(citation))
    .map(([text, citations]): ResponseBlock => ({ type: 'text', text, citations })),
  fc
    .tuple(words, words)
    .map(([thinking, signature]): ResponseBlock => ({ type: 'thinking', thinking, signature })),
  words.map((data): ResponseBlock => ({ type: 'redacted_thinking', data })),
  fc
    .tuple(
      fc.constantFrom('f', 'wrapped'),
      fc.oneof(
        json,
        words.map((input) => ({ input })),
      ),
    )
    .map(([name, input]): ResponseBlock => ({ type: 'tool_use', id: 'toolu_1', name, input })),
  json.map((input): ResponseBlock => ({ type: 'server_tool_use', id: 's', name: 'x', input })),
);
const message: fc.Arbitrary<Message> = fc
  .record({
    content: fc.array(block, { maxLength: 6 }),
    stop_reason: fc.constantFrom(...stopReasons),
    usage: fc.record({
      input_tokens: fc.nat(),
      cache_read_input_tokens: fc.nat(),
      cache_creation_input_tokens: fc.option(fc.nat()),
      output_tokens: fc.nat(),
    }),
  })
  .map((more) => messageOf(more));
const shape: fc.Arbitrary<Partial<AnswerShape>> = fc.record({
  callsAs: fc.constantFrom('tool_calls' as const, 'function_call' as const),
  customTools: fc.constantFrom(new Set<string>(), new Set(['wrapped'])),
  reasoning: fc.constantFrom(
    'content-and-blocks' as const,
    'content-blocks-and-details' as const,
    'excluded' as const,
  ),
  removesFence: fc.boolean(),
  includesUsage: fc.constant(true),
});

/** Arguments are compared as what they say: how a stream spaces them is its own. */
function withParsedArguments(answer: ChatAnswer): unknown {
  const parsed = (text: string): JsonValue => JSON.parse(text) as JsonValue;
  const { tool_calls: calls, function_call: called, ...rest } = answer;
  return {
    ...rest,
    function_call: called && { ...called, arguments: parsed(called.arguments) },
    tool_calls: calls?.map((call) =>
      call.type === 'custom'
        ? { ...call, custom: { ...call.custom, input: call.custom.input.replaceAll(/[ \n]/g, '') } }
        : { ...call, function: { ...call.function, arguments: parsed(call.function.arguments) } },
    ),
  };
}

/** What a client makes of a stream. */
function foldStream(stream: string): Pick<ChatCompletion, 'choices' | 'usage'> & JsonObject {
  const chunks = chunksIn(stream);
  const choices = chunks.flatMap((chunk) => chunk.choices);
  const last = choices.at(-1);
  return JSON.parse(
    JSON.stringify({
      choices: [
        { ...last, delta: undefined, message: foldDeltas(choices.map(({ delta }) => delta)) },
      ],
      usage: chunks.at(-1)?.usage,
    }),
  ) as ReturnType<typeof foldStream>;
}

function comparable({ choices, usage }: Pick<ChatCompletion, 'choices' | 'usage'>): unknown {
  return {
    usage,
    choices: choices.map((choice) => ({ ...choice, message: withParsedArguments(choice.message) })),
  };
}

describe('one mapping', () => {
  test('the fold of a translated stream is the translated message', () => {
    fc.assert(
      fc.property(message, shape, fc.integer({ min: 1, max: 7 }), (original, asked, size) => {
        const cut = (text: string): readonly string[] => {
          const letters = Array.from(text);
          return Array.from({ length: Math.ceil(letters.length / size) }, (_, index) =>
            letters.slice(index * size, (index + 1) * size).join(''),
          );
        };
        const events = expandMessage(original, {
          cutText: cut,
          cutJson: cut,
          startOutputTokens: 1,
        });
        const streamed = foldStream(streamOf(events, asked));
        expect(comparable(streamed)).toEqual(comparable(completionOf(original, asked)));
      }),
      { numRuns: 800 },
    );
  });
});

const anyJson = fc.jsonValue({ maxDepth: 4 }).map((value) => value as JsonValue);
const field = fc.constantFrom(
  'type',
  'index',
  'message',
  'content',
  'content_block',
  'delta',
  'usage',
  'error',
  'text',
  'input',
  'name',
  'citations',
  'citation',
  'partial_json',
  'stop_reason',
  'stop_details',
);
const kind = fc.constantFrom<string>(
  ...eventTypes,
  'text',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'text_delta',
  'input_json_delta',
  'citations_delta',
  'signature_delta',
  'web_search_result_location',
);
const part = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyJson,
    kind,
    fc.nat({ max: 2 }),
    tie('object'),
    fc.array(tie('object'), { maxLength: 2 }),
  ),
  object: fc
    .tuple(fc.option(kind), fc.dictionary(field, tie('value'), { maxKeys: 5 }))
    .map(([type, more]): JsonObject => (type === null ? more : { ...more, type })),
})).object;

describe('whatever an upstream sends', () => {
  test('events of any form are encoded without a throw, in frames, with one end at most', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), shape, (events, asked) => {
        const stream = streamOf(events, asked);
        const frames = stream === '' ? [] : stream.split('\n\n').slice(0, -1);
        for (const frame of frames) expect(frame).toMatch(/^(?:: ping|data: (?:\{.*\}|\[DONE\]))$/);
        expect(stream.split('[DONE]').length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 1000 },
    );
  });

  test('messages of any form are encoded, and so are errors', () => {
    fc.assert(
      fc.property(part, shape, fc.integer({ min: 200, max: 599 }), (said, asked, status) => {
        const { choices } = completionOf({ content: [], ...said } as unknown as Message, asked);
        expect(choices).toHaveLength(1);
        const body = Buffer.from(JSON.stringify(said));
        const encoder = createAnswerEncoder(shapeOf(asked));
        expect(encoder.refuseAnswer({ status, headers: [], body }).kind).toBe('refusal');
      }),
      { numRuns: 500 },
    );
  });
});
