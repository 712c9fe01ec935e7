import { describe, expect, test } from 'vitest';
import {
  assistant,
  call,
  decodeConversation,
  refusedConversation,
  tool,
  user,
} from '../../../../test/support/decode-conversation.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';

const use = (id: string, input: JsonObject = {}, name = 'f'): JsonObject => ({
  type: 'tool_use',
  id,
  name,
  input,
});
const result = (id: string, content?: JsonValue, more: JsonObject = {}): JsonObject => ({
  type: 'tool_result',
  tool_use_id: id,
  ...(content === undefined ? {} : { content }),
  ...more,
});
const text = (value: string): JsonObject => ({ type: 'text', text: value });
const calling = (...calls: readonly JsonObject[]): JsonObject =>
  assistant(null, { tool_calls: calls });
const aloud = assistant('thinking aloud', { tool_calls: [call('t1'), call('t2', 'g')] });
const saidAloud = assistant([text('thinking aloud'), use('t1'), use('t2', {}, 'g')]);

interface Case {
  readonly name: string;
  readonly messages: readonly JsonValue[];
  readonly turns: readonly JsonValue[];
}

describe('calls and their results', () => {
  test.each<Case>([
    {
      name: 'B19 a call and its result',
      messages: [user('a'), calling(call('t1', 'f', '{"a":1}')), tool('t1', 'ok')],
      turns: [user('a'), assistant([use('t1', { a: 1 })]), user([result('t1', 'ok')])],
    },
    {
      name: 'B20 text stays beside calls, and all results are one turn',
      messages: [user('a'), aloud, tool('t1', '1'), tool('t2', '2')],
      turns: [user('a'), saidAloud, user([result('t1', '1'), result('t2', '2')])],
    },
    {
      name: 'B21 what the user says stands behind the results',
      messages: [user('a'), aloud, tool('t1', '1'), tool('t2', '2'), user('and?')],
      turns: [user('a'), saidAloud, user([result('t1', '1'), result('t2', '2'), text('and?')])],
    },
    {
      name: 'B22 results come before what was said in the meantime',
      messages: [user('a'), calling(call('t1')), user('wait'), tool('t1', 'ok')],
      turns: [user('a'), assistant([use('t1')]), user([result('t1', 'ok'), text('wait')])],
    },
    {
      name: 'calls of two messages in a row are one turn',
      messages: [calling(call('t1')), calling(call('t2')), tool('t1', '1'), tool('t2', '2')],
      turns: [assistant([use('t1'), use('t2')]), user([result('t1', '1'), result('t2', '2')])],
    },
    {
      name: 'B25 no arguments are an empty object',
      messages: [
        calling(call('t1', 'f', ''), call('t2', 'f', null), call('t3', 'f', ' ')),
        tool('t1', '1'),
        tool('t2', '2'),
        tool('t3', '3'),
      ],
      turns: [
        assistant([use('t1'), use('t2'), use('t3')]),
        user([result('t1', '1'), result('t2', '2'), result('t3', '3')]),
      ],
    },
    {
      name: 'arguments that are an object already are taken',
      messages: [calling(call('t1', 'f', { kind: 'refusal' })), tool('t1', '1')],
      turns: [assistant([use('t1', { kind: 'refusal' })]), user([result('t1', '1')])],
    },
    {
      name: 'a call of a tool that takes text',
      messages: [
        calling({ id: 't1', type: 'custom', custom: { name: 'f', input: 'abc' } }),
        tool('t1', '1'),
      ],
      turns: [assistant([use('t1', { input: 'abc' })]), user([result('t1', '1')])],
    },
    {
      name: 'B30 an empty result has no content',
      messages: [calling(call('t1')), tool('t1', '')],
      turns: [assistant([use('t1')]), user([result('t1')])],
    },
    {
      name: 'a result without content, and one of blank parts, have none',
      messages: [calling(call('t1'), call('t2')), tool('t1', null), tool('t2', [text(' ')])],
      turns: [assistant([use('t1'), use('t2')]), user([result('t1'), result('t2')])],
    },
    {
      name: 'B31 a result of text and a picture',
      messages: [
        calling(call('t1')),
        tool('t1', [
          text('see'),
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } },
        ]),
      ],
      turns: [
        assistant([use('t1')]),
        user([
          result('t1', [
            text('see'),
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0K' },
            },
          ]),
        ]),
      ],
    },
    {
      name: 'B32 a failure is told, and never guessed from the text',
      messages: [
        calling(call('t1'), call('t2'), call('t3')),
        tool('t1', 'x', { is_error: true }),
        tool('t2', '{"error":"x"}'),
        tool('t3', 'x', { is_error: false }),
      ],
      turns: [
        assistant([use('t1'), use('t2'), use('t3')]),
        user([
          result('t1', 'x', { is_error: true }),
          result('t2', '{"error":"x"}'),
          result('t3', 'x'),
        ]),
      ],
    },
    {
      name: 'B38 a call of 2023 and its result share an id',
      messages: [
        assistant(null, { function_call: { name: 'f', arguments: '{}' } }),
        { role: 'function', name: 'f', content: 'r' },
        assistant(null, { function_call: { name: 'f', arguments: '{"b":2}' } }),
        { role: 'function', name: 'f', content: 's' },
      ],
      turns: [
        assistant([use('call_fn_1')]),
        user([result('call_fn_1', 'r')]),
        assistant([use('call_fn_2', { b: 2 })]),
        user([result('call_fn_2', 's')]),
      ],
    },
    {
      name: 'calls and results of the Messages form follow the same rules',
      messages: [
        assistant([text('a'), use('t.1', { a: 1 })]),
        user([text('b'), result('t.1', [text('r')])]),
      ],
      turns: [
        assistant([text('a'), use('t_1', { a: 1 })]),
        user([result('t_1', [text('r')]), text('b')]),
      ],
    },
  ])('$name', ({ messages, turns }) => {
    expect(decodeConversation(messages).messages).toEqual(turns);
  });

  test('arguments go on to the letter, whatever their numbers are', () => {
    const json = '{"id":1234567890123456789,"at":[1.0,2e3]}';
    const { messages } = decodeConversation([calling(call('t1', 'f', json)), tool('t1', 'r')]);
    expect(JSON.stringify(messages)).toContain(`"input":${json}`);
  });

  test('the tools that are called are named in their order, each once', () => {
    const { calledTools } = decodeConversation([
      calling(call('1', 'g'), call('2', 'f'), call('3', 'g')),
      tool('1', ''),
      tool('2', ''),
      tool('3', ''),
      assistant([use('4', {}, 'h')]),
      tool('4', ''),
    ]);
    expect(calledTools).toEqual(['g', 'f', 'h']);
  });
});

