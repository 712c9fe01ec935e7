import { describe, expect, test } from 'vitest';
import {
  callBlock,
  facts,
  messageOf,
  named,
  said,
  signed,
  textBlock,
} from '../../../test/support/decode-chunks.ts';
import { chunk, finish, usage, usageChunk } from '../../../test/support/engine-chunks.ts';
import type { MessagesEvent } from '../../messages/events.ts';
import type { JsonValue } from '../../std/json.ts';
import { AnswerDecoder } from './answer-decoder.ts';

describe('how it ends', () => {
  test.each<readonly [string, object, object]>([
    ['stop', finish('stop'), { stop_reason: 'end_turn' }],
    ['length', finish('length'), { stop_reason: 'max_tokens' }],
    ['tool_calls without any', finish('tool_calls'), { stop_reason: 'end_turn' }],
    [
      'content_filter',
      finish('content_filter'),
      {
        stop_reason: 'refusal',
        stop_details: { type: 'refusal', category: null, explanation: null },
      },
    ],
    [
      'a sequence by its text',
      finish('stop', { stop_reason: 'STOP' }),
      { stop_reason: 'stop_sequence', stop_sequence: 'STOP' },
    ],
    [
      'a sequence in the other field',
      finish('stop', { matched_stop: 'END' }),
      { stop_reason: 'stop_sequence', stop_sequence: 'END' },
    ],
    ['a token', finish('stop', { matched_stop: 128_009 }), { stop_reason: 'end_turn' }],
    [
      'the native reason',
      finish('length', { native_finish_reason: 'model_context_window_exceeded' }),
      { stop_reason: 'model_context_window_exceeded' },
    ],
    ['a word of next year', finish('new_thing'), { stop_reason: 'end_turn' }],
  ])('%s', (_name, last, expected) => {
    expect(said([chunk({ content: 'a' }), last])).toMatchObject({
      stop_sequence: null,
      ...expected,
    });
  });

  test('what is refused is said in the details', () => {
    const chunks = [chunk({ refusal: 'I will ' }), chunk({ refusal: 'not' }), finish('stop')];
    expect(said(chunks)).toMatchObject({
      content: [],
      stop_reason: 'refusal',
      stop_details: { explanation: 'I will not' },
    });
  });

  test('the one sequence that there is was the one', () => {
    const last = finish('stop', { native_finish_reason: 'stop_sequence' });
    expect(said([last], { stopSequences: ['END'] })).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    });
  });

  test.each<readonly [string, readonly object[]]>([
    ['no chunk', []],
    ['no reason', [chunk({ content: 'a' })]],
    ['an empty reason', [chunk({ content: 'a' }, { finish_reason: '' }), usageChunk]],
  ])('%s is no end', (_name, chunks) => {
    const decoder = new AnswerDecoder(facts, () => {});
    for (const one of chunks) decoder.take(one as JsonValue);
    expect([decoder.isFinished, decoder.finish()]).toEqual([false, false]);
  });
});

describe('usage', () => {
  test.each<readonly [string, readonly object[]]>([
    ['in a chunk of its own', [finish('stop'), usageChunk]],
    ['with the reason', [{ ...finish('stop'), usage }]],
    [
      'with every chunk',
      [
        { ...chunk({ content: 'a' }), usage },
        { ...finish('stop'), usage },
      ],
    ],
  ])('%s', (_name, chunks) => {
    expect(said(chunks).usage).toMatchObject({ input_tokens: 15, output_tokens: 7 });
  });

  test('what is not said is counted', () => {
    const message = said([chunk({ reasoning: 'ab', content: 'cd' }), finish('stop')]);
    expect(message.usage).toMatchObject({ input_tokens: 13, output_tokens: 4 });
  });

  test('whether it was', () => {
    const decoder = new AnswerDecoder(facts, () => {});
    decoder.take(finish('stop') as JsonValue);
    expect(decoder.isUsageEstimated).toBe(true);
    decoder.take(usageChunk as JsonValue);
    expect(decoder.isUsageEstimated).toBe(false);
  });
});

describe('one piece is a stream of one chunk', () => {
  const whole = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: [{ type: 'text', text: 'So' }],
          reasoning_content: 'Hm, yes',
          thinking_blocks: [signed],
          tool_calls: [
            { type: 'function', function: named('f', '{"a":1,"b":') },
            { type: 'function', function: named('f', '') },
          ],
        },
        finish_reason: 'length',
      },
    ],
    usage,
  };

  test('thinking, text and calls, those that were cut with what was whole of them', () => {
    expect(said([whole])).toMatchObject({
      content: [
        signed,
        textBlock('So'),
        callBlock('toolu_X_1', 'f', { a: 1 }),
        callBlock('toolu_X_2', 'f', {}),
      ],
      stop_reason: 'max_tokens',
      usage: { input_tokens: 15, output_tokens: 7 },
    });
  });

  test('without a reason it has ended all the same', () => {
    const events: MessagesEvent[] = [];
    const decoder = new AnswerDecoder(facts, (event) => events.push(event));
    const silent = { choices: [{ message: { content: 'So' }, finish_reason: null }] };
    expect(decoder.take(silent)).toBeUndefined();
    expect(decoder.finishWhole()).toBeUndefined();
    expect(messageOf(events)).toMatchObject({
      content: [textBlock('So')],
      stop_reason: 'end_turn',
    });
  });
});

describe('errors in the place of a chunk', () => {
  test.each<readonly [string, JsonValue, string, string | undefined]>([
    ['an object', { error: { message: 'no', type: 'rate_limit_error' } }, 'rate_limited', 'no'],
    ['a text', { error: 'no' }, 'upstream_failed', 'no'],
    ['a number', { error: { message: 'no', code: 429 } }, 'rate_limited', 'no'],
    ['a number as text', { error: { message: 'no', code: '503' } }, 'overloaded', 'no'],
    [
      'the more exact word',
      { error: { message: 'no', type: 'server_error', code: 'overloaded' } },
      'overloaded',
      'no',
    ],
    [
      'beside a choice',
      { ...finish('error'), error: { code: 502, message: 'no' } },
      'upstream_failed',
      'no',
    ],
    [
      'in a choice',
      { choices: [{ delta: {}, error: { code: 400, message: 'no' } }] },
      'invalid_request',
      'no',
    ],
    ['flat', { object: 'error', message: 'no', code: 400 }, 'invalid_request', 'no'],
    ['a detail', { detail: 'no' }, 'upstream_failed', 'no'],
    ['a reason alone', finish('error') as JsonValue, 'upstream_failed', undefined],
    ['a text for a chunk', 'no', 'upstream_failed', 'no'],
  ])('%s', (_name, value, code, message) => {
    const failed = new AnswerDecoder(facts, () => {}).take(value);
    expect(failed).toMatchObject({
      code,
      ...(message === undefined ? {} : { detail: message }),
    });
  });
});
