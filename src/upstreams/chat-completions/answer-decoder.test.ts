import { describe, expect, test } from 'vitest';
import {
  callBlock,
  eventsOf,
  facts,
  named,
  said,
  signed,
  textBlock,
} from '../../../test/support/decode-chunks.ts';
import { callDelta, chunk, finish, usageChunk } from '../../../test/support/engine-chunks.ts';
import type { JsonValue } from '../../std/json.ts';
import { AnswerDecoder } from './answer-decoder.ts';

test('the events of a short answer', () => {
  const chunks = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'a' }),
    finish('stop'),
  ];
  expect(eventsOf([...chunks, usageChunk])).toEqual([
    {
      type: 'message_start',
      message: {
        model: 'claude-sonnet-4-6',
        id: 'msg_X',
        type: 'message',
        role: 'assistant',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: 11,
          cache_creation_input_tokens: null,
          cache_read_input_tokens: null,
          output_tokens: 0,
        },
      },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: {
        input_tokens: 15,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 5,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 2 },
      },
    },
    { type: 'message_stop' },
  ]);
});

const args = (json: string): object => ({ arguments: json });

describe('calls of tools, whatever an engine repeats or leaves out', () => {
  test.each<readonly [string, readonly object[], readonly object[]]>([
    [
      'letter by letter',
      [callDelta(0, named('f'), 'c1'), callDelta(0, args('{"a"')), callDelta(0, args(':1}'))],
      [callBlock('c1', 'f', { a: 1 })],
    ],
    [
      'two, one after the other',
      [
        callDelta(0, named('f'), 'c1'),
        callDelta(0, args('{}')),
        callDelta(1, named('g'), 'c2'),
        callDelta(1, args('{"b":2}')),
      ],
      [callBlock('c1', 'f', {}), callBlock('c2', 'g', { b: 2 })],
    ],
    [
      'in turns',
      [
        callDelta(0, named('f'), 'c1'),
        callDelta(1, named('g'), 'c2'),
        callDelta(0, args('{"a":')),
        callDelta(1, args('{"b":')),
        callDelta(0, args('1}')),
        callDelta(1, args('2}')),
      ],
      [callBlock('c1', 'f', { a: 1 }), callBlock('c2', 'g', { b: 2 })],
    ],
    [
      'the id with every piece',
      [callDelta(0, named('f', '{"a"'), 'c1'), callDelta(0, args(':1}'), 'c1')],
      [callBlock('c1', 'f', { a: 1 })],
    ],
    [
      'the name with every piece',
      [callDelta(0, named('f', '{"a"'), 'c1'), callDelta(0, named('f', ':1}'))],
      [callBlock('c1', 'f', { a: 1 })],
    ],
    [
      'one index for all, arguments at once',
      [callDelta(0, named('f', '{"a":1}'), 'c1'), callDelta(0, named('g', '{"b":2}'), 'c2')],
      [callBlock('c1', 'f', { a: 1 }), callBlock('c2', 'g', { b: 2 })],
    ],
    [
      'one index for all and no ids',
      [callDelta(0, named('f', '{"a":1}')), callDelta(0, named('g', '{"b":2}'))],
      [callBlock('toolu_X_1', 'f', { a: 1 }), callBlock('toolu_X_2', 'g', { b: 2 })],
    ],
    [
      'no index',
      [
        callDelta(undefined, named('f', '{"a"'), 'c1'),
        callDelta(undefined, args(':1}')),
        callDelta(undefined, named('g', '{}'), 'c2'),
      ],
      [callBlock('c1', 'f', { a: 1 }), callBlock('c2', 'g', {})],
    ],
    [
      'the name after the arguments',
      [callDelta(0, args('{"a":1}'), 'c1'), callDelta(0, { name: 'f' })],
      [callBlock('c1', 'f', { a: 1 })],
    ],
    ['no arguments', [callDelta(0, named('f'), 'c1')], [callBlock('c1', 'f', {})]],
    ['null for none', [callDelta(0, named('f', 'null'), 'c1')], [callBlock('c1', 'f', {})]],
    [
      'arguments that are an object already',
      [callDelta(0, { name: 'f', arguments: { a: 1 } }, 'c1')],
      [callBlock('c1', 'f', { a: 1 })],
    ],
    [
      'ids in letters that callers may not bring back',
      [callDelta(0, named('f', '{}'), 'f.x:0'), callDelta(1, named('f', '{}'), 'f:x.0')],
      [callBlock('f_x_0', 'f', {}), callBlock('f_x_0_2', 'f', {})],
    ],
    [
      'the form of 2023',
      [chunk({ function_call: named('f', '{"a"') }), chunk({ function_call: args(':1}') })],
      [callBlock('toolu_X_1', 'f', { a: 1 })],
    ],
    [
      'text before and between',
      [
        { content: 'First' },
        callDelta(0, named('f', '{"a":1}'), 'c1'),
        { content: 'then' },
        callDelta(1, named('g', '{}'), 'c2'),
      ],
      [
        textBlock('First'),
        callBlock('c1', 'f', { a: 1 }),
        textBlock('then'),
        callBlock('c2', 'g', {}),
      ],
    ],
    [
      'braces in strings end nothing',
      [
        callDelta(0, named('f', '{"a":"}\\"'), 'c1'),
        callDelta(1, named('g', '{}'), 'c2'),
        callDelta(0, args('}"}')),
      ],
      [callBlock('c1', 'f', { a: '}"}' }), callBlock('c2', 'g', {})],
    ],
  ])('%s', (_name, pieces, content) => {
    const deltas = pieces.map((piece) => ('choices' in piece ? piece : chunk(piece)));
    const message = said([...deltas, finish('tool_calls')]);
    expect(message).toMatchObject({ content, stop_reason: 'tool_use' });
  });

  test('a call that an engine ends with `stop` is one all the same', () => {
    const chunks = [chunk(callDelta(0, named('f', '{}'), 'c1')), finish('stop')];
    expect(said(chunks).stop_reason).toBe('tool_use');
  });

  test('the first one is passed on while another waits for it', () => {
    const types = eventsOf([
      chunk(callDelta(0, named('f'), 'c1')),
      chunk(callDelta(1, named('g', '{}'), 'c2')),
      chunk(callDelta(0, args('{"a":1}'))),
      finish('tool_calls'),
    ]).flatMap((event) => ('index' in event ? [`${event.type} ${String(event.index)}`] : []));
    expect(types).toEqual([
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_stop 1',
    ]);
  });

  test.each<readonly [string, readonly object[]]>([
    [
      'arguments of a call that had ended',
      [
        chunk(callDelta(0, named('f', '{}'), 'c1')),
        chunk(callDelta(1, named('g', '{}'), 'c2')),
        chunk(callDelta(0, args('{"more":1}'))),
      ],
    ],
    [
      'more calls than anybody makes',
      [
        chunk({
          tool_calls: Array.from({ length: 1001 }, (_, index) => ({
            index,
            id: `c${String(index)}`,
            function: named('f', '{}'),
          })),
        }),
      ],
    ],
  ])('%s are a fault', (_name, chunks) => {
    const decoder = new AnswerDecoder(facts, () => {});
    const failed = chunks.map((one) => decoder.take(one as JsonValue)).at(-1);
    expect(failed).toMatchObject({ kind: 'refusal', code: 'upstream_failed' });
  });
});

