import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { outputsIn, readSeedPage, snippetsIn } from '../../test/support/seed-pages.ts';
import type { CatalogModel, CatalogTerms } from './describe-workers-ai-model.ts';
import { workersAiCatalog } from './describe-workers-ai-model.ts';
import { models } from './models.ts';
import { plans } from './plans.ts';
import type { ProfileName } from './profiles.ts';
import { profileNames } from './profiles.ts';
import { workersAiPresentations } from './workers-ai-presentations.ts';

const terms: CatalogTerms = { plan: plans.standard, atMs: Date.parse('2026-11-01T00:00:00Z') };
const sonnet46 = 'anthropic/claude-sonnet-4.6';
const sonnet4 = 'anthropic/claude-sonnet-4';

function recordsOf(
  profile: ProfileName = 'launch',
  more: Partial<CatalogTerms> = {},
): readonly CatalogModel[] {
  return workersAiCatalog(profile, { ...terms, ...more }).map(({ record }) => record);
}

function recordOf(
  name: string,
  profile: ProfileName = 'launch',
  more: Partial<CatalogTerms> = {},
): CatalogModel {
  const record = recordsOf(profile, more).find(({ model_id }) => model_id === name);
  if (record === undefined) throw new Error(`no record ${name}`);
  return record;
}

function codeOf({ examples }: CatalogModel): readonly string[] {
  return examples.map(({ code_snippets }) => code_snippets[0]?.code ?? '');
}

test('every model with a name in this form has a record, and every presentation a model', () => {
  const named = models.filter(({ formNames }) => formNames.workersAi.length > 0);
  expect(recordsOf().map(({ model_id }) => model_id)).toEqual(
    named.map(({ formNames }) => formNames.workersAi[0]),
  );
  expect(Object.keys(workersAiPresentations)).toEqual(named.map(({ id }) => id));
});

describe('the records that the seeds show', () => {
  const page000 = readSeedPage('000');
  const page001 = readSeedPage('001');

  test.skipIf(page000 === undefined)('Sonnet 4.6: every fact of the page', () => {
    const record = recordOf(sonnet46);
    const page = page000 ?? '';
    for (const text of [record.name, record.description, record.terms, record.external_info]) {
      expect(page).toContain(text);
    }
    expect(page).toContain(`${record.task} • Anthropic • Proxied`);
    expect(page).toContain(`${record.context_length.toLocaleString('en-US')} tokens`);
    const [, ...others] = record.examples;
    for (const { name, description } of others) {
      expect(page).toContain(`**${name}**  — ${description}`);
    }
  });

  test.skipIf(page000 === undefined)('Sonnet 4.6: the code, letter for letter', () => {
    expect(codeOf(recordOf(sonnet46))).toEqual(snippetsIn(page000 ?? ''));
  });

  test.skipIf(page001 === undefined)('Sonnet 4: every fact of the page', () => {
    const record = recordOf(sonnet4);
    const page = page001 ?? '';
    expect(page).toContain(`\n${record.name}\n`);
    expect(page).toContain(`\n${record.description}\n`);
    expect(page).toContain(`Context Window${record.context_length.toLocaleString('en-US')} tokens`);
    const [, ...others] = record.examples;
    for (const { name, description } of others) expect(page).toContain(`${name} — ${description}`);
  });

  test.skipIf(page001 === undefined)('Sonnet 4: the code, but for the indents that it lost', () => {
    const shown = codeOf(recordOf(sonnet4)).map((code) => code.replaceAll(/^ +/gm, ''));
    expect(shown).toEqual(snippetsIn(page001 ?? ''));
  });

  test.skipIf(page001 === undefined)('Sonnet 4: what it said to each', () => {
    const outputs = recordOf(sonnet4).examples.map(({ output }) => output?.text);
    expect(outputs).toEqual(outputsIn(page001 ?? ''));
  });
});

test('Sonnet 4.6 has the figures of Workers reference §5.2', () => {
  expect(recordOf(sonnet46)).toMatchObject({
    provider_id: 'anthropic',
    schema_version: '1.0.0',
    tags: ['LLM', 'Coding', 'Reasoning', 'Agentic'],
    pricing: {
      'Input tokens (per 1M)': 3,
      'Output tokens (per 1M)': 15,
      'Cached input tokens (per 1M)': 0.3,
      'Cache creation tokens (per 1M)': 3.75,
      'Input tokens (per 1M, prompts above 200K)': 6,
      'Output tokens (per 1M, prompts above 200K)': 22.5,
    },
    zdr: true,
    request_formats: ['anthropic-messages'],
    supports_async: false,
    hosting: 'proxied',
    created_at: '2026-02-17 00:00:00',
  });
});

test('Opus 5 has the figures of Workers reference §5.2', () => {
  const record = recordOf('anthropic/claude-opus-5');
  expect(record).toMatchObject({
    context_length: 1_000_000,
    max_output_tokens: 128_000,
    zdr: false,
  });
  expect(record.pricing).toEqual({
    'Input tokens (per 1M)': 5,
    'Output tokens (per 1M)': 25,
    'Cached input tokens (per 1M)': 0.5,
    'Cache creation tokens (per 1M)': 6.25,
  });
  expect(record.metadata).toEqual({ Architecture: 'Transformer', 'Adaptive Thinking': 'Yes' });
});

describe.each(profileNames)('%s', (profile) => {
  const ajv = new Ajv2020();
  const cases = recordsOf(profile).flatMap(({ model_id, schema, examples }) =>
    examples.map((example) => ({ model_id, schema, example, name: example.name })),
  );

  test.each(cases)('W-C04 $model_id: $name fits its schema', ({ schema, example }) => {
    const validate = ajv.compile(schema.input);
    expect([validate(example.input), validate.errors]).toEqual([true, null]);
    const known = Object.keys(schema.input['properties'] as object);
    expect(Object.keys(example.input).filter((name) => !known.includes(name))).toEqual([]);
  });
});

test('each model has the five examples, in order', () => {
  for (const { examples } of recordsOf()) {
    expect(examples.map(({ name }) => name)).toEqual([
      'Simple Question',
      'With System Message',
      'Multi-turn Conversation',
      'Creative Writing',
      'Streaming Response',
    ]);
  }
});

describe('what overlays the registry reaches the records', () => {
  test('a profile', () => {
    expect(recordOf(sonnet46)).toMatchObject({
      context_length: 200_000,
      max_output_tokens: 64_000,
    });
    const later = recordOf(sonnet46, 'ga-2026-08');
    expect(later).toMatchObject({ context_length: 1_000_000, max_output_tokens: 128_000 });
    expect(Object.keys(later.pricing)).toHaveLength(4);
  });

  test('the length of answers that a plan allows', () => {
    for (const { max_output_tokens } of recordsOf('launch', { plan: plans.prepaid })) {
      expect(max_output_tokens).toBeLessThanOrEqual(16_384);
    }
  });

  test('the models that a plan sells', () => {
    const plan = { modelIds: new Set(['claude-sonnet-4-6']) };
    expect(recordsOf('launch', { plan }).map(({ model_id }) => model_id)).toEqual([sonnet46]);
  });

  test('the day: a model has no price before its first', () => {
    const before = recordOf(sonnet46, 'launch', { atMs: Date.parse('2026-01-01T00:00:00Z') });
    expect(before.pricing).toEqual({});
  });
});
