import { expect, test } from 'vitest';
import { schemaParameters } from '../catalog/schema-parameters.ts';
import { workersAiSchemasOf } from '../catalog/workers-ai-schemas.ts';
import type { JsonObject } from '../std/json.ts';
import type { PageParameter } from './model-page.ts';
import { pageParameters } from './page-parameters.ts';

function flat(rows: readonly PageParameter[]): readonly PageParameter[] {
  return rows.flatMap((row) => [row, ...flat(row.children)]);
}

function linesOf(schema: JsonObject): readonly string[] {
  return flat(pageParameters(schema)).map(({ way, type, isRequired, constraints, note }) =>
    [
      way,
      type,
      ...(isRequired ? ['required'] : []),
      ...constraints,
      ...(note === undefined ? [] : [note]),
    ].join(' '),
  );
}

test.each([true, false])(
  'rows are those of the pages that seeds have (samplers: %s)',
  (acceptsSamplers) => {
    const { inputSchema, outputSchema } = workersAiSchemasOf({ acceptsSamplers });
    for (const schema of [inputSchema, outputSchema]) {
      const rows = flat(pageParameters(schema)).map(({ way, type, isRequired, constraints }) => ({
        name: way,
        type,
        isRequired,
        constraints,
      }));
      expect(rows).toEqual(schemaParameters(schema));
    }
  },
);

test('a variant of a union is a row, with what it holds below it', () => {
  const variant = (tag: string, more: JsonObject): JsonObject => ({
    type: 'object',
    properties: { type: { const: tag }, ...more },
    required: ['type', ...Object.keys(more)],
  });
  const lines = linesOf({
    type: 'object',
    properties: {
      source: {
        oneOf: [variant('url', { url: { type: 'string' } }), variant('none', {})],
        description: 'Where it is.',
      },
    },
  });
  expect(lines).toEqual([
    'source object Where it is.',
    'source[type=url] object',
    'source[type=url].url string required',
    'source[type=none] object',
  ]);
});

test('a schema that holds itself ends where it begins anew', () => {
  const lines = linesOf({
    type: 'object',
    properties: { tree: { $ref: '#/$defs/Tree' } },
    $defs: {
      Tree: {
        type: 'object',
        properties: { name: { type: 'string', maxLength: 3 }, inner: { $ref: '#/$defs/Tree' } },
        required: ['name'],
      },
    },
  });
  expect(lines).toEqual([
    'tree{} object',
    'tree.name string required maxLength: 3',
    'tree.inner{} object',
  ]);
});

test('what a scalar of a union may be stands in its row', () => {
  const lines = linesOf({
    type: 'object',
    properties: {
      choice: { anyOf: [{ type: 'string', enum: ['auto', 'none'] }, { type: 'object' }] },
      effort: { anyOf: [{ type: 'string', enum: ['low'] }, { type: 'null' }], default: 'low' },
    },
  });
  expect(lines).toEqual([
    'choice string | object enum: auto, none',
    'effort string | null default: low enum: low',
  ]);
});
