import { describe, expect, test } from 'vitest';
import {
  blockStarted,
  blockStopped,
  callBlock,
  chunksIn,
  dataIn,
  ended,
  grown,
  started,
  stopped,
  streamOf,
  textBlock,
} from '../../../test/support/chat-answer.ts';
import type { ChatDelta } from '../../chat-form/chat-response.ts';
import type { JsonObject } from '../../std/json.ts';
import type { AnswerShape } from './answer-shape.ts';

/** A stream around these events. */
function around(
  events: readonly JsonObject[],
  stopReason = 'end_turn',
  more: JsonObject = {},
): readonly JsonObject[] {
  return [started, ...events, ended(stopReason, more), stopped];
}

/** The deltas of a stream without its first, which has the role, and its last, which is empty. */
function deltasOf(
  events: readonly JsonObject[],
  shape: Partial<AnswerShape> = {},
): readonly ChatDelta[] {
  const chunks = chunksIn(streamOf(events, shape));
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  expect(deltas.at(0)).toEqual({ role: 'assistant', content: '' });
  expect(deltas.at(-1)).toEqual({});
  return deltas.slice(1, -1);
}

function argumentsOf(events: readonly JsonObject[]): string {
  const calls = deltasOf(events).flatMap(({ tool_calls = [] }) => tool_calls);
  return calls.map((call) => call.function?.arguments ?? '').join('');
}

const thinkingStart = blockStarted(0, { type: 'thinking', thinking: '', signature: '' });
const think = (thinking: string): JsonObject => grown(0, { type: 'thinking_delta', thinking });
const sign = (signature: string): JsonObject => grown(0, { type: 'signature_delta', signature });

