import { describe, expect, test } from 'vitest';
import { describeModel, modelDirectory } from './describe-model.ts';
import { models } from './models.ts';
import { plans } from './plans.ts';
import { priceRow } from './price.ts';
import { modelsOf, profileNames } from './profiles.ts';
import { resolveModel } from './resolve-model.ts';

describe('the registry', () => {
  test.each(profileNames)('%s: what a record says of itself agrees', (profile) => {
    for (const model of modelsOf(profile)) {
      const { images, thinking } = model;
      expect(model.maxOutputTokens).toBeLessThanOrEqual(model.contextTokens);
      expect(model.longContextTokens ?? Infinity).toBeGreaterThanOrEqual(model.contextTokens);
      expect(thinking.unset === 'adaptive' && !thinking.adaptive).toBe(false);
      expect(thinking.enabled || thinking.adaptive || model.retiredAt !== undefined).toBe(true);
      expect(images.longEdgePixelsMax).toBeGreaterThan(0);
    }
  });

  test.each(profileNames)('%s: every model has a price, and rows are in order', (profile) => {
    for (const { prices } of modelsOf(profile)) {
      const dates = prices.map(({ effectiveFrom }) => effectiveFrom);
      expect(dates.length).toBeGreaterThan(0);
      expect(dates).toEqual(dates.toSorted());
    }
  });

  test('a name stands for one model in each form', () => {
    for (const form of ['chatCompletions', 'workersAi'] as const) {
      const names = models.flatMap(({ formNames }) => formNames[form]);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

test('Sonnet 4.6 costs what seed 003 says', () => {
  const [row] = resolveModel('claude-sonnet-4-6')?.prices ?? [];
  expect(row?.nanoUsdPerToken).toEqual({
    input: 3000n,
    cacheWrite5m: 3750n,
    cacheWrite1h: 6000n,
    cacheRead: 300n,
    output: 15_000n,
  });
  expect(row?.longContext?.nanoUsdPerToken).toMatchObject({ input: 6000n, output: 22_500n });
});

test('a price is whole nano-USD in every class', () => {
  for (const { prices } of models) {
    for (const { nanoUsdPerToken } of prices) {
      const { input, cacheWrite5m, cacheRead } = nanoUsdPerToken;
      expect([cacheWrite5m * 4n, cacheRead * 10n]).toEqual([input * 5n, input]);
    }
  }
});

test('a price row without a long tier has none', () => {
  expect(priceRow('2026-01-01T00:00:00Z', { input: 1n, output: 2n })).not.toHaveProperty(
    'longContext',
  );
});

describe('profiles', () => {
  test.each([
    ['launch', 200_000, 64_000, false],
    ['ga-2026-08', 1_000_000, 128_000, true],
  ] as const)('Sonnet 4.6 in %s', (profile, context, output, hasMax) => {
    const model = resolveModel('claude-sonnet-4-6', profile);
    expect(model?.contextTokens).toBe(context);
    expect(model?.maxOutputTokens).toBe(output);
    expect(model?.effortLevels.includes('max')).toBe(hasMax);
  });
});

describe('names in the other forms', () => {
  test.each([
    ['anthropic/claude-sonnet-4.6', 'chat-completions', 'claude-sonnet-4-6'],
    ['anthropic/claude-sonnet-4-6-20260218', 'chat-completions', 'claude-sonnet-4-6'],
    ['anthropic/claude-sonnet-4.6', 'workers-ai', 'claude-sonnet-4-6'],
    ['anthropic/claude-sonnet-4', 'workers-ai', 'claude-sonnet-4-20250514'],
    ['anthropic/claude-sonnet-4.6', 'messages', undefined],
    ['claude-sonnet-4-6', 'workers-ai', undefined],
  ] as const)('%s in %s is %s', (name, form, id) => {
    expect(resolveModel(name, 'launch', form)?.id).toBe(id);
  });
});

test('Haiku 4.5 describes itself as the API does', () => {
  const model = resolveModel('claude-haiku-4-5');
  if (model === undefined) throw new Error('no such model');
  const { capabilities, ...figures } = describeModel(model);
  expect(figures).toEqual({
    type: 'model',
    id: 'claude-haiku-4-5-20251001',
    display_name: 'Claude Haiku 4.5',
    created_at: '2025-10-15T00:00:00Z',
    max_input_tokens: 200_000,
    max_tokens: 64_000,
  });
  expect(capabilities.effort).toEqual({
    supported: false,
    low: { supported: false },
    medium: { supported: false },
    high: { supported: false },
    xhigh: { supported: false },
    max: { supported: false },
  });
  expect(capabilities.code_execution.supported).toBe(false);
});

test('a model that is not served any more is answered for, and neither listed nor sold', () => {
  const gone = resolveModel('claude-3-opus-latest');
  expect(gone?.id).toBe('claude-3-opus-20240229');
  const listed = modelDirectory('launch').list();
  expect(listed.map(({ id }) => id)).not.toContain(gone?.id);
  expect(plans.prepaid.modelIds?.has(gone?.id ?? '')).toBe(false);
});
