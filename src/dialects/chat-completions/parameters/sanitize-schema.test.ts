import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looseSchemas, typedSchemas } from '../../../../test/support/loose-schemas.ts';
import type { JsonObject } from '../../../std/json.ts';
import { sanitizeSchema } from './sanitize-schema.ts';

const text = { type: 'string' };

function object(properties: object, more: object = {}): JsonObject {
  return { type: 'object', properties, additionalProperties: false, ...more } as JsonObject;
}

describe('what becomes of a schema', () => {
  test.each<[string, object, object]>([
    ['an open object is closed', { type: 'object', properties: { a: text } }, object({ a: text })],
    [
      'other members are not taken',
      { type: 'object', properties: { a: text }, additionalProperties: { type: 'number' } },
      object({ a: text }),
    ],
    ['an empty object', { type: 'object', properties: {} }, object({})],
    [
      'objects within',
      object({ a: { type: 'array', items: { type: 'object', properties: { b: text } } } }),
      object({ a: { type: 'array', items: object({ b: text }) } }),
    ],
    [
      'types that go without saying',
      { properties: { a: { items: text } } },
      object({ a: { type: 'array', items: text } }),
    ],
    ['oneOf', { oneOf: [text, { type: 'null' }] }, { anyOf: [text, { type: 'null' }] }],
    [
      'a list of types',
      object({ a: { type: ['object', 'null'], properties: {} } }),
      object({ a: { ...object({}), type: ['object', 'null'] } }),
    ],
    [
      'bounds go into the description',
      { type: 'number', description: 'A grade.', minimum: 1, maximum: 6 },
      { type: 'number', description: 'A grade.\n\nMust fulfil minimum: 1, maximum: 6.' },
    ],
    [
      'lengths and patterns too',
      { type: 'string', minLength: 2, pattern: '^a' },
      { type: 'string', description: 'Must fulfil minLength: 2, pattern: "^a".' },
    ],
    [
      'a format that there is',
      { type: 'string', format: 'date-time' },
      { type: 'string', format: 'date-time' },
    ],
    [
      'a format that there is not',
      { type: 'string', format: 'iban' },
      { type: 'string', description: 'Must fulfil format: "iban".' },
    ],
    [
      'one item at least',
      { type: 'array', items: text, minItems: 1 },
      { type: 'array', items: text, minItems: 1 },
    ],
    [
      'two items at least',
      { type: 'array', items: text, minItems: 2 },
      { type: 'array', items: text, description: 'Must fulfil minItems: 2.' },
    ],
    ['values', { enum: ['a', 1, null] }, { enum: ['a', 1, null] }],
    ['null as a value', { const: null, title: 'Nothing' }, { const: null, title: 'Nothing' }],
    [
      'nulls that say nothing',
      object({ a: text }, { required: null, title: null }),
      object({ a: text }),
    ],
    ['what describes the schema', { ...text, $schema: 'x', $id: 'y', $comment: 'z' }, text],
    [
      'a reference stands alone',
      object(
        { a: { $ref: '#/$defs/A', description: 'An a.' } },
        { $defs: { A: { ...text, minLength: 1 } } },
      ),
      object(
        { a: { $ref: '#/$defs/A' } },
        { $defs: { A: { ...text, description: 'Must fulfil minLength: 1.' } } },
      ),
    ],
    [
      'a reference that is the whole schema keeps its definitions',
      { $ref: '#/definitions/A', definitions: { A: { type: 'object', properties: {} } } },
      { $ref: '#/definitions/A', definitions: { A: object({}) } },
    ],
    [
      'a reference in a wrapping',
      object({ a: { allOf: [{ $ref: '#/$defs/A' }], default: 'x' } }, { $defs: { A: text } }),
      object({ a: { $ref: '#/$defs/A' } }, { $defs: { A: text } }),
    ],
    [
      'names that are keywords elsewhere',
      object({ minimum: text, $ref: text, constructor: text }),
      object({ minimum: text, $ref: text, constructor: text }),
    ],
  ])('%s', (_name, schema, expected) => {
    expect(sanitizeSchema(schema as JsonObject)).toEqual(expected);
  });
});

/** A schema with so many others inside one another. */
function nested(levels: number): object {
  let schema: object = text;
  for (let level = 0; level < levels; level += 1) schema = { type: 'array', items: schema };
  return schema;
}

describe('what cannot be held', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, at) => [
      `D${String(at)}`,
      at === 19_999 ? { $ref: '#/$defs/D0' } : { $ref: `#/$defs/D${String(at + 1)}` },
    ]),
  );

  test.each<[string, object]>([
    ['an object with any members', { type: 'object' }],
    ['a map', { type: 'object', additionalProperties: text }],
    ['a map without members', { type: 'object', properties: {}, additionalProperties: true }],
    ['a map within', object({ a: { type: 'array', items: { type: 'object' } } })],
    ['anything', object({ a: {} })],
    ['true', object({ a: true })],
    ['words alone', { description: 'Something.' }],
    ['values that are objects', { enum: [{ a: 1 }] }],
    ['two in one', { allOf: [text, { minLength: 1 }] }],
    ['two ways at once', { anyOf: [text], oneOf: [text] }],
    ['a tower', nested(201)],
    ['no way at all', { anyOf: [] }],
    ['a type of null', { type: null, properties: { a: text } }],
    ['itself', object({ a: { $ref: '#' } })],
    ['itself by name', { $ref: '#/$defs/A', $defs: { A: object({ a: { $ref: '#/$defs/A' } }) } }],
    [
      'itself in a wrapping',
      { $ref: '#/$defs/A', $defs: { A: object({ a: { allOf: [{ $ref: '#/$defs/A' }] } }) } },
    ],
    [
      'itself in a spelling of its own',
      { $ref: '#/$defs/A', $defs: { A: object({ a: { $ref: '#/%24defs/A' } }) } },
    ],
    ['itself a long way round', { $ref: '#/$defs/D0', $defs: chain }],
    ['another document', { $ref: 'https://example.com/schema' }],
    ['what is not there', { $ref: '#/$defs/B', $defs: {} }],
    ['what every object has', { $ref: '#/constructor' }],
  ])('%s', (_name, schema) => {
    expect(sanitizeSchema(schema as JsonObject)).toBeUndefined();
  });

  test('a definition that nothing refers to may be recursive no less', () => {
    const loop = { type: 'object', properties: { a: { $ref: '#/$defs/A' } } };
    expect(sanitizeSchema(object({}, { $defs: { A: loop } }))).toBeDefined();
  });
});

describe('whatever it is given', () => {
  test('it does not throw, and what it made stays as it is', () => {
    fc.assert(
      fc.property(looseSchemas, (given) => {
        const once = sanitizeSchema(given);
        expect(once === undefined ? undefined : sanitizeSchema(once)).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });

  test('what generators make of types can be held', () => {
    fc.assert(
      fc.property(typedSchemas, (given) => {
        expect(sanitizeSchema(given)).toBeDefined();
      }),
    );
  });
});