describe('a stream', () => {
  test('E01 the role, the texts, the reason to finish, the end', () => {
    const head = {
      id: 'chatcmpl-AAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      object: 'chat.completion.chunk',
      created: 1_762_343_744,
      model: 'anthropic/claude-sonnet-4.6',
    };
    const chunk = (delta: object): object => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason: null, logprobs: null }],
    });
    expect(chunksIn(streamOf(around(textBlock(0, 'a', 'b'))))).toEqual([
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'a' }),
      chunk({ content: 'b' }),
      {
        ...head,
        choices: [
          {
            index: 0,
            delta: {},
            finish_reason: 'stop',
            native_finish_reason: 'end_turn',
            logprobs: null,
          },
        ],
      },
    ]);
  });

  test('E02 usage where it was asked for: null until the last chunk, which has no choices', () => {
    const chunks = chunksIn(streamOf(around(textBlock(0, 'a')), { includesUsage: true }));
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null, null]);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    });
    expect(streamOf(around(textBlock(0, 'a')))).not.toContain('usage');
  });

  test('E03 a call behind a text has index 0', () => {
    const events = around([...textBlock(0, 'a'), ...callBlock(1, 'f', '{}')], 'tool_use');
    expect(deltasOf(events)).toEqual([
      { content: 'a' },
      {
        tool_calls: [
          { index: 0, id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '' } },
        ],
      },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    ]);
    expect(chunksIn(streamOf(events)).at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
  });

  test('E04 thinking first, then calls 0 and 1', () => {
    const thought = [thinkingStart, think('hm'), sign('s'), blockStopped(0)];
    const calls = [...callBlock(1, 'f', '{}'), ...callBlock(2, 'g', '{}')];
    const deltas = deltasOf(around([...thought, ...calls], 'tool_use'));
    expect(deltas.at(0)).toEqual({ reasoning_content: 'hm' });
    const indexes = deltas.flatMap(({ tool_calls = [] }) => tool_calls.map(({ index }) => index));
    expect(indexes).toEqual([0, 0, 1, 1]);
  });

  test('E05 id, name and type come once, the arguments in pieces', () => {
    const events = around(callBlock(0, 'f', '', '{"a', '":1}'), 'tool_use');
    const [first, ...others] = deltasOf(events).flatMap(({ tool_calls = [] }) => tool_calls);
    expect(first).toMatchObject({ id: 'toolu_0', type: 'function', function: { name: 'f' } });
    expect(others).toEqual([
      { index: 0, function: { arguments: '{"a' } },
      { index: 0, function: { arguments: '":1}' } },
    ]);
    expect(argumentsOf(events)).toBe('{"a":1}');
  });

  test.each([[[]], [['']], [['', '']]])('E06 a call with the pieces %j has {}', (pieces) => {
    expect(argumentsOf(around(callBlock(0, 'f', ...pieces), 'tool_use'))).toBe('{}');
  });

  test.each([[[]], [['']], [['{"a":', '1}']]])(
    'E07 arguments at the start, then the pieces %j: they come once',
    (pieces) => {
      const [, ...rest] = callBlock(0, 'f', ...pieces);
      const whole = { type: 'tool_use', id: 'toolu_0', name: 'f', input: { a: 1 } };
      expect(argumentsOf(around([blockStarted(0, whole), ...rest], 'tool_use'))).toBe('{"a":1}');
    },
  );

  test('E08 a ping is a comment, and never a chunk', () => {
    const ping = { type: 'ping' };
    const [open, ...rest] = textBlock(0, 'a');
    const stream = streamOf(around([ping, open ?? ping, ping, ping, ...rest]));
    expect(stream.match(/^: ping$/gm)).toHaveLength(3);
    expect(chunksIn(stream)).toEqual(chunksIn(streamOf(around(textBlock(0, 'a')))));
  });

  test('E09 a signature in two pieces is one, with all of its block', () => {
    const events = around([
      thinkingStart,
      think('h'),
      think('m'),
      sign('si'),
      sign('g'),
      blockStopped(0),
    ]);
    expect(deltasOf(events)).toEqual([
      { reasoning_content: 'h' },
      { reasoning_content: 'm' },
      { thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }] },
    ]);
    const details = deltasOf(events, { reasoning: 'content-blocks-and-details' });
    expect(details.flatMap(({ reasoning_details = [] }) => reasoning_details)).toEqual([
      { type: 'reasoning.text', text: 'h', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.text', text: 'm', format: 'anthropic-claude-v1', index: 0 },
      {
        type: 'reasoning.text',
        text: '',
        signature: 'sig',
        format: 'anthropic-claude-v1',
        index: 0,
      },
    ]);
  });

  test('E10 an error: said once, without an end that would look like success', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    const [open, words] = textBlock(0, 'a');
    const opening = [started, open ?? {}, words ?? {}];
    const stream = streamOf([...opening, { type: 'error', error }, ended('end_turn'), stopped]);
    const data = dataIn(stream);
    expect(JSON.parse(data.at(-1) ?? '')).toEqual({
      error: { message: 'Overloaded', type: 'server_error', param: null, code: 'overloaded' },
    });
    expect(stream).not.toContain('[DONE]');
    expect(stream).not.toMatch(/finish_reason":"/);
  });

  test.each<[string, JsonObject]>([
    ['E13 usage at the end without a prompt', { usage: { output_tokens: 7 } }],
    ['E14 a null prompt at the end', { usage: { output_tokens: 7, input_tokens: null } }],
  ])('%s: that of the start counts', (_name, more) => {
    const events = around(textBlock(0, 'a'), 'end_turn', more);
    expect(chunksIn(streamOf(events, { includesUsage: true })).at(-1)).toMatchObject({
      usage: { prompt_tokens: 10, completion_tokens: 7, total_tokens: 17 },
    });
  });

  test('E15 what is not known is ignored', () => {
    const [open = {}, words = {}, stop = {}] = textBlock(0, 'a');
    const unknown = [
      { type: 'event_of_next_year', x: 1 },
      grown(0, { type: 'delta_of_next_year', text: 'no' }),
      grown(9, { type: 'input_json_delta', partial_json: 'no' }),
      blockStarted(1, { type: 'block_of_next_year' }),
      grown(1, { type: 'text_delta', text: 'no' }),
      blockStopped(1),
    ];
    expect(streamOf(around([open, ...unknown, words, stop]))).toBe(
      streamOf(around(textBlock(0, 'a'))),
    );
  });

  test('E18 a refusal: the text so far stays, and what is said of it comes before the reason', () => {
    const delta = { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'No.' } };
    const events = around(textBlock(0, 'a'), 'refusal', { delta });
    expect(deltasOf(events)).toEqual([{ content: 'a' }, { refusal: 'No.' }]);
    expect(chunksIn(streamOf(events)).at(-1)?.choices[0]?.finish_reason).toBe('content_filter');
  });

  test('E20 with credits configured, usage comes unasked and says what it cost', () => {
    const costNanoUsd: NonNullable<AnswerShape['credits']>['costNanoUsd'] = (usage) =>
      BigInt(usage.inputTokens ?? 0) * 3000n + BigInt(usage.outputTokens ?? 0) * 15_000n;
    const events = around(textBlock(0, 'a'), 'end_turn', {
      usage: { input_tokens: 16, output_tokens: 264 },
    });
    const chunks = chunksIn(
      streamOf(events, { includesUsage: true, credits: { markupPercent: 30, costNanoUsd } }),
    );
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { total_tokens: 280 },
      meta: { usage: { credits_used: 10_421, usd_spent: 0.0052105 } },
    });
  });

  test('E21 server tools between texts leave no gap', () => {
    const server = [
      blockStarted(1, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      grown(1, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
      blockStopped(1),
      blockStarted(2, { type: 'web_search_tool_result', tool_use_id: 's', content: [] }),
      blockStopped(2),
    ];
    const events = around([...textBlock(0, 'a'), ...server, ...textBlock(3, 'b')]);
    expect(deltasOf(events)).toEqual([{ content: 'a' }, { content: 'b' }]);
  });

  test('E23 what stands in a start is not lost', () => {
    const text = [
      blockStarted(0, { type: 'text', text: 'Hel' }),
      grown(0, { type: 'text_delta', text: 'lo' }),
      blockStopped(0),
    ];
    expect(deltasOf(around(text))).toEqual([{ content: 'Hel' }, { content: 'lo' }]);
    const thought = [
      blockStarted(0, { type: 'thinking', thinking: 'h', signature: 's' }),
      think('m'),
      blockStopped(0),
    ];
    expect(deltasOf(around(thought)).at(-1)).toEqual({
      thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 's' }],
    });
  });

  test('a turn that went on in one event: its content is not lost', () => {
    const { message } = started as { readonly message: JsonObject };
    const content = [{ type: 'text', text: 'a' }];
    const whole = { ...message, content, stop_reason: 'max_tokens' };
    const stream = streamOf([{ type: 'message_start', message: whole }, stopped]);
    expect(chunksIn(stream).map(({ choices }) => choices[0]?.delta)).toEqual([
      { role: 'assistant', content: '' },
      { content: 'a' },
      {},
    ]);
    expect(chunksIn(stream).at(-1)?.choices[0]?.finish_reason).toBe('length');
  });

  test('a call cut by the limit keeps its pieces as they came', () => {
    const cut = (...pieces: readonly string[]): string =>
      argumentsOf(around(callBlock(0, 'f', ...pieces).slice(0, -1), 'max_tokens'));
    expect(cut('', '{"a":[1')).toBe('{"a":[1');
    expect(cut('')).toBe('');
  });

  test('a call of a tool that takes text comes in one piece, unwrapped, and not at all where it was cut', () => {
    const call = callBlock(0, 'f', '{"inp', 'ut": "x = \\"1\\""}');
    const shape = { customTools: new Set(['f']) };
    expect(
      deltasOf(around([...call, ...callBlock(1, 'g', '{}')], 'tool_use'), shape),
    ).toMatchObject([
      {
        tool_calls: [
          { index: 0, id: 'toolu_0', type: 'custom', custom: { name: 'f', input: 'x = "1"' } },
        ],
      },
      { tool_calls: [{ index: 1, id: 'toolu_1', type: 'function' }] },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
    ]);
    expect(deltasOf(around(call.slice(0, -1), 'max_tokens'), shape)).toEqual([]);
  });

  test('a call of such a tool that is too long to be gathered counts as cut', () => {
    const pieces = Array.from({ length: 9 }, () => 'x'.repeat(1024 * 1024));
    const events = around(callBlock(0, 'f', ...pieces), 'tool_use');
    const chunks = chunksIn(streamOf(events, { customTools: new Set(['f']) }));
    expect(chunks).toHaveLength(2);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('length');
  });

  test('functions of the form of 2023', () => {
    const events = around(
      [...callBlock(0, 'f', '{"a":1}'), ...callBlock(1, 'g', '{}')],
      'tool_use',
    );
    const shape = { callsAs: 'function_call' } as const;
    expect(deltasOf(events, shape)).toEqual([
      { function_call: { name: 'f', arguments: '' } },
      { function_call: { arguments: '{"a":1}' } },
    ]);
    const finish = chunksIn(streamOf(events, shape)).at(-1)?.choices[0]?.finish_reason;
    expect(finish).toBe('function_call');
  });

  test('each chunk names the tier that serves it', () => {
    const { message } = started as { readonly message: JsonObject };
    const usage = { input_tokens: 1, output_tokens: 1, service_tier: 'priority' };
    const start = { type: 'message_start', message: { ...message, usage } };
    const chunks = chunksIn(streamOf([start, ...textBlock(0, 'a'), ended('end_turn'), stopped]));
    expect(chunks.map(({ service_tier }) => service_tier)).toEqual([
      'priority',
      'priority',
      'priority',
    ]);
  });

  test('a chunk is one line, whatever its reader takes for the end of one', () => {
    const text = 'a\u0085b\u2028c\u2029d\ne\rf';
    const stream = streamOf(around(textBlock(0, text)));
    expect(stream).not.toMatch(/[\u0085\u2028\u2029\r]/);
    expect(deltasOf(around(textBlock(0, text)))).toEqual([{ content: text }]);
  });

  test('after its end a stream says nothing more', () => {
    const events = around(textBlock(0, 'a'));
    expect(streamOf([...events, stopped, started, { type: 'ping' }])).toBe(streamOf(events));
  });
});
