import { Ajv2020 } from 'ajv/dist/2020.js';
import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { DeterministicRandom } from '../deterministic-random.ts';
import { generateJson } from './generate-json.ts';
import { matchesFormat } from './string-formats.ts';

const formatNames = [
  'date-time',
  'date',
  'time',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
];
const ajv = new Ajv2020({ strict: false, allErrors: true });
for (const name of formatNames) {
  ajv.addFormat(name, { validate: (text: string) => matchesFormat(name, text) });
}

function generate(schema: JsonValue, seed = 'seed'): JsonValue {
  const random = new DeterministicRandom(seed);
  return generateJson(schema, { random, words: ['weather', 'Paris', 'today', 'Müller'] });
}

function problemsOf(schema: JsonObject, value: JsonValue): unknown {
  const validate = ajv.compile(schema);
  return validate(value) ? undefined : validate.errors;
}

const keywordNames = (
  'type enum const properties required items prefixItems anyOf oneOf allOf not $ref pattern ' +
  'minLength minimum multipleOf minItems uniqueItems additionalProperties format if then contains'
).split(' ');

const patterns = [
  '^[a-z]+$',
  '^[A-Z]{2}-\\d{4}$',
  '^(foo|ba[rz])?x*$',
  '\\d{3}',
  '^[^\\s]+$',
  '^\\w+@\\w+\\.com$',
  '^#[0-9a-fA-F]{6}$',
  'a|b',
];

/** Schemas that some value satisfies, by construction. */
const schemas = fastCheck.letrec<{ node: JsonObject }>((tie) => ({
  node: fastCheck.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fastCheck.constantFrom<JsonObject>(
      { type: 'null' },
      { type: 'boolean' },
      { type: ['string', 'null'] },
      { enum: ['a', 1, null, { deep: [1] }] },
      { const: { fixed: true } },
      { type: 'string', default: 5, examples: ['fits', 7] },
      {},
    ),
    fastCheck
      .tuple(fastCheck.integer({ min: -50, max: 50 }), fastCheck.integer({ min: 1, max: 30 }))
      .map(([low, span]): JsonObject => ({ type: 'integer', minimum: low, maximum: low + span })),
    fastCheck
      .tuple(fastCheck.integer({ min: -50, max: 50 }), fastCheck.integer({ min: 1, max: 30 }))
      .map(([low, span]): JsonObject => ({
        type: 'number',
        exclusiveMinimum: low,
        exclusiveMaximum: low + span,
      })),
    fastCheck
      .constantFrom(0.01, 0.1, 0.5, 3, 7, 100)
      .map((multipleOf): JsonObject => ({ type: 'number', multipleOf })),
    fastCheck.constantFrom(...patterns).map((pattern): JsonObject => ({ type: 'string', pattern })),
    fastCheck
      .constantFrom(...formatNames)
      .map((format): JsonObject => ({ type: 'string', format })),
    fastCheck.tuple(fastCheck.nat(40), fastCheck.nat(20)).map(([minLength, more]): JsonObject => ({
      type: 'string',
      minLength,
      maxLength: minLength + more,
    })),
    fastCheck
      .record({
        items: tie('node'),
        minItems: fastCheck.nat(3),
        prefixItems: fastCheck.array(tie('node'), { maxLength: 2 }),
      })
      .map(({ prefixItems, ...rest }): JsonObject => ({
        type: 'array',
        ...rest,
        ...(prefixItems.length === 0 ? {} : { prefixItems }),
        maxItems: 5,
      })),
    fastCheck
      .record({
        properties: fastCheck.dictionary(fastCheck.constantFrom('a', 'b', 'c', 'd'), tie('node')),
        additionalProperties: fastCheck.constantFrom<JsonValue>(false, true, { type: 'string' }),
        isStrict: fastCheck.boolean(),
      })
      .map(({ properties, additionalProperties, isStrict }): JsonObject => ({
        type: 'object',
        properties,
        required: isStrict ? Object.keys(properties) : Object.keys(properties).slice(1),
        additionalProperties,
      })),
    fastCheck
      .array(tie('node'), { minLength: 1, maxLength: 3 })
      .map((anyOf): JsonObject => ({ anyOf })),
    tie('node').map((node): JsonObject => ({ allOf: [node, {}] })),
  ),
}));

test('a generated value satisfies its schema', () => {
  fastCheck.assert(
    fastCheck.property(schemas.node, fastCheck.string(), (schema, seed) => {
      expect(problemsOf(schema, generate(schema, seed))).toBeUndefined();
    }),
    { numRuns: 1500 },
  );
});