describe('ids of calls', () => {
  function idsOf(messages: readonly JsonValue[]): readonly JsonValue[] {
    return decodeConversation(messages).messages.flatMap(({ content }) =>
      (content as unknown as readonly JsonValue[])
        .filter((block) => isJsonObject(block))
        .map((block) => block['id'] ?? block['tool_use_id'] ?? null),
    );
  }

  test('B28 a call and its result have the same id, in the alphabet of the Messages form', () => {
    const ids = idsOf([calling(call('call.1:x')), tool('call.1:x', 'r')]);
    expect(ids).toEqual(['call_1_x', 'call_1_x']);
  });

  test('B29 ids that differ in other characters stay different', () => {
    const [first, second, ...results] = idsOf([
      calling(call('a.b'), call('a:b')),
      tool('a:b', '2'),
      tool('a.b', '1'),
    ]);
    expect(first).toBe('a_b');
    expect(second).toMatch(/^a_b_[0-9a-f]{8}$/);
    expect(results).toEqual([second, first]);
  });

  test('an id that an earlier one became is another', () => {
    const [first, second] = idsOf([
      calling(call('a.b'), call('a_b')),
      tool('a.b', '1'),
      tool('a_b', '2'),
    ]);
    expect(first).toBe('a_b');
    expect(second).not.toBe('a_b');
  });

  test('a client that begins anew at every turn gets ids that are unique, and keeps them', () => {
    const turn = [calling(call('call_0')), tool('call_0', 'r')];
    const twice = idsOf([...turn, ...turn]);
    const thrice = idsOf([...turn, ...turn, ...turn]);
    expect(new Set(thrice).size).toBe(3);
    expect(thrice.slice(0, 4)).toEqual(twice);
  });

  test('an empty id is one', () => {
    expect(idsOf([calling(call('')), tool('', 'r')])).toEqual(['call', 'call']);
  });

  test('many calls of one id take no more time each', () => {
    const turn = [calling(call('call_0')), tool('call_0', 'r')];
    const ids = idsOf(Array.from({ length: 20_000 }, () => turn).flat());
    expect(new Set(ids).size).toBe(20_000);
  });
});

