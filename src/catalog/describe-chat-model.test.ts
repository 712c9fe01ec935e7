import { describe, expect, test } from 'vitest';
import { describeChatModel } from './describe-chat-model.ts';
import type { Model } from './model.ts';
import { modelsOf } from './profiles.ts';
import { resolveAnyName, resolveModel } from './resolve-model.ts';

const NOVEMBER_2026 = Date.parse('2026-11-01T00:00:00Z');
const terms = { outputTokensMax: undefined, markupPercent: 0, atMs: NOVEMBER_2026 };

function modelOf(name: string, profile: 'launch' | 'ga-2026-08' = 'launch'): Model {
  const model = resolveModel(name, profile);
  if (model === undefined) throw new Error(`no model ${name}`);
  return model;
}

test('Sonnet 4.6 as clients of Chat Completions see it', () => {
  const { pricing, ...described } = describeChatModel(modelOf('claude-sonnet-4-6'), terms);
  expect(described).toEqual({
    id: 'anthropic/claude-sonnet-4.6',
    object: 'model',
    created: 1_771_286_400,
    owned_by: 'anthropic',
    aliases: ['anthropic/claude-sonnet-4-6-20260218', 'claude-sonnet-4-6'],
    type: 'chat-completion',
    info: {
      name: 'Claude Sonnet 4.6',
      developer: 'Anthropic',
      contextLength: 200_000,
      outputMax: 64_000,
    },
    tags: ['chat', 'tools', 'vision', 'thinking'],
    modalities: { input: ['text', 'image', 'file'], output: ['text'] },
    capabilities: [
      'tool_calling',
      'parallel_tool_calling',
      'image_input',
      'file_input',
      'prompt_caching',
      'structured_outputs',
      'reasoning',
      'reasoning_effort',
      'sampling',
    ],
  });
  expect(pricing.kind).toBe('variants');
});

test('a model that has no name in the form is called by its own', () => {
  const { id, aliases } = describeChatModel(modelOf('claude-3-opus-latest'), terms);
  expect(id).toBe('anthropic/claude-3-opus-20240229');
  expect(aliases).toEqual(['claude-3-opus-20240229', 'claude-3-opus-latest']);
});

test.each(['launch', 'ga-2026-08'] as const)(
  '%s: every name leads back to the model',
  (profile) => {
    const shown = modelsOf(profile).map((model) => describeChatModel(model, terms));
    expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
    for (const [index, { id, aliases }] of shown.entries()) {
      for (const name of [id, ...aliases]) {
        expect([name, resolveAnyName(name, profile)?.id]).toEqual([
          name,
          modelsOf(profile)[index]?.id,
        ]);
      }
    }
  },
);

test('a plan that allows less is what an answer may be', () => {
  const capped = { ...terms, outputTokensMax: 16_384 };
  expect(describeChatModel(modelOf('claude-sonnet-4-6'), capped).info.outputMax).toBe(16_384);
  const wide = { ...terms, outputTokensMax: 1_000_000 };
  expect(describeChatModel(modelOf('claude-sonnet-4-6'), wide).info.outputMax).toBe(64_000);
});

describe('prices, in USD for so many units', () => {
  test('one rate for each class', () => {
    expect(describeChatModel(modelOf('claude-haiku-4-5'), terms).pricing).toEqual({
      kind: 'fixed',
      units: [
        { name: 'input', measure: 'token', price: 1, per: 1_000_000 },
        { name: 'cache_write_5m', measure: 'token', price: 1.25, per: 1_000_000 },
        { name: 'cache_write_1h', measure: 'token', price: 2, per: 1_000_000 },
        { name: 'cache_read', measure: 'token', price: 0.1, per: 1_000_000 },
        { name: 'output', measure: 'token', price: 5, per: 1_000_000 },
        { name: 'web_search', measure: 'request', price: 10, per: 1000 },
      ],
    });
  });

  test('where the length of the prompt matters, a rate for each', () => {
    const { pricing } = describeChatModel(modelOf('claude-sonnet-4-6'), terms);
    expect(pricing).toMatchObject({ kind: 'variants', dimensions: ['class', 'prompt_tokens'] });
    const variants = pricing.kind === 'variants' ? pricing.variants : [];
    const rate = (tokenClass: string, promptTokens?: string): number | undefined =>
      variants.find(
        ({ when }) => when['class'] === tokenClass && when['prompt_tokens'] === promptTokens,
      )?.price;
    expect([rate('input', '0-200000'), rate('input', '200001-')]).toEqual([3, 6]);
    expect([rate('output', '0-200000'), rate('output', '200001-')]).toEqual([15, 22.5]);
    expect(rate('web_search')).toBe(10);
    expect(variants).toHaveLength(11);
  });

  test('the later profile has one rate again', () => {
    const model = modelOf('claude-sonnet-4-6', 'ga-2026-08');
    expect(describeChatModel(model, terms).pricing.kind).toBe('fixed');
  });

  test('with what the gateway puts on top', () => {
    const { pricing } = describeChatModel(modelOf('claude-haiku-4-5'), {
      ...terms,
      markupPercent: 30,
    });
    const prices = pricing.kind === 'fixed' ? pricing.units.map(({ price }) => price) : [];
    expect(prices).toEqual([1.3, 1.625, 2.6, 0.13, 6.5, 13]);
  });

  test('before there was a price there is none to quote', () => {
    const { pricing } = describeChatModel(modelOf('claude-haiku-4-5'), { ...terms, atMs: 0 });
    expect(pricing).toEqual({ kind: 'variable' });
  });
});
