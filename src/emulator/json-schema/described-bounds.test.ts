import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../std/json.ts';
import { DeterministicRandom } from '../deterministic-random.ts';
import { describedBounds } from './described-bounds.ts';
import { generateJson } from './generate-json.ts';
import { satisfiesSchema } from './satisfies-schema.ts';

describe('bounds in a description', () => {
  test.each<[string, JsonObject]>([
    ['minimum: 1; maximum: 90.', { minimum: 1, maximum: 90 }],
    ['How many\nmin items: 2; max items: 4.', { minItems: 2, maxItems: 4 }],
    ['Rows\n\n{minItems: 2, uniqueItems: true}', { minItems: 2, uniqueItems: true }],
    ['{minimum: -1.5, exclusiveMaximum: 2e3}', { minimum: -1.5, exclusiveMaximum: 2000 }],
    [
      'A code\n\n{pattern: "^[a-z]{2}, \\\\d$", maxLength: 9}',
      { pattern: '^[a-z]{2}, \\d$', maxLength: 9 },
    ],
    ['pattern: ^[A-Z]; [a-z]+$; min length: 3.', { pattern: '^[A-Z]; [a-z]+$', minLength: 3 }],
    ['multiple of: 5; exclusive minimum: 0.', { multipleOf: 5, exclusiveMinimum: 0 }],
    ['format: color.', { format: 'color' }],
    ['Rows\n\nMust fulfil minItems: 2, maxItems: 4.', { minItems: 2, maxItems: 4 }],
    ['Must fulfil not: {"type":"null"}, minimum: 2.', { minimum: 2 }],
    ['minimum: 1, maximum: 3', { minimum: 1, maximum: 3 }],
    ['How old, minimum: 3', { minimum: 3 }],
    ['{enum: ["a, b","[c]",null]}', { enum: ['a, b', '[c]', null] }],
    ['Kind\n\n{default: null, enum: [1,2], minimum: 1}', { enum: [1, 2], minimum: 1 }],
    ['{const: "event", title: "Kind"}', { const: 'event' }],
    ['Age. Note: minimum value: 1, maximum value: 5.', { minimum: 1, maximum: 5 }],
    ['Note: maximum number of items: 3, minimum number of items: 2.', { minItems: 2, maxItems: 3 }],
    ['Note: exclusive maximum value: 9.', { exclusiveMaximum: 9 }],
  ])('%s', (description, bounds) => {
    expect(describedBounds(description)).toEqual(bounds);
  });

  test.each([
    'At least one item, please',
    'minimum: many.',
    'Say the minimum: 3 is enough.',
    '{not: {"type":"string"}}',
    'unique items: yes.',
    '{enum: []}',
    '{enum: "a"}',
    '',
    'minimum: 1\nand then some words',
  ])('other words are no bounds: %s', (description) => {
    expect(describedBounds(description)).toEqual({});
  });

  test('what is generated keeps to them', () => {
    const schema = {
      type: 'object',
      properties: {
        rows: {
          type: 'array',
          items: { type: 'string' },
          description: 'min items: 4; max items: 5.',
        },
        age: { type: 'integer', description: '{minimum: 40, maximum: 44}' },
        code: { type: 'string', description: 'pattern: ^[A-Z]{3}$.' },
      },
      required: ['rows', 'age', 'code'],
    };
    const meant = {
      properties: {
        rows: { minItems: 4, maxItems: 5 },
        age: { minimum: 40, maximum: 44 },
        code: { pattern: '^[A-Z]{3}$' },
      },
    };
    for (let seed = 0; seed < 50; seed += 1) {
      const random = new DeterministicRandom(String(seed));
      const value = generateJson(schema, { random, words: ['weather'] });
      expect(satisfiesSchema(value, schema, schema)).toBe(true);
      expect(satisfiesSchema(value, meant, meant)).toBe(true);
    }
  });

  test.each([
    { type: 'integer', maximum: 3, description: 'minimum: 10.' },
    { type: 'array', items: {}, maxItems: 1, description: '{minItems: 7}' },
    { type: 'string', maxLength: 2, description: 'min length: 5.' },
    { type: 'string', format: 'uuid', description: 'pattern: ^x$.' },
  ])('the schema itself is what counts: %j', (schema) => {
    const random = new DeterministicRandom('seed');
    const value = generateJson(schema, { random, words: ['weather'] });
    expect(satisfiesSchema(value, schema, schema)).toBe(true);
  });
});
