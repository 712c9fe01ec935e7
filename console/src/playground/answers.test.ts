import { describe, expect, test } from 'vitest';
import type { Answer } from './answer.ts';
import { emptyAnswer, errorIn } from './answer.ts';
import type { Form } from './forms.ts';
import { forms } from './forms.ts';
import type { JsonObject } from '../format/json-value.ts';

const usage = {
  input_tokens: 12,
  cache_read_input_tokens: 100,
  cache_creation_input_tokens: 0,
  output_tokens: 34,
};

const message: JsonObject = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-6',
  content: [
    { type: 'thinking', thinking: 'Let me look.', signature: 'c2ln' },
    { type: 'redacted_thinking', data: 'aGlkZGVu' },
    { type: 'text', text: 'It is warm.' },
    { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Lisbon' } },
  ],
  stop_reason: 'tool_use',
  usage,
};

const messageEvents: readonly JsonObject[] = [
  {
    type: 'message_start',
    message: { ...message, content: [], usage: { ...usage, output_tokens: 1 } },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
  { type: 'ping' },
  ...['Let me ', 'look.'].map((thinking) => delta(0, { type: 'thinking_delta', thinking })),
  delta(0, { type: 'signature_delta', signature: 'c2ln' }),
  { type: 'content_block_stop', index: 0 },
  {
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'redacted_thinking', data: 'aGlkZGVu' },
  },
  { type: 'content_block_stop', index: 1 },
  { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
  ...['It is ', 'warm.'].map((text) => delta(2, { type: 'text_delta', text })),
  { type: 'content_block_stop', index: 2 },
  {
    type: 'content_block_start',
    index: 3,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} },
  },
  ...['{"city":', '"Lisbon"}'].map((json) =>
    delta(3, { type: 'input_json_delta', partial_json: json }),
  ),
  { type: 'content_block_stop', index: 3 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 34 } },
  { type: 'message_stop' },
];

function delta(index: number, said: JsonObject): JsonObject {
  return { type: 'content_block_delta', index, delta: said };
}

const chatUsage = {
  prompt_tokens: 112,
  completion_tokens: 34,
  prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 0 },
};
const thinkingBlock = { type: 'thinking', thinking: 'Let me look.', signature: 'c2ln' };
const call = { id: 'toolu_1', type: 'function' };

const completion: JsonObject = {
  model: 'claude-sonnet-4-6',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'It is warm.',
        reasoning_content: 'Let me look.',
        thinking_blocks: [thinkingBlock, { type: 'redacted_thinking', data: 'aGlkZGVu' }],
        tool_calls: [
          { ...call, function: { name: 'get_weather', arguments: '{"city":"Lisbon"}' } },
        ],
      },
      finish_reason: 'tool_use',
    },
  ],
  usage: chatUsage,
};

const chatChunks: readonly (JsonObject | string)[] = [
  chunk({ role: 'assistant' }),
  chunk({ reasoning_content: 'Let me ' }),
  chunk({ reasoning_content: 'look.' }),
  chunk({ thinking_blocks: [thinkingBlock] }),
  chunk({ thinking_blocks: [{ type: 'redacted_thinking', data: 'aGlkZGVu' }] }),
  chunk({ content: 'It is ' }),
  chunk({ content: 'warm.' }),
  chunk({
    tool_calls: [{ ...call, index: 0, function: { name: 'get_weather', arguments: '' } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '"Lisbon"}' } }] }),
  { model: 'claude-sonnet-4-6', choices: [{ index: 0, delta: {}, finish_reason: 'tool_use' }] },
  { model: 'claude-sonnet-4-6', choices: [], usage: chatUsage },
  '[DONE]',
];

function chunk(said: JsonObject): JsonObject {
  return {
    model: 'claude-sonnet-4-6',
    choices: [{ index: 0, delta: said, finish_reason: null }],
    usage: null,
  };
}

const expected = {
  parts: [
    { kind: 'thinking', text: 'Let me look.', signature: 'c2ln' },
    { kind: 'redacted', data: 'aGlkZGVu' },
    { kind: 'text', text: 'It is warm.', citations: [] },
    { kind: 'call', id: 'toolu_1', name: 'get_weather', argumentsText: '{"city":"Lisbon"}' },
  ],
  model: 'claude-sonnet-4-6',
  usage: { input: 12, output: 34, cacheRead: 100, cacheWrite: 0 },
  stopReason: 'tool_use',
  error: undefined,
  isWhole: true,
};

function streamed(form: Form, events: readonly (JsonObject | string)[]): Answer {
  return events.reduce<Answer>(
    (answer, event) =>
      forms[form].take(answer, typeof event === 'string' ? event : JSON.stringify(event)),
    emptyAnswer,
  );
}

describe.each<[Form, readonly (JsonObject | string)[], JsonObject]>([
  ['messages', messageEvents, message],
  ['workers-ai', messageEvents, { result: message, success: true, errors: [] }],
  ['chat-completions', chatChunks, completion],
])('an answer in the form %s', (form, events, whole) => {
  test('is read event by event', () => {
    expect(streamed(form, events)).toMatchObject(expected);
  });

  test('is the same in one piece', () => {
    const { parts, usage: counts, isWhole } = forms[form].takeWhole(emptyAnswer, whole);
    expect({ parts, counts, isWhole }).toEqual({
      parts: expected.parts,
      counts: expected.usage,
      isWhole: true,
    });
  });

  test('is not whole before its last event', () => {
    expect(streamed(form, events.slice(0, -1)).isWhole).toBe(false);
  });

  test('may end with an error', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    const { error: told } = streamed(form, [...events.slice(0, 4), { type: 'error', error }]);
    expect(told).toMatchObject(error);
  });

  test('is not disturbed by what nobody knows', () => {
    const odd = [{ type: 'from_next_year', choices: 7 }, 'no JSON', '[]'];
    expect(streamed(form, [...events.slice(0, -1), ...odd, ...events.slice(-1)])).toMatchObject(
      expected,
    );
  });
});

test('a call without arguments has empty ones', () => {
  const tool = { type: 'tool_use', id: 'toolu_1', name: 'now', input: {} };
  const { parts } = streamed('messages', [
    { type: 'content_block_start', index: 0, content_block: tool },
    { type: 'content_block_stop', index: 0 },
  ]);
  expect(parts).toEqual([{ kind: 'call', id: 'toolu_1', name: 'now', argumentsText: '{}' }]);
});

test('what was not reported is not zero', () => {
  const { usage: counts } = streamed('messages', messageEvents.slice(1, 5));
  expect(counts).toEqual({});
});

test.each<[string, JsonObject, object]>([
  [
    'Messages',
    { type: 'error', error: { type: 'invalid_request_error', message: 'no' } },
    { type: 'invalid_request_error', message: 'no', code: '', param: '' },
  ],
  [
    'Chat Completions',
    { error: { type: 'x', message: 'no', param: 'model', code: 'model_not_found' } },
    { type: 'x', message: 'no', code: 'model_not_found', param: 'model' },
  ],
  [
    'Workers AI',
    { success: false, errors: [{ code: 7003, message: 'no' }] },
    { type: '', message: 'no', code: '7003', param: '' },
  ],
])('an error in the form of %s is read', (_name, body, error) => {
  expect(errorIn(body)).toEqual(error);
});
