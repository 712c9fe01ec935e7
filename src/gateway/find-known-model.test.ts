import { describe, expect, test } from 'vitest';
import { plans } from '../catalog/plans.ts';
import { modelsOf } from '../catalog/profiles.ts';
import type { KnownModel } from '../dialects/dialect.ts';
import { findKnownModel } from './find-known-model.ts';

const NOVEMBER_2026 = Date.parse('2026-11-01T00:00:00Z');
const standard = { plan: plans.standard, profile: 'launch' } as const;
const prepaid = { plan: plans.prepaid, profile: 'launch' } as const;

describe('a model is found by any of its names', () => {
  test.each<[string, string | undefined]>([
    ['claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['anthropic/claude-sonnet-4.6', 'claude-sonnet-4-6'],
    ['anthropic/claude-sonnet-4-6-20260218', 'claude-sonnet-4-6'],
    ['claude-sonnet-4.6', 'claude-sonnet-4-6'],
    ['anthropic/claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['anthropic/claude-sonnet-4', 'claude-sonnet-4-20250514'],
    ['claude-4-sonnet-20250514', 'claude-sonnet-4-20250514'],
    ['anthropic/claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
    // Not listed any more, and answered for as it was.
    ['anthropic/claude-3-opus-latest', 'claude-3-opus-20240229'],
    ['anthropic/', undefined],
    ['other/claude-sonnet-4.6', undefined],
    ['Claude-Sonnet-4-6', undefined],
    ['', undefined],
    ['__proto__', undefined],
    ['constructor', undefined],
  ])('%j is %s', (name, id) => {
    expect(findKnownModel(name, standard, NOVEMBER_2026)?.id).toBe(id);
  });

  test('every name of every record finds that record', () => {
    for (const { id, aliases, formNames } of modelsOf('launch')) {
      for (const name of [id, ...aliases, ...formNames.chatCompletions, ...formNames.workersAi]) {
        expect([name, findKnownModel(name, standard, NOVEMBER_2026)?.id]).toEqual([name, id]);
      }
    }
  });
});

describe('an answer may be as long as both allow', () => {
  test.each([
    ['the model alone', standard, 64_000],
    ['the plan, which allows less', prepaid, 16_384],
    ['the model of the later profile', { ...standard, profile: 'ga-2026-08' as const }, 128_000],
    [
      'a plan that allows more than the model',
      { ...standard, plan: { ...plans.standard, outputTokensMax: 1_000_000 } },
      64_000,
    ],
  ])('%s', (_name, settings, tokens) => {
    const model = findKnownModel('claude-sonnet-4-6', settings, NOVEMBER_2026);
    expect(model?.outputTokensMax).toBe(tokens);
  });
});

test('what a usage costs is the price of the moment, and unknown before there was one', () => {
  const usage = { inputTokens: 16, outputTokens: 264 };
  const now = findKnownModel('anthropic/claude-sonnet-4.6', standard, NOVEMBER_2026);
  expect(now?.costNanoUsd(usage)).toBe(4_008_000n);
  expect(now?.costNanoUsd({ inputTokens: 16 })).toBeUndefined();
  const before = findKnownModel('anthropic/claude-sonnet-4.6', standard, 0);
  expect(before?.costNanoUsd(usage)).toBeUndefined();
});

test('traits are those of the profile', () => {
  const traitsIn = (profile: 'launch' | 'ga-2026-08'): readonly string[] | undefined =>
    findKnownModel('claude-sonnet-4-6', { plan: plans.standard, profile }, 0)?.traits.effortLevels;
  expect(traitsIn('launch')).not.toContain('max');
  expect(traitsIn('ga-2026-08')).toContain('max');
});

test('a model has schemas of the Workers AI form where it has a name there', () => {
  const schemasOf = (name: string): KnownModel['workersAi'] =>
    findKnownModel(name, standard, NOVEMBER_2026)?.workersAi;
  const inputs = (name: string): readonly string[] =>
    Object.keys((schemasOf(name)?.inputSchema['properties'] ?? {}) as object);
  expect(inputs('anthropic/claude-sonnet-4.6')).toContain('temperature');
  expect(inputs('anthropic/claude-opus-5')).not.toContain('temperature');
  expect(inputs('anthropic/claude-opus-5')).toContain('max_tokens');
  expect(schemasOf('claude-3-opus-latest')).toBeUndefined();
});
