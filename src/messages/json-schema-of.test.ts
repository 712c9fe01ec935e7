import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { checkSchema } from './check-schema.ts';
import { jsonSchemaOf } from './json-schema-of.ts';
import type { Schema } from './schema.ts';
import {
  array,
  boolean,
  booleanOr,
  closed,
  integer,
  map,
  nullable,
  number,
  oneOf,
  optional,
  required,
  string,
  stringOr,
} from './schema.ts';
import { cacheControlSchema, textBlockSchema } from './source-block-schema.ts';

const tagged: Schema = {
  kind: 'tagged',
  defaultTag: 'plain',
  variants: {
    plain: closed<{ type?: string; a: string }>({
      type: optional(nullable(string())),
      a: required(string()),
    }),
    other: closed<{ type: string; b: number }>({ type: required(string()), b: required(number()) }),
  },
};

const values: readonly unknown[] = [
  undefined,
  null,
  true,
  '',
  'a',
  'abcd',
  0,
  1,
  1.5,
  -1,
  11,
  [],
  ['a'],
  ['a', 'b', 'c'],
  {},
  { a: 'x' },
  { a: 1 },
  { type: 'plain', a: 'x' },
  { type: null, a: 'x' },
  { type: 'other', a: 'x' },
  { type: 'other', b: 2 },
  { type: 'none', b: 2 },
  { b: 2 },
].slice(1);

describe('a schema as JSON Schema takes what the checker takes', () => {
  test.each<[string, Schema]>([
    ['strings', string({ lengthMin: 1, lengthMax: 3 })],
    ['patterns', string({ pattern: /^[a-c]+$/ })],
    ['choices', oneOf('a', 'b')],
    ['integers', integer({ min: 0, max: 10 })],
    ['bounds that are not allowed themselves', integer({ above: 0 })],
    ['numbers', number({ max: 1 })],
    ['lists', array(string(), { lengthMin: 1, lengthMax: 2 })],
    ['maps', map(string())],
    ['closed objects', closed<{ a: string }>({ a: required(string()) })],
    ['unions', tagged],
    ['a string or a list', stringOr(array(string()))],
    ['a word or a list', stringOr(array(string()), 'a')],
    ['a switch or an object', booleanOr({ kind: 'any-object' })],
    ['what may be null', nullable(boolean)],
  ])('%s', (_name, schema) => {
    const validate = new Ajv2020({ strict: false }).compile(jsonSchemaOf(schema));
    const judged = values.map((value) => [value, validate(value)]);
    const checked = values.map((value) => [
      value,
      checkSchema(closed<{ v: unknown }>({ v: required(schema) }), { v: value }, new Set()) ===
        undefined,
    ]);
    expect(judged).toEqual(checked);
  });
});

test('what has a name stands once', () => {
  const cached = closed<{ first: unknown; second: unknown; text: unknown }>({
    first: required(cacheControlSchema),
    second: optional(array(cacheControlSchema)),
    text: optional(textBlockSchema),
  });
  const names = new Map<Schema, string>([[cacheControlSchema, 'CacheControl']]);
  const schema = jsonSchemaOf(cached, names);
  expect(Object.keys(schema['$defs'] ?? {})).toEqual(['CacheControl']);
  expect(JSON.stringify(schema).split('"ephemeral"')).toHaveLength(2);
  const validate = new Ajv2020({ strict: false }).compile(schema);
  const marker = { type: 'ephemeral', ttl: '1h' };
  expect(validate({ first: marker, second: [null, marker] })).toBe(true);
  expect(validate({ first: marker, second: [{ type: 'ephemeral', ttl: '2h' }] })).toBe(false);
  const text = { type: 'text', text: 'a', cache_control: { type: 'none' } };
  expect(validate({ first: null, text })).toBe(false);
});

test('a schema that holds itself refers to itself', () => {
  const inner: Schema = { kind: 'lazy', schema: () => tree };
  const tree: Schema = array(inner);
  const names = new Map<Schema, string>([
    [tree, 'Tree'],
    [inner, 'Inner'],
  ]);
  const schema = jsonSchemaOf(closed<{ tree: unknown }>({ tree: required(tree) }), names);
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate({ tree: [[], [[]]] })).toBe(true);
  expect(validate({ tree: [[1]] })).toBe(false);
});
