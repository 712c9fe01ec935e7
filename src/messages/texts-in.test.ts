import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../std/json.ts';
import { textsIn } from './texts-in.ts';

describe('what is said', () => {
  test.each<[string, JsonValue, readonly string[]]>([
    ['a text', { role: 'user', content: 'hi' }, ['hi']],
    [
      'blocks, in their order',
      [
        { type: 'text', text: 'a' },
        { type: 'thinking', thinking: 'b', signature: 's' },
      ],
      ['a', 'b'],
    ],
    [
      'a call of a tool: names, numbers and texts of its input',
      { type: 'tool_use', id: 'toolu_1', name: 'pay', input: { id: 41, to: ['x', true, null] } },
      ['pay', 'id', 'to', '41', 'x'],
    ],
    [
      'a result of a tool',
      { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'a' }] },
      ['a'],
    ],
    [
      'a document of text',
      { source: { type: 'text', media_type: 'text/plain', data: 'a' }, title: 'b' },
      ['a', 'b'],
    ],
    [
      'a text in base64',
      {
        source: {
          type: 'base64',
          media_type: 'text/csv',
          data: Buffer.from('é,1').toString('base64'),
        },
      },
      ['é,1'],
    ],
    ['media', { source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }, []],
    ['what is sealed', { type: 'redacted_thinking', data: 'AAAA' }, []],
    ['what is not known yet', { type: 'from_next_year', news: ['a', { more: 'b' }] }, ['a', 'b']],
    ['numbers of the request', { max_tokens: 5, temperature: 0.5 }, []],
  ])('%s', (_name, value, expected) => {
    expect(textsIn(value).toSorted()).toEqual([...expected].toSorted());
  });

  test('in the order in which it stands there', () => {
    expect(textsIn({ a: 'one', b: ['two', { c: 'three' }], d: 'four' })).toEqual([
      'one',
      'two',
      'three',
      'four',
    ]);
  });

  test('however deep it is', () => {
    let value: JsonValue = 'deep';
    for (let depth = 0; depth < 100_000; depth++) value = [value];
    expect(textsIn(value)).toEqual(['deep']);
  });
});
