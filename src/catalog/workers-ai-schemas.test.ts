import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { readSeedPage, schemasIn } from '../../test/support/seed-pages.ts';
import { modelsOf, profileNames } from './profiles.ts';
import { resolveModel } from './resolve-model.ts';
import { workersAiSchemasOf } from './workers-ai-schemas.ts';

const page = readSeedPage('000');

function schemasOf(name: string): ReturnType<typeof workersAiSchemasOf> {
  const model = resolveModel(name);
  if (model === undefined) throw new Error(`no model ${name}`);
  return workersAiSchemasOf(model);
}

test.skipIf(page === undefined).each(['claude-sonnet-4-6', 'claude-sonnet-4-20250514'])(
  'W-C03 %s has the schemas of seed 000, member for member',
  (name) => {
    const { inputSchema, outputSchema } = schemasOf(name);
    const { input, output } = schemasIn(page ?? '');
    expect(inputSchema).toEqual(input);
    expect(outputSchema).toEqual(output);
    // In the order of the page too: it is what readers see.
    expect(JSON.stringify([inputSchema, outputSchema])).toBe(JSON.stringify([input, output]));
  },
);

test('a model that fixes its samplers has none of their parameters', () => {
  const members = (name: string): readonly string[] =>
    Object.keys((schemasOf(name).inputSchema['properties'] ?? {}) as object);
  expect(members('claude-opus-5')).toEqual([
    'messages',
    'max_tokens',
    'system',
    'stream',
    'metadata',
  ]);
  expect(members('claude-haiku-4-5')).toEqual(
    expect.arrayContaining(['temperature', 'top_p', 'top_k']),
  );
});

test.each(profileNames)('%s: every schema is one of its dialect', (profile) => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  for (const model of modelsOf(profile)) {
    const { inputSchema, outputSchema } = workersAiSchemasOf(model);
    expect([ajv.validateSchema(inputSchema), ajv.validateSchema(outputSchema)]).toEqual([
      true,
      true,
    ]);
  }
});

const message = { role: 'user', content: 'Hello' };
const asked = { messages: [message], max_tokens: 5 };

test.each<[string, object, boolean]>([
  ['W-B09 max_tokens is required', { messages: [message] }, false],
  ['W-B10 max_tokens is above zero', { ...asked, max_tokens: 0 }, false],
  ['W-B10 max_tokens may be a fraction', { ...asked, max_tokens: 0.5 }, true],
  ['W-B11 temperature is at most 1', { ...asked, temperature: 1.1 }, false],
  ['W-B11 temperature may be 1', { ...asked, temperature: 1 }, true],
  ['W-B11 top_p is at least 0', { ...asked, top_p: -0.1 }, false],
  ['W-B11 top_k is above 0', { ...asked, top_k: 0 }, false],
  ['W-B12 no role is system', { ...asked, messages: [{ ...message, role: 'system' }] }, false],
  ['W-B13 a message is closed', { ...asked, messages: [{ ...message, name: 'x' }] }, false],
  ['W-B15 the whole is open', { ...asked, tools: [], foo: 1 }, true],
  ['W-B16 there may be no messages', { ...asked, messages: [] }, true],
  ['W-B17 system is a text', { ...asked, system: [{ type: 'text', text: 'x' }] }, false],
  ['W-B18 metadata is anything', { ...asked, metadata: { user_id: 'u' } }, true],
])('read by a validator, %s', (_name, input, isValid) => {
  const validate = new Ajv2020().compile(schemasOf('claude-sonnet-4-6').inputSchema);
  expect(validate(input)).toBe(isValid);
});