const redacted = { type: 'redacted_thinking', data: 'xyz' };

describe('thinking, in every convention', () => {
  test.each<readonly [string, readonly object[], readonly object[]]>([
    [
      'words alone',
      [{ reasoning_content: 'Hm, ' }, { reasoning_content: 'yes' }],
      [{ ...signed, signature: '' }],
    ],
    ['the other name', [{ reasoning: 'Hm, yes' }], [{ ...signed, signature: '' }]],
    [
      'words, then the whole again with its signature',
      [{ reasoning_content: 'Hm, ' }, { reasoning_content: 'yes' }, { thinking_blocks: [signed] }],
      [signed],
    ],
    [
      'pieces in both fields, the signature last',
      [
        { reasoning_content: 'Hm, ', thinking_blocks: [{ type: 'thinking', thinking: 'Hm, ' }] },
        { reasoning_content: 'yes', thinking_blocks: [{ type: 'thinking', thinking: 'yes' }] },
        { thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'sig' }] },
      ],
      [signed],
    ],
    ['whole blocks', [{ thinking_blocks: [signed, redacted, signed] }], [signed, redacted, signed]],
    [
      'a signature without words',
      [{ thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'sig' }] }],
      [{ ...signed, thinking: '' }],
    ],
    [
      'details in pieces',
      [
        {
          reasoning: 'Hm, ',
          reasoning_details: [{ type: 'reasoning.text', text: 'Hm, ', index: 0 }],
        },
        {
          reasoning: 'yes',
          reasoning_details: [{ type: 'reasoning.text', text: 'yes', index: 0 }],
        },
        { reasoning_details: [{ type: 'reasoning.text', signature: 'sig', index: 0 }] },
        { reasoning_details: [{ type: 'reasoning.encrypted', data: 'xyz', index: 1 }] },
      ],
      [signed, redacted],
    ],
    [
      'details of another vendor count as words',
      [
        {
          reasoning: 'Hm, yes',
          reasoning_details: [
            { type: 'reasoning.encrypted', data: 'o', format: 'openai-responses-v1' },
          ],
        },
      ],
      [{ ...signed, signature: '' }],
    ],
  ])('%s', (_name, deltas, thinking) => {
    const message = said([
      ...deltas.map((delta) => chunk(delta)),
      chunk({ content: 'So' }),
      finish('stop'),
    ]);
    expect(message.content).toEqual([...thinking, textBlock('So')]);
  });
});
