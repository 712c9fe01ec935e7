import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../format/json-value.ts';
import type { FieldKind, ParameterField } from './schema-fields.ts';
import { fieldsOf, readField, takesOthers } from './schema-fields.ts';

const schema: JsonObject = {
  type: 'object',
  properties: {
    metadata: { $ref: '#/$defs/Metadata', description: 'Who it is for.' },
    model: { type: 'string' },
    max_tokens: { type: 'integer', minimum: 1, maximum: 64000, description: 'Hard cap.' },
    temperature: { type: 'number', minimum: 0, maximum: 1, default: 1 },
    budget: { type: 'number', exclusiveMinimum: 0 },
    stop: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    stop_sequences: { type: 'array', items: { type: 'string' } },
    store: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
    effort: { type: 'string', enum: ['low', 'high'] },
    top_p: { const: 1 },
    user: { type: 'string' },
    tool_choice: {
      anyOf: [{ type: 'string', enum: ['none', 'auto'] }, { type: 'object' }],
    },
    thinking: {
      oneOf: [
        {
          type: 'object',
          properties: {
            type: { const: 'enabled' },
            budget_tokens: { type: 'integer', minimum: 1024 },
          },
          required: ['type', 'budget_tokens'],
          additionalProperties: false,
        },
        { type: 'object', properties: { type: { const: 'disabled' } }, required: ['type'] },
      ],
    },
  },
  required: ['model', 'max_tokens'],
  $defs: {
    Metadata: {
      type: 'object',
      properties: { user_id: { type: 'string' } },
      additionalProperties: false,
    },
  },
};

const fields = fieldsOf(schema, ['model']);

function named(name: string): ParameterField {
  const field = fields.find((one) => one.name === name);
  if (field === undefined) throw new Error(`there is no field ${name}`);
  return field;
}

test('parameters that the page has a place for are left out, usual ones come first', () => {
  expect(fields.map(({ name }) => name)).toEqual([
    'max_tokens',
    'temperature',
    'stop',
    'stop_sequences',
    'top_p',
    'tool_choice',
    'thinking',
    'metadata',
    'budget',
    'store',
    'effort',
    'user',
  ]);
});

test.each<[string, FieldKind]>([
  ['max_tokens', 'integer'],
  ['temperature', 'number'],
  ['budget', 'number'],
  ['stop', 'lines'],
  ['stop_sequences', 'lines'],
  ['store', 'boolean'],
  ['effort', 'choice'],
  ['top_p', 'choice'],
  ['user', 'text'],
  ['thinking', 'json'],
  ['metadata', 'json'],
  ['tool_choice', 'json'],
])('%s is asked for as %s', (name, kind) => {
  expect(named(name).kind).toBe(kind);
});

test('bounds, defaults and notes are those of the schema', () => {
  expect(named('max_tokens')).toMatchObject({
    minimum: 1,
    maximum: 64000,
    isRequired: true,
    description: 'Hard cap.',
  });
  expect(named('temperature')).toMatchObject({ minimum: 0, maximum: 1, fallback: '1' });
  expect(named('thinking').example).toBe('{"type":"enabled","budget_tokens":1024}');
  expect(named('tool_choice').example).toBe('none | auto');
  expect(named('metadata').description).toBe('Who it is for.');
});

describe('what was entered', () => {
  test.each<[string, string, unknown]>([
    ['max_tokens', ' 100 ', 100],
    ['temperature', '0.5', 0.5],
    ['stop', 'a\n\nb', ['a', 'b']],
    ['store', 'false', false],
    ['effort', 'low', 'low'],
    ['top_p', '1', 1],
    ['user', 'ada', 'ada'],
    [
      'thinking',
      '{"type":"enabled","budget_tokens":1024}',
      { type: 'enabled', budget_tokens: 1024 },
    ],
    ['thinking', '{"type":"disabled"}', { type: 'disabled' }],
    ['metadata', '{"user_id":"x"}', { user_id: 'x' }],
    ['tool_choice', 'auto', 'auto'],
    ['tool_choice', '"auto"', 'auto'],
    ['tool_choice', '{"type":"function"}', { type: 'function' }],
  ])('%s: %s is taken', (name, text, value) => {
    expect(readField(named(name), text, schema)).toEqual({ kind: 'value', value });
  });

  test.each<[string, string, string]>([
    ['max_tokens', '', 'This has to be given.'],
    ['max_tokens', '0', 'max_tokens: at least 1'],
    ['max_tokens', '64001', 'max_tokens: at most 64000'],
    ['max_tokens', '1.5', 'max_tokens: has to be integer'],
    ['max_tokens', 'many', 'This is no number.'],
    ['budget', '0', 'budget: more than 0'],
    ['thinking', '{"type"', 'This is no JSON.'],
    ['thinking', '{"type":"enabled"}', 'thinking.budget_tokens: required'],
    ['thinking', '{"type":"enabled","budget_tokens":1}', 'thinking.budget_tokens: at least 1024'],
    ['thinking', '{"type":"enabled","budget_tokens":1024,"x":1}', 'thinking.x: not expected here'],
    ['thinking', '"enabled"', 'thinking: none of the kinds that are taken'],
    ['metadata', '{"user_id":1}', 'metadata.user_id: has to be string'],
    ['tool_choice', 'always', 'tool_choice: none of the kinds that are taken'],
  ])('%s: “%s” is not', (name, entered, text) => {
    expect(readField(named(name), entered, schema)).toEqual({ kind: 'problem', text });
  });

  test('nothing is nothing', () => {
    expect(readField(named('temperature'), ' ', schema)).toEqual({ kind: 'nothing' });
  });
});

test('whether a form takes what its schema does not list', () => {
  expect([takesOthers(schema), takesOthers({ ...schema, additionalProperties: false })]).toEqual([
    true,
    false,
  ]);
});
