import { describe, expect, test } from 'vitest';
import type { AnswerReader } from './chat-answer.ts';
import { tokensOf } from './chat-answer.ts';
import { ChatAnswerReader } from './chat-answer-reader.ts';
import { MessagesAnswerReader } from './messages-answer-reader.ts';

const started = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 9, output_tokens: 1 },
  },
};
const delta = (index: number, change: object): object => ({
  type: 'content_block_delta',
  index,
  delta: change,
});
const messagesEvents = [
  started,
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
  delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
  delta(0, { type: 'signature_delta', signature: 's' }),
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'ping' },
  { type: 'event_of_next_year' },
  delta(1, { type: 'text_delta', text: 'Hello' }),
  { type: 'content_block_stop', index: 1 },
  {
    type: 'content_block_start',
    index: 2,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
  },
  delta(2, { type: 'input_json_delta', partial_json: '{"city":' }),
  delta(2, { type: 'input_json_delta', partial_json: '"Bonn"}' }),
  { type: 'content_block_stop', index: 2 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 20 },
  },
  { type: 'message_stop' },
].map((event) => JSON.stringify(event));

const chunk = (change: object, finish: string | null = null): string =>
  JSON.stringify({
    id: 'chatcmpl-1',
    model: 'anthropic/claude-sonnet-4.6',
    choices: [{ index: 0, delta: change, finish_reason: finish }],
  });
const chatEvents = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'Hm' }),
  chunk({ content: 'Hello' }),
  chunk({
    tool_calls: [
      { index: 0, id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '' } },
    ],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '"Bonn"}' } }] }),
  chunk({}, 'tool_calls'),
  JSON.stringify({
    id: 'chatcmpl-1',
    choices: [],
    usage: { prompt_tokens: 9, completion_tokens: 20 },
  }),
  '[DONE]',
];

describe.each<[string, () => AnswerReader, readonly string[], string]>([
  ['Messages', () => new MessagesAnswerReader(), messagesEvents, 'tool_use'],
  ['Chat Completions', () => new ChatAnswerReader(), chatEvents, 'tool_calls'],
])('an answer in the form %s', (_form, reader, events, stopReason) => {
  test('comes in pieces and is whole at its end', () => {
    const reading = reader();
    expect(events.flatMap((event) => reading.take(event))).toEqual([
      { kind: 'thinking', text: 'Hm' },
      { kind: 'text', text: 'Hello' },
      { kind: 'call', text: 'weather' },
      { kind: 'arguments', text: '{"city":' },
      { kind: 'arguments', text: '"Bonn"}' },
    ]);
    const answer = reading.soFar();
    expect(answer).toMatchObject({
      id: expect.stringContaining('1') as string,
      stopReason,
      isComplete: true,
      calls: [{ id: 'toolu_1', name: 'weather', input: { city: 'Bonn' } }],
    });
    expect(tokensOf(answer.usage)).toMatchObject({ input: 9, output: 20 });
  });

  test('is not whole before', () => {
    const reading = reader();
    for (const event of events.slice(0, -1)) reading.take(event);
    expect(reading.soFar().isComplete).toBe(false);
    expect(reading.soFar().model).toContain('claude-sonnet-4');
  });

  test('that fails says why', () => {
    const reading = reader();
    reading.take(events[0] ?? '');
    const failed = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(() => reading.take(JSON.stringify(failed))).toThrow('overloaded_error: Overloaded');
  });

  test('is not disturbed by what is no event', () => {
    expect(reader().take('no JSON')).toEqual([]);
    expect(reader().take('[1]')).toEqual([]);
  });
});
