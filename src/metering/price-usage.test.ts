import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PriceRow } from '../catalog/price.ts';
import { priceRow } from '../catalog/price.ts';
import { resolveModel } from '../catalog/resolve-model.ts';
import type { Usage } from '../messages/usage.ts';
import { priceUsage } from './price-usage.ts';

const NOVEMBER_2026 = Date.parse('2026-11-01T00:00:00Z');

function pricesOf(name: string, profile: 'launch' | 'ga-2026-08' = 'launch'): readonly PriceRow[] {
  return resolveModel(name, profile)?.prices ?? [];
}

const sonnet = pricesOf('claude-sonnet-4-6');

describe('Sonnet 4.6: every class of tokens at its own price (seed 003, API reference §9)', () => {
  const none: Usage = { inputTokens: 0, outputTokens: 0 };
  test.each<[string, Usage, bigint]>([
    ['nothing', none, 0n],
    ['input', { ...none, inputTokens: 1 }, 3000n],
    ['output', { ...none, outputTokens: 1 }, 15_000n],
    ['a read', { ...none, cacheReadTokens: 1 }, 300n],
    ['a write of five minutes', { ...none, cacheWriteTokens: 1, cacheWrite5mTokens: 1 }, 3750n],
    ['a write of an hour', { ...none, cacheWriteTokens: 1, cacheWrite1hTokens: 1 }, 6000n],
    ['a write that names no time lasts five minutes', { ...none, cacheWriteTokens: 1 }, 3750n],
    [
      'writes of both',
      { ...none, cacheWriteTokens: 3, cacheWrite5mTokens: 2, cacheWrite1hTokens: 1 },
      13_500n,
    ],
    ['a search', { ...none, webSearchRequests: 1 }, 10_000_000n],
    ['a fetch is free', { ...none, webFetchRequests: 9 }, 0n],
    ['thinking is output already', { ...none, outputTokens: 2, thinkingTokens: 2 }, 30_000n],
    [
      'as much as fits below the bound, and a million out',
      { inputTokens: 200_000, outputTokens: 1_000_000 },
      15_600_000_000n,
    ],
    // Chat reference §1.4: 16 in and 264 out are 4,008,000 nano-USD at list price.
    ['the published sample', { inputTokens: 16, outputTokens: 264 }, 4_008_000n],
    // Seed 004's example of an answer.
    ['87 in, 24 out', { inputTokens: 87, outputTokens: 24 }, 621_000n],
  ])('%s', (_name, usage, nanoUsd) => {
    expect(priceUsage(usage, sonnet, NOVEMBER_2026)).toBe(nanoUsd);
  });
});

describe('a prompt above 200,000 tokens', () => {
  const long = { inputTokens: 200_001, outputTokens: 10 };
  test.each<[string, Usage, bigint]>([
    ['at the bound', { ...long, inputTokens: 200_000 }, 600_150_000n],
    ['one above: all of it at the long price', long, 1_200_231_000n],
    [
      'what was read from the cache counts',
      { inputTokens: 1, cacheReadTokens: 200_000, outputTokens: 0 },
      6000n + 200_000n * 600n,
    ],
    [
      'so does what was written to it',
      { inputTokens: 1, cacheWriteTokens: 200_000, outputTokens: 0 },
      6000n + 200_000n * 7500n,
    ],
    [
      'a search costs the same',
      { inputTokens: 200_001, outputTokens: 0, webSearchRequests: 1 },
      1_200_006_000n + 10_000_000n,
    ],
  ])('%s', (_name, usage, nanoUsd) => {
    expect(priceUsage(usage, sonnet, NOVEMBER_2026)).toBe(nanoUsd);
  });

  test('costs no more once the later profile made the price flat', () => {
    const later = pricesOf('claude-sonnet-4-6', 'ga-2026-08');
    expect(priceUsage(long, later, NOVEMBER_2026)).toBe(600_153_000n);
    expect(priceUsage(long, later, Date.parse('2026-03-01T00:00:00Z'))).toBe(1_200_231_000n);
  });
});

test.each([
  ['claude-haiku-4-5', 1000n, 5000n],
  ['claude-sonnet-5', 2000n, 10_000n],
  ['claude-opus-5', 5000n, 25_000n],
  ['claude-opus-4-1', 15_000n, 75_000n],
  ['claude-fable-5', 10_000n, 50_000n],
])('%s costs what API reference §9 says', (name, input, output) => {
  const prices = pricesOf(name);
  expect(priceUsage({ inputTokens: 1, outputTokens: 0 }, prices, NOVEMBER_2026)).toBe(input);
  expect(priceUsage({ inputTokens: 0, outputTokens: 1 }, prices, NOVEMBER_2026)).toBe(output);
});

describe('unknown is not zero', () => {
  test.each<[string, Usage, readonly PriceRow[]]>([
    ['no price', { inputTokens: 1, outputTokens: 1 }, []],
    ['no input', { outputTokens: 1 }, sonnet],
    ['no output', { inputTokens: 1 }, sonnet],
    ['no count at all', {}, sonnet],
  ])('%s', (_name, usage, rows) => {
    expect(priceUsage(usage, rows, NOVEMBER_2026)).toBeUndefined();
  });
});

describe('a price from an instant on', () => {
  const [first, second] = ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z'] as const;
  const rows = [
    priceRow(first, { input: 10n, output: 20n }),
    priceRow(second, { input: 30n, output: 40n }),
  ];
  const one = { inputTokens: 1, outputTokens: 0 };
  test.each<[string, number, bigint | undefined]>([
    ['before the first', Date.parse(first) - 1, undefined],
    ['at the first', Date.parse(first), 10n],
    ['before the second', Date.parse(second) - 1, 10n],
    ['at the second', Date.parse(second), 30n],
  ])('%s', (_name, atMs, nanoUsd) => {
    expect(priceUsage(one, rows, atMs)).toBe(nanoUsd);
  });
});

test('more of anything never costs less', () => {
  const count = fc.nat({ max: 2_000_000 });
  const usages = fc.record({
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWrite5mTokens: count,
    cacheWrite1hTokens: count,
    webSearchRequests: fc.nat({ max: 100 }),
  });
  const withWrites = (usage: Usage): Usage => ({
    ...usage,
    cacheWriteTokens: (usage.cacheWrite5mTokens ?? 0) + (usage.cacheWrite1hTokens ?? 0),
  });
  const cost = (usage: Usage): bigint =>
    priceUsage(withWrites(usage), sonnet, NOVEMBER_2026) ?? -1n;
  fc.assert(
    fc.property(usages, usages, (usage, more) => {
      const grown = Object.fromEntries(
        Object.entries(usage).map(([name, value]) => [
          name,
          value + more[name as keyof typeof more],
        ]),
      );
      expect(cost(usage)).toBeGreaterThanOrEqual(0n);
      expect(cost(grown)).toBeGreaterThanOrEqual(cost(usage));
    }),
  );
});
