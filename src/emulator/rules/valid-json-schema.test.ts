import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../std/json.ts';
import { isValidJsonSchema, isValidToolSchema } from './valid-json-schema.ts';

test('null for no properties and none required, at the top of a tool alone', () => {
  const schema = { type: 'object', properties: null, required: null };
  expect([isValidToolSchema(schema), isValidJsonSchema(schema)]).toEqual([true, false]);
  expect(isValidToolSchema({ items: schema })).toBe(false);
});

test.each<[string, JsonObject]>([
  ['empty', {}],
  ['unknown keywords', { 'x-origin': 7, discriminator: { a: 1 } }],
  ['nested', { type: 'object', properties: { a: { type: ['string', 'null'], minLength: 1 } } }],
  ['boolean schemas', { items: false, additionalProperties: true }],
  ['definitions', { $defs: { a: { $ref: '#/$defs/a' } }, prefixItems: [{}], items: {} }],
  ['data that looks like a schema', { enum: [{ type: 1 }], const: { type: 1 }, default: { a: 1 } }],
])('valid: %s', (_name, schema) => {
  expect(isValidJsonSchema(schema)).toBe(true);
});

test.each<[string, JsonObject]>([
  ['#84 a type that is none', { type: 'text' }],
  ['#84 required as a flag, as in draft 3', { properties: { a: { required: true } } }],
  ['#84 items as a list, as in draft 7', { items: [{ type: 'string' }] }],
  ['exclusiveMinimum as a flag, as in draft 4', { exclusiveMinimum: true }],
  ['a length below zero', { minLength: -1 }],
  ['an empty union', { properties: { a: { anyOf: [] } } }],
  ['null for properties deeper down', { items: { properties: null } }],
  ['an enum that is no list', { enum: 'a' }],
  ['a property that is no schema', { properties: { a: 'string' } }],
  ['a name required twice', { required: ['a', 'a'] }],
  ['deep down', { allOf: [{ not: { items: { else: { title: 1 } } } }] }],
])('invalid: %s', (_name, schema) => {
  expect(isValidJsonSchema(schema)).toBe(false);
});

test('a schema that is too deep to look into is no accident', () => {
  let schema: JsonObject = { type: 'nothing' };
  for (let depth = 0; depth < 5000; depth += 1) schema = { not: schema };
  expect(isValidJsonSchema(schema)).toBe(true);
});

test('agrees with a validator that has the meta-schema', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  const words = ['type', 'items', 'properties', 'required', 'anyOf', 'minLength', 'enum', 'not'];
  const leaf = fc.oneof(
    fc.constantFrom('string', 'object', 'nothing', true, null, 0, 1, -1, 1.5),
    fc.constantFrom([], ['string'], ['a', 'a'], {}),
  );
  const schema = fc.letrec((tie) => ({
    node: fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 3 }),
    value: fc.oneof(
      { depthSize: 'small' },
      leaf,
      tie('node'),
      fc.array(tie('node'), { maxLength: 2 }),
    ),
  })).node;
  fc.assert(
    fc.property(schema, (value) => {
      expect(isValidJsonSchema(value as JsonObject)).toBe(ajv.validateSchema(value as object));
    }),
    { numRuns: 500 },
  );
});