describe('calls and results that do not fit are refused, with the field that is wrong', () => {
  const at = 'messages[1].tool_calls[0]';
  test.each<readonly [string, readonly JsonValue[], string]>([
    ['B24 a result without a call', [user('a'), tool('zz', 'r')], 'messages[1].tool_call_id'],
    [
      'a result of a call further up',
      [calling(call('t1')), tool('t1', 'r'), assistant('a'), tool('t1', 'r')],
      'messages[3].tool_call_id',
    ],
    [
      'two results of one call',
      [calling(call('t1')), tool('t1', 'r'), tool('t1', 's')],
      'messages[2].tool_call_id',
    ],
    [
      'a result of the Messages form without a call',
      [user([text('a'), result('zz')])],
      'messages[0].content[1].tool_use_id',
    ],
    [
      'two calls of one id in a turn',
      [user('a'), calling(call('t1'), call('t1')), tool('t1', 'r')],
      'messages[1].tool_calls[1].id',
    ],
    ['a call at the end', [user('a'), calling(call('t1'))], 'messages'],
    [
      'B26 arguments that are not JSON',
      [user('a'), calling(call('t', 'f', '{bad'))],
      `${at}.function.arguments`,
    ],
    [
      'B27 arguments that are no object',
      [user('a'), calling(call('t', 'f', '[1]'))],
      `${at}.function.arguments`,
    ],
    [
      'arguments that are the text of a number',
      [user('a'), calling(call('t', 'f', '1.0'))],
      `${at}.function.arguments`,
    ],
    [
      'arguments that are a number',
      [user('a'), calling(call('t', 'f', 5))],
      `${at}.function.arguments`,
    ],
    [
      'arguments that are nested too deep',
      [user('a'), calling(call('t', 'f', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`))],
      `${at}.function.arguments`,
    ],
    [
      'calls that are no array',
      [user('a'), assistant('b', { tool_calls: {} })],
      'messages[1].tool_calls',
    ],
    ['a call that is no object', [user('a'), assistant('b', { tool_calls: ['x'] })], at],
    ['a call without an id', [user('a'), calling({ function: { name: 'f' } })], `${at}.id`],
    ['a call of another type', [user('a'), calling({ id: 'a', type: 'web' })], `${at}.type`],
    [
      'a call without a function',
      [user('a'), calling({ id: 'a', type: 'function' })],
      `${at}.function`,
    ],
    ['a function without a name', [user('a'), calling(call('t', ''))], `${at}.function.name`],
    [
      'a custom call without its half',
      [user('a'), calling({ id: 'a', type: 'custom' })],
      `${at}.custom`,
    ],
    [
      'a custom call without text',
      [user('a'), calling({ id: 'a', type: 'custom', custom: { name: 'f' } })],
      `${at}.custom.input`,
    ],
    [
      'a result without an id',
      [user('a'), { role: 'tool', content: 'r' }],
      'messages[1].tool_call_id',
    ],
    ['a result that is a number', [calling(call('t')), tool('t', 5)], 'messages[1].content'],
    [
      'a result with sound',
      [calling(call('t')), tool('t', [{ type: 'input_audio' }])],
      'messages[1].content[0].type',
    ],
    [
      'a failure that is text',
      [calling(call('t')), tool('t', 'r', { is_error: 'yes' })],
      'messages[1].is_error',
    ],
    [
      'a result of 2023 without a call',
      [user('a'), { role: 'function', name: 'f', content: 'r' }],
      'messages[1].name',
    ],
    [
      'a result of 2023 without a name',
      [user('a'), { role: 'function', content: 'r' }],
      'messages[1].name',
    ],
    [
      'a call of 2023 with bad arguments',
      [user('a'), assistant(null, { function_call: { name: 'f', arguments: '[' } })],
      'messages[1].function_call.arguments',
    ],
    [
      'a call of the Messages form without input',
      [user('a'), assistant([{ type: 'tool_use', id: 'a', name: 'f' }])],
      'messages[1].content[0].input',
    ],
  ])('%s', (_name, messages, param) => {
    expect(refusedConversation(messages)?.param).toBe(param);
  });

  test('B23 a call without its result is refused, and named', () => {
    const refused = refusedConversation([user('a'), aloud, tool('t1', '1')]);
    expect(refused?.param).toBe('messages');
    expect(refused?.text).toMatch(/did not have response messages: t2$/);
  });

  test('what is named of an id is short', () => {
    const refused = refusedConversation([calling(call('x'.repeat(100_000)))]);
    expect(refused?.text.length).toBeLessThan(500);
  });
});
