import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { modelFinder } from '../../../test/support/known-models.ts';
import { checkJsonSchema } from './check-json-schema.ts';
import { relaxInputSchema } from './relax-input-schema.ts';

/** What is wrong, as a caller reads it; undefined where nothing is. */
function said(schema: JsonValue, value: JsonValue): string | undefined {
  const issue = checkJsonSchema(schema, value);
  return issue === undefined ? undefined : `${issue.place}: ${issue.text}`;
}

test.each<[string, JsonValue, JsonValue, string | undefined]>([
  ['a type', { type: 'string' }, 1, ': expected a string'],
  ['one of two types', { type: ['string', 'null'] }, 1, ': expected a string or null'],
  ['null is no object', { type: 'object' }, null, ': expected an object'],
  ['a list is no object', { type: 'object' }, [], ': expected an object'],
  ['a fraction is a number', { type: 'number' }, 0.5, undefined],
  ['and no integer', { type: 'integer' }, 0.5, ': expected an integer'],
  ['a constant', { const: 'message' }, 'x', ': expected "message"'],
  ['one of some', { enum: ['a', 'b'] }, 'c', ': expected one of "a", "b"'],
  ['a bound', { minimum: 0 }, -1, ': expected at least 0'],
  ['the bound itself', { minimum: 0, maximum: 0 }, 0, undefined],
  ['a bound above', { maximum: 1 }, 1.1, ': expected at most 1'],
  ['a bound that is not taken', { exclusiveMinimum: 0 }, 0, ': expected more than 0'],
  ['a bound says nothing of texts', { exclusiveMinimum: 0 }, 'x', undefined],
  ['what is required', { required: ['a', 'b'] }, { a: 1 }, 'b: required'],
  ['what is inherited is not there', { required: ['toString'] }, {}, 'toString: required'],
  ['a member', { properties: { a: { type: 'string' } } }, { a: 1 }, 'a: expected a string'],
  [
    'a closed object',
    { properties: { a: {} }, additionalProperties: false },
    { b: 1 },
    'b: not expected here',
  ],
  ['an open one', { properties: { a: {} }, additionalProperties: {} }, { b: 1 }, undefined],
  ['its names', { propertyNames: { type: 'string' } }, { b: 1 }, undefined],
  ['an item', { items: { type: 'string' } }, ['a', 1], '1: expected a string'],
  [
    'slashes and tildes',
    { additionalProperties: false },
    { 'a/b~c': 1 },
    'a~1b~0c: not expected here',
  ],
  [
    'a union',
    { anyOf: [{ type: 'string' }, { type: 'array' }] },
    1,
    ': expected a string or an array',
  ],
  [
    'a union whose variant is clear',
    { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'null' } }] },
    [1],
    '0: expected null',
  ],
  [
    'the first issue',
    { type: 'object', required: ['a'], properties: { b: false } },
    { b: 1 },
    'a: required',
  ],
])('%s', (_name, schema, value, expected) => {
  expect(said(schema, value)).toBe(expected);
});

test('a keyword that is not enforced is a bug of ours, whatever the value', () => {
  expect(() => checkJsonSchema({ pattern: 'a' }, 'a')).toThrow('the keyword pattern');
});

const published = (name: string): JsonObject => {
  const schemas = modelFinder()(name)?.workersAi;
  if (schemas === undefined) throw new Error(`nothing is published of ${name}`);
  return schemas.inputSchema;
};

describe.each([
  ['as published', published('anthropic/claude-sonnet-4.6')],
  ['relaxed', relaxInputSchema(published('anthropic/claude-sonnet-4.6'))],
  ['without samplers', published('anthropic/claude-opus-5')],
])('the input schema %s', (_name, schema) => {
  const agrees = new Ajv2020({ strict: false }).compile(schema);
  const few = fc.constantFrom(-1, 0, 0.5, 1, 2);
  const any = fc.oneof(few, fc.constantFrom<JsonValue>('x', null, true, [], {}));
  const item = fc.record(
    { type: fc.oneof(fc.constant('text'), any), text: any, source: any, extra: any },
    { requiredKeys: [] },
  );
  const content = fc.oneof(fc.string(), any, fc.array(fc.oneof(item, any), { maxLength: 3 }));
  const role = fc.oneof(fc.constantFrom('user', 'assistant', 'system'), any);
  const message = fc.record({ role, content, name: any }, { requiredKeys: [] });
  const inputs = fc.record(
    {
      messages: fc.oneof(fc.array(message, { maxLength: 3 }), any),
      max_tokens: any,
      system: fc.oneof(any, fc.array(fc.oneof(item, any), { maxLength: 2 })),
      temperature: any,
      top_p: any,
      top_k: any,
      stream: any,
      metadata: any,
      tools: any,
    },
    { requiredKeys: [] },
  );

  test('takes what another checker takes, and nothing else', () => {
    fc.assert(
      fc.property(inputs, (value) => {
        const given = value as JsonObject;
        expect([given, said(schema, given) === undefined]).toEqual([given, agrees(given)]);
      }),
      { numRuns: 2000 },
    );
  });
});