describe('schemas that need care', () => {
  test.each<[string, JsonObject]>([
    [
      'oneOf',
      {
        oneOf: [
          { type: 'integer', minimum: 1 },
          { type: 'number', maximum: 5 },
        ],
      },
    ],
    ['not', { type: 'integer', minimum: 1, maximum: 4, not: { enum: [1, 2] } }],
    ['unique items', { type: 'array', items: { enum: [1, 2, 3] }, minItems: 3, uniqueItems: true }],
    ['contains', { type: 'array', items: { type: 'integer' }, contains: { const: 7 } }],
    [
      'a tree',
      {
        $ref: '#/$defs/node',
        $defs: {
          node: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              children: { type: 'array', items: { $ref: '#/$defs/node' } },
            },
            required: ['name', 'children'],
            additionalProperties: false,
          },
        },
      },
    ],
    [
      'a list by required references',
      {
        $defs: {
          list: {
            anyOf: [
              {
                type: 'object',
                properties: { next: { $ref: '#/$defs/list' } },
                required: ['next'],
              },
              { type: 'null' },
            ],
          },
        },
        type: 'object',
        properties: { head: { $ref: '#/$defs/list' } },
        required: ['head'],
      },
    ],
    [
      'allOf over objects',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
          { properties: { a: { minimum: 40 }, b: { type: 'boolean' } }, required: ['b'] },
        ],
      },
    ],
    ['minProperties', { type: 'object', minProperties: 2, additionalProperties: { type: 'null' } }],
    [
      'patternProperties',
      {
        type: 'object',
        patternProperties: { '^x-[a-z]+$': { type: 'integer' } },
        additionalProperties: false,
        minProperties: 1,
      },
    ],
    [
      'dependentRequired',
      {
        type: 'object',
        properties: { a: { const: 1 }, b: { const: 2 } },
        required: ['a'],
        dependentRequired: { a: ['b'] },
      },
    ],
    ['pattern and length', { type: 'string', pattern: '^[a-z]+$', minLength: 30, maxLength: 31 }],
    ['property named as a method', { type: 'object', required: ['toString', 'constructor'] }],
    ['tiny range', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.001 }],
    ['the widest range', { type: 'number', minimum: -1e308, maximum: 1e308 }],
    ['exclusive whole numbers', { type: 'integer', exclusiveMinimum: 2, exclusiveMaximum: 4 }],
  ])('%s', (_name, schema) => {
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      expect(problemsOf(schema, generate(schema, seed))).toBeUndefined();
    }
  });
});

test('bounds as wide as those of a language give a small whole number', () => {
  const bounds = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
  expect(generate({ type: 'integer', ...bounds })).toBeLessThan(100);
  expect(generate({ type: 'integer', ...bounds })).toBeGreaterThan(0);
});

describe('hostile schemas', () => {
  test.each<[string, JsonValue]>([
    ['huge minItems', { type: 'array', minItems: 1e9 }],
    ['huge minLength', { type: 'string', minLength: 1e9 }],
    ['huge minProperties', { type: 'object', minProperties: 1e9 }],
    ['a reference to itself', { $ref: '#' }],
    ['references that double', { allOf: [{ $ref: '#' }, { $ref: '#' }] }],
    ['a pattern that explodes', { type: 'string', pattern: '^((a+)+)+$', minLength: 200 }],
    ['empty repeats', { type: 'string', pattern: '^((a?){1000}){1000}b$' }],
    ['wrong types', { type: 7, properties: [], required: 'x', enum: {}, items: 'no' }],
    ['required without end', { type: 'object', required: ['a'], properties: { a: { $ref: '#' } } }],
    [
      'wide',
      { type: 'object', properties: wideProperties(), required: Object.keys(wideProperties()) },
    ],
    [
      'nothing fits',
      { type: 'object', required: ['a'], additionalProperties: false, minProperties: 3 },
    ],
    ['impossible', { allOf: [{ type: 'string' }, { type: 'integer' }] }],
    ['null', null],
    ['false', false],
  ])('%s: ends, and stays small', (_name, schema) => {
    expect(JSON.stringify(generate(schema)).length).toBeLessThan(200_000);
  });

  test('never throws', () => {
    const keyword = fastCheck.constantFrom(...keywordNames);
    const values = fastCheck.letrec<{ any: JsonValue }>((tie) => ({
      any: fastCheck.oneof(
        { depthSize: 'medium' },
        fastCheck.jsonValue() as fastCheck.Arbitrary<JsonValue>,
        fastCheck.constantFrom<JsonValue>('object', 'array', 'string', 'integer', '#', '#/anyOf/0'),
        fastCheck.array(tie('any'), { maxLength: 3 }),
        fastCheck.dictionary(keyword, tie('any')),
      ),
    }));
    fastCheck.assert(
      fastCheck.property(values.any, (schema) => {
        expect(generate(schema)).not.toBeUndefined();
      }),
      { numRuns: 1500 },
    );
  });
});

function wideProperties(): JsonObject {
  return Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`p${String(index)}`, { type: 'string' }]),
  );
}
