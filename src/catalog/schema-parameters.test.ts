import { expect, test } from 'vitest';
import type { JsonObject } from '../std/json.ts';
import { schemaParameters } from './schema-parameters.ts';

function only(property: JsonObject): object {
  return schemaParameters({ type: 'object', properties: { p: property } })[0] ?? {};
}

test.each<[JsonObject, object]>([
  [{ type: 'string' }, { name: 'p', type: 'string', isRequired: false, constraints: [] }],
  [{}, { name: 'p', type: 'any' }],
  [
    { type: 'array', items: { type: 'string' } },
    { name: 'p[]', type: 'array' },
  ],
  [{ type: 'array' }, { name: 'p[]', type: 'array' }],
  [{ type: 'object' }, { name: 'p{}', type: 'object' }],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, { name: 'p', type: 'string | null' }],
  [{ type: 'string', const: 'message' }, { constraints: ['const: message'] }],
  [{ type: 'string', enum: ['a', 'b'] }, { constraints: ['enum: a, b'] }],
  [{ type: 'number', exclusiveMinimum: 0 }, { constraints: ['exclusiveMinimum: 0'] }],
  [{ type: 'number', maximum: 1, minimum: 0 }, { constraints: ['minimum: 0', 'maximum: 1'] }],
])('%j is %j', (property, shown) => {
  expect(only(property)).toMatchObject(shown);
});

test('what a parameter holds comes after it, with the way to it', () => {
  const inner = { type: 'object', properties: { b: { type: 'string' } }, required: ['b'] };
  const rows = schemaParameters({
    type: 'object',
    properties: {
      list: { type: 'array', items: inner },
      one: inner,
      either: { anyOf: [{ type: 'string' }, { type: 'array', items: inner }] },
    },
    required: ['one'],
  });
  expect(rows.map(({ name, isRequired }) => [name, isRequired])).toEqual([
    ['list[]', false],
    ['list[].b', true],
    ['one{}', true],
    ['one.b', true],
    ['either', false],
    ['either[].b', true],
  ]);
});
