import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looseSchemas } from '../../../test/support/loose-schemas.ts';
import type { MessageParam } from '../../messages/request.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { DeterministicRandom } from '../deterministic-random.ts';
import { satisfiesSchema } from '../json-schema/satisfies-schema.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { viewConversation } from './conversation-view.ts';
import { writeJson } from './write-json.ts';

const asked: MessageParam = { role: 'user', content: 'A person, as JSON' };
const base: CheckedRequest = { model: 'm', max_tokens: 1024, messages: [asked] };
const seeds = Array.from({ length: 20 }, (_, index) => `seed ${String(index)}`);

function write(more: Partial<CheckedRequest>, seed = 'seed'): JsonValue {
  const request = { ...base, ...more };
  const random = new DeterministicRandom(seed);
  return writeJson({ request, view: viewConversation(request), random });
}

const user = (...texts: readonly string[]): MessageParam => ({
  role: 'user',
  content: texts.map((text) => ({ type: 'text', text })),
});

const person: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 3 },
    age: { type: 'integer', minimum: 18, maximum: 20 },
    kind: { enum: ['adult', 'child'] },
    tags: {
      type: 'array',
      items: { type: 'string' },
      description: 'Some. minItems: 2, maxItems: 4',
    },
    home: { $ref: '#/definitions/home' },
  },
  required: ['name', 'age', 'kind', 'tags', 'home'],
  definitions: { home: { oneOf: [{ type: 'null' }, { type: 'object', required: ['city'] }] } },
};
const shown = `The JSON is to fit this:\n\n${JSON.stringify(person, null, 2)}\n\nNothing else.`;

describe('JSON for a prompt that shows a schema', () => {
  test.each<[string, Partial<CheckedRequest>]>([
    ['in the system prompt', { system: shown }],
    ['in a block of it', { system: ['Be kind.', shown].map((text) => ({ type: 'text', text })) }],
    ['in the question', { messages: [user('A person', shown)] }],
    ['in a question of one text', { messages: [{ role: 'user', content: shown }] }],
    [
      'in the question before results of tools',
      {
        messages: [
          user(shown),
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'Done' }] },
        ],
      },
    ],
    [
      'in the system prompt, before one in the question',
      { system: shown, messages: [user('{"anyOf":[{"const":1}]}')] },
    ],
  ])('%s satisfies it', (_where, more) => {
    for (const seed of seeds) {
      const written = write(more, seed);
      expect(satisfiesSchema(written, person, person)).toBe(true);
      expect((written as { tags: readonly string[] }).tags.length).toBeGreaterThanOrEqual(2);
    }
  });

  test.each<[string, JsonObject]>([
    ['that nothing satisfies', { type: 'object', properties: { a: false }, required: ['a'] }],
    [
      'that refers to itself',
      { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] },
    ],
    ['that refers to nothing', { allOf: [{ $ref: '#/$defs/none' }, { type: 'object' }] }],
    [
      'that refers elsewhere',
      { type: 'object', properties: { a: { $ref: 'https://a.example/' } } },
    ],
  ])('%s gets what can be made of it', (_what, schema) => {
    expect(isJsonObject(write({ system: JSON.stringify(schema) }))).toBe(true);
  });
});

describe('JSON for a prompt that shows none', () => {
  test('says that it is emulated and what it was sent', () => {
    expect(write({})).toEqual({
      emulated: true,
      answer: expect.stringMatching(/No model was asked|no model was asked/) as string,
    });
    expect(write({})).toHaveProperty('answer', expect.stringContaining('A person, as JSON'));
  });

  test('a schema of an earlier question is none of this one', () => {
    const messages = [user(shown), { role: 'assistant', content: 'Yes' } as const, asked];
    expect(write({ messages })).toHaveProperty('emulated', true);
  });
});

test('the same request and seed have the same JSON, another seed has another', () => {
  expect(write({ system: shown })).toEqual(write({ system: shown }));
  expect(
    new Set(seeds.map((seed) => JSON.stringify(write({ system: shown }, seed)))).size,
  ).toBeGreaterThan(10);
});

test('whatever is shown for a schema, JSON is written', () => {
  fc.assert(
    fc.property(looseSchemas, fc.string(), (schema, seed) => {
      const written = write({ system: `Like ${JSON.stringify(schema)}.` }, seed);
      expect(JSON.parse(JSON.stringify(written))).toEqual(written);
    }),
    { numRuns: 1000 },
  );
});
