import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import { chatConversation } from '../../../test/support/chat-conversation-arbitrary.ts';
import { knownModel } from '../../../test/support/decode-conversation.ts';
import type { RequestBlock } from '../../messages/content-blocks.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import type { DecodedMessages } from './decode-messages.ts';
import { decodeMessages } from './decode-messages.ts';

/** Whatever else is in it, a conversation keeps these rules of the Messages form. */
function expectTurnRules({ messages, system }: DecodedMessages): void {
  expect(messages.length).toBeGreaterThan(0);
  for (const [at, message] of messages.entries()) {
    expect(message.role).not.toBe(messages[at - 1]?.role);
    expectTurn(message, messages[at - 1]);
  }
  expect(uses(messages.at(-1))).toEqual([]);
  const calls = messages.flatMap((message) => uses(message));
  expect(new Set(calls).size).toBe(calls.length);
  expect(calls.every((id) => /^[a-zA-Z0-9_-]+$/.test(id))).toBe(true);
  expect(system.every(({ text }) => /\S/.test(text))).toBe(true);
}

function expectTurn(message: MessageParam, before: MessageParam | undefined): void {
  const blocks = blocksOf(message);
  expect(blocks.length).toBeGreaterThan(0);
  expect(blocks.every((block) => block.type !== 'text' || /\S/.test(block.text))).toBe(true);
  expect(blocks.at(-1)?.type).not.toMatch(/thinking$/);
  const types = blocks.map(({ type }) => type === 'tool_result');
  expect(types.lastIndexOf(true)).toBe(types.filter((isResult) => isResult).length - 1);
  const results = blocks.flatMap((block) =>
    block.type === 'tool_result' ? [block.tool_use_id] : [],
  );
  expect(results.toSorted()).toEqual(uses(before).toSorted());
}

function uses(message: MessageParam | undefined): readonly string[] {
  const blocks: readonly RequestBlock[] = message === undefined ? [] : blocksOf(message);
  return blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
}

const models = [knownModel(), knownModel('claude-sonnet-4-20250514'), undefined];

/** For every kind of model; how many of them took it. */
function expectDecoded(body: JsonObject): number {
  let taken = 0;
  for (const model of models) {
    const decoded = decodeMessages(body, { model });
    const param = isRefusal(decoded) ? decoded.param : 'messages';
    expect(param).toMatch(/^(?:messages|system)/);
    if (isRefusal(decoded)) continue;
    taken += 1;
    expectTurnRules(decoded);
  }
  return taken;
}

test('a conversation keeps the rules of turns, or is refused with the field that is wrong', () => {
  let taken = 0;
  fastCheck.assert(
    fastCheck.property(chatConversation, (messages) => {
      taken += expectDecoded({ messages });
    }),
    { numRuns: 1000 },
  );
  expect(taken).toBeGreaterThan(500);
});

/** Members that mean something, with values that may be of any kind. */
const anyValue: fastCheck.Arbitrary<JsonValue> = fastCheck
  .jsonValue({ maxDepth: 3 })
  .map((value) => value as JsonValue);
const types = fastCheck.constantFrom(
  'text',
  'image_url',
  'file',
  'tool_use',
  'tool_result',
  'thinking',
  'image',
  'refusal',
);
const part = fastCheck.record(
  {
    type: fastCheck.oneof(types, anyValue),
    text: fastCheck.oneof(fastCheck.string(), anyValue),
    image_url: anyValue,
    file: anyValue,
    id: fastCheck.string(),
    name: fastCheck.string(),
    input: anyValue,
    kind: fastCheck.constant('refusal'),
    tool_use_id: anyValue,
    cache_control: anyValue,
  },
  { requiredKeys: ['type'] },
);
const message = fastCheck.record(
  {
    role: fastCheck.oneof(
      fastCheck.constantFrom('system', 'developer', 'user', 'assistant', 'tool', 'function'),
      anyValue,
    ),
    content: fastCheck.oneof(fastCheck.string(), fastCheck.array(part, { maxLength: 3 }), anyValue),
    tool_calls: anyValue,
    function_call: anyValue,
    tool_call_id: anyValue,
    thinking_blocks: anyValue,
    reasoning_details: anyValue,
    reasoning: anyValue,
    extra_content: anyValue,
    refusal: anyValue,
    name: anyValue,
    kind: fastCheck.constant('refusal'),
  },
  { requiredKeys: ['role', 'content'] },
);

test('whatever JSON a conversation is, decoding it does not throw', () => {
  const body = fastCheck.record(
    {
      messages: fastCheck.oneof(fastCheck.array(message, { maxLength: 4 }), anyValue),
      system: anyValue,
    },
    { requiredKeys: ['messages'] },
  );
  fastCheck.assert(
    fastCheck.property(body, (given) => {
      // Through JSON, as a body comes: what JSON cannot say is not in it.
      expectDecoded(JSON.parse(JSON.stringify(given)) as JsonObject);
    }),
    { numRuns: 2000 },
  );
});

test('a conversation that grows keeps what it has become so far', () => {
  let compared = 0;
  fastCheck.assert(
    fastCheck.property(chatConversation, chatConversation, (before, after) => {
      const [short, long] = [before, [...before, ...after]].map((messages) =>
        decodeMessages({ messages }, { model: undefined }),
      );
      if (short === undefined || long === undefined || isRefusal(short) || isRefusal(long)) return;
      // The last turn may grow, and its last text is trimmed where it is to be continued.
      const kept = short.messages.length - 1;
      compared += kept;
      expect(long.messages.slice(0, kept)).toEqual(short.messages.slice(0, kept));
    }),
    { numRuns: 500 },
  );
  expect(compared).toBeGreaterThan(100);
});
