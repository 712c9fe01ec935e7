import { describe, expect, test } from 'vitest';
import { askedUpstream, decodeChat, membersOf } from '../../../../test/support/decode-chat.ts';

const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } };
const held = {
  type: 'object',
  properties: { a: { type: 'integer', description: 'Must fulfil minimum: 1.' } },
  additionalProperties: false,
};
const format = { type: 'json_schema', schema: held };

function asked(given: unknown, more: object = {}): object {
  const json_schema = { name: 'answer', schema: given, ...more };
  return { response_format: { type: 'json_schema', json_schema } };
}

describe('structured output', () => {
  test.each<[string, object, object]>([
    ['nothing', {}, {}],
    ['text', { response_format: { type: 'text' } }, {}],
    ['C21', asked(schema), { output_config: { format } }],
    ['not strict', asked(schema, { strict: false }), { output_config: { format } }],
    [
      'C22',
      asked({
        type: 'object',
        properties: { a: { oneOf: [{ type: 'string' }, { type: 'null' }] } },
      }),
      {
        output_config: {
          format: {
            type: 'json_schema',
            schema: {
              type: 'object',
              properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
              additionalProperties: false,
            },
          },
        },
      },
    ],
    [
      'C23',
      {
        ...asked(schema),
        reasoning_effort: 'low',
        tools: [{ type: 'function', function: { name: 'f' } }],
      },
      {
        output_config: { effort: 'low', format },
        tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
      },
    ],
    [
      'in the words of the Messages form',
      { output_config: { effort: 'low', format: { type: 'json_schema', schema }, next_year: 1 } },
      { output_config: { effort: 'low', format: { type: 'json_schema', schema }, next_year: 1 } },
    ],
    [
      'in its older words',
      { output_format: { type: 'json_schema', schema }, output_config: { effort: 'low' } },
      { output_config: { effort: 'low', format: { type: 'json_schema', schema } } },
    ],
    [
      'an effort beside it',
      { ...asked(schema), output_config: { effort: 'low', format: null } },
      { output_config: { effort: 'low', format } },
    ],
  ])('%s', (_name, change, expected) => {
    const { up, shape } = decodeChat(change);
    expect(membersOf(up ?? {}, 'output_config', 'system', 'tools')).toEqual(expected);
    expect(shape?.removesFence).toBe(false);
  });

  test('C24 a JSON object is asked for in words, and its fence is taken off', () => {
    const { up, shape } = decodeChat({ response_format: { type: 'json_object' } });
    expect(up).not.toHaveProperty('output_config');
    expect(up?.['system']).toMatchObject([{ type: 'text', text: /one JSON object/ }]);
    expect(shape?.removesFence).toBe(true);
  });

  test.each<[string, string, object]>([
    ['a model without structured output', 'claude-sonnet-4-20250514', schema],
    [
      'a schema that cannot be held',
      'claude-sonnet-4-6',
      { type: 'object', additionalProperties: { type: 'string' } },
    ],
  ])('%s is told the schema in words', (_name, model, given) => {
    const { up, shape } = decodeChat({ model, system: 'z', ...asked(given) });
    expect(up).not.toHaveProperty('output_config');
    expect(up?.['system']).toEqual([
      { type: 'text', text: 'z' },
      { type: 'text', text: expect.stringContaining(JSON.stringify(given)) as string },
    ]);
    expect(shape).toMatchObject({ removesFence: true, ignored: [] });
  });

  test.each<[string, object, string]>([
    [
      'C25',
      { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
      'response_format',
    ],
    ['no schema at all', { response_format: { type: 'json_schema' } }, 'response_format'],
    ['a schema that is none', asked('object'), 'response_format'],
    ['a kind there is not', { response_format: { type: 'xml' } }, 'response_format.type'],
    [
      'twice',
      { ...asked(schema), output_config: { format: { type: 'json_schema', schema } } },
      'response_format',
    ],
    [
      'twice in the words of the Messages form',
      { output_format: { schema }, output_config: { format: { schema } } },
      'output_format',
    ],
    ['a number', { output_config: 1 }, 'output_config'],
  ])('%s: refused', (_name, change, param) => {
    expect(decodeChat(change).refused).toMatchObject({ param });
  });

  test('schemas of one request do not touch one another', () => {
    const tool = { name: 'f', strict: true, parameters: schema };
    const up = askedUpstream({ ...asked(schema), tools: [{ type: 'function', function: tool }] });
    expect(up).toMatchObject({ output_config: { format }, tools: [{ input_schema: held }] });
  });
});
