import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { checkSubset } from './check-subset.ts';

const closed = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});
const inside = (property: JsonValue): JsonObject => closed({ a: property });

describe('the subset of schemas that structured outputs support (§8)', () => {
  test.each<[string, JsonObject]>([
    ['nothing in it', closed({})],
    ['all scalars', closed({ a: { type: 'string' }, b: { type: 'integer' }, c: { type: 'null' } })],
    [
      'enum, const, default',
      closed({
        a: { enum: ['x', 1, null] },
        b: { const: 3 },
        c: { type: 'boolean', default: true },
      }),
    ],
    ['formats', inside({ type: 'string', format: 'date-time' })],
    ['a simple pattern', inside({ type: 'string', pattern: '^(?:a|b)[0-9]{2,3}$' })],
    ['minItems 1', inside({ type: 'array', items: { type: 'string' }, minItems: 1 })],
    ['a union of types', inside({ type: ['string', 'null'] })],
    ['anyOf', inside({ anyOf: [{ type: 'string' }, { type: 'null' }] })],
    [
      'a definition used twice',
      closed(
        { a: { $ref: '#/$defs/N' }, b: { $ref: '#/$defs/N' } },
        { $defs: { N: { type: 'string' } } },
      ),
    ],
    [
      'annotations',
      closed(
        {},
        { title: 'T', description: 'd', $schema: 'https://json-schema.org/draft/2020-12/schema' },
      ),
    ],
  ])('%s passes', (_name, schema) => {
    expect(checkSubset(schema).issue).toBeUndefined();
  });

  test.each<[string, JsonObject]>([
    [
      "For 'object' type, 'additionalProperties' must be explicitly set to false",
      { type: 'object' },
    ],
    [
      "For 'object' type, 'additionalProperties: true' is not supported. Please set 'additionalProperties' to false",
      inside({ type: 'object', additionalProperties: true }),
    ],
    [
      "For 'object' type, 'additionalProperties: object' is not supported. Please set 'additionalProperties' to false",
      inside({ type: 'object', additionalProperties: { type: 'string' } }),
    ],
    [
      "For 'integer' type, properties maximum, minimum are not supported",
      inside({ type: 'integer', minimum: 1, maximum: 7 }),
    ],
    [
      "For 'number' type, property 'multipleOf' is not supported",
      inside({ type: 'number', multipleOf: 2 }),
    ],
    [
      "For 'string' type, property 'maxLength' is not supported",
      inside({ type: 'string', maxLength: 7 }),
    ],
    [
      "For 'array' type, property 'maxItems' is not supported",
      inside({ type: 'array', maxItems: 7 }),
    ],
    [
      "For 'array' type, 'minItems' values other than 0 or 1 are not supported (got: [2, 5])",
      inside({ type: 'array', minItems: 2, maxItems: 5 }),
    ],
    [
      "For 'array' type, 'minItems' values other than 0 or 1 are not supported (got: [6, ∞])",
      inside({ type: 'array', minItems: 6 }),
    ],
    [
      "For 'object' type, property 'minProperties' is not supported",
      closed({}, { minProperties: 1 }),
    ],
    [
      "For 'string' type, format 'phone' is not supported",
      inside({ type: 'string', format: 'phone' }),
    ],
    [
      "Invalid regex in pattern field: Quantifier '?' without preceding element",
      inside({ type: 'string', pattern: '^(?=a).*$' }),
    ],
    [
      'Invalid regex in pattern field: Word boundaries are not supported',
      inside({ type: 'string', pattern: String.raw`\bword` }),
    ],
    [
      'Invalid regex in pattern field: Back-references are not supported',
      inside({ type: 'string', pattern: String.raw`(a)\1` }),
    ],
    ["Schema type 'oneOf' is not supported", inside({ oneOf: [{ type: 'string' }] })],
    ["Schema type 'not' is not supported", inside({ not: { type: 'string' } })],
    [
      "Invalid schema: Enum value 'a' does not match declared type '['string', 'null']'",
      inside({ type: ['string', 'null'], enum: ['a', null] }),
    ],
    [
      "Invalid schema: Enum value '1' does not match declared type 'string'",
      inside({ type: 'string', enum: ['a', 1] }),
    ],
    [
      'Invalid schema: Enum values must be strings, numbers, booleans or null',
      inside({ enum: [{ a: 1 }] }),
    ],
    ['Invalid schema: Schema type is missing', inside({ description: 'anything' })],
    ['Invalid schema: Schema type is missing', inside(true)],
    [
      'Invalid schema: Reference to non-existent definition: #/$defs/N',
      inside({ $ref: '#/$defs/N' }),
    ],
    [
      'Invalid schema: External reference is not supported: https://example.com/s.json',
      inside({ $ref: 'https://example.com/s.json' }),
    ],
    [
      "Invalid schema: 'allOf' cannot be combined with '$ref'",
      closed({ a: { allOf: [{ $ref: '#/$defs/N' }] } }, { $defs: { N: { type: 'string' } } }),
    ],
    [
      'Circular reference detected in schema definitions: Node -> Node',
      closed(
        { a: { $ref: '#/$defs/Node' } },
        {
          $defs: {
            Node: closed({ next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } }),
          },
        },
      ),
    ],
    ['Circular reference detected in schema definitions: # -> #', inside({ $ref: '#' })],
    [
      'Circular reference detected in schema definitions: A -> B -> A',
      closed(
        { a: { $ref: '#/$defs/A' } },
        {
          $defs: {
            A: closed({ b: { $ref: '#/$defs/B' } }),
            B: closed({ a: { $ref: '#/$defs/A' } }),
          },
        },
      ),
    ],
  ])('%s', (issue, schema) => {
    expect(checkSubset(schema).issue).toBe(issue);
  });

  test('the first issue in the order of the schema is told', () => {
    const schema = closed({
      a: { type: 'string', minLength: 1 },
      b: { type: 'number', minimum: 1 },
    });
    expect(checkSubset(schema).issue).toBe(
      "For 'string' type, property 'minLength' is not supported",
    );
  });

  test('optional and union parameters are counted at every depth', () => {
    const inner = closed(
      { x: { type: 'string' }, y: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
      { required: ['x'] },
    );
    const schema = closed(
      { a: { type: ['string', 'null'] }, list: { type: 'array', items: inner } },
      { required: [] },
    );
    expect(checkSubset(schema)).toEqual({
      issue: undefined,
      optionalParameters: 3,
      unionParameters: 2,
    });
  });

  test('a schema of thousands of parts is too complex', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 2500 }, (_, at) => [`p${String(at)}`, { type: 'string' }]),
    );
    expect(checkSubset(closed(wide)).issue).toBe('Schema is too complex for compilation.');
  });

  test('whatever is sent as a schema, it ends', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'type',
            'properties',
            '$ref',
            'enum',
            'items',
            'anyOf',
            '$defs',
            'required',
            'additionalProperties',
          ),
          fc.jsonValue(),
        ),
        (schema) => {
          expect(['string', 'undefined']).toContain(typeof checkSubset(schema as JsonObject).issue);
        },
      ),
    );
  });
});
