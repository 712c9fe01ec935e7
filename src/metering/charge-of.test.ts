import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveModel } from '../catalog/resolve-model.ts';
import type { Usage } from '../messages/usage.ts';
import type { ChargeTerms } from './charge-of.ts';
import { cappedCharge, chargeInLines, chargeOf, listTerms } from './charge-of.ts';
import type { Price } from './resolved-price.ts';
import { listPrice, versioned } from './resolved-price.ts';

const AT_MS = Date.parse('2026-11-01T00:00:00Z');
const sonnet = listPrice(resolveModel('claude-sonnet-4-6')?.prices ?? [], AT_MS);

function priced(
  rates: Price['tiers'][number]['rates'],
  more: readonly Price['tiers'][number][] = [],
): Price {
  const tiers = [{ aboveInputTokens: 0, rates }, ...more];
  return versioned(tiers, { batchPercent: 50, usGeoPercent: 110 });
}

function charge(
  usage: Usage,
  terms: Partial<ChargeTerms> = {},
  price = sonnet,
): bigint | undefined {
  return price === undefined ? undefined : chargeOf(usage, price, { ...listTerms, ...terms });
}

const none: Usage = { inputTokens: 0, outputTokens: 0 };

describe('the table of wallet reference §13.F', () => {
  test.each<[string, Usage, bigint, { terms?: Partial<ChargeTerms>; price?: Price }]>([
    ['W01 87 in, 24 out', { inputTokens: 87, outputTokens: 24 }, 621_000n, {}],
    [
      'wallet M01 a read of 100,000, 50 in, 500 out',
      { cacheReadTokens: 100_000, inputTokens: 50, outputTokens: 500 },
      37_650_000n,
      {},
    ],
    [
      'wallet M02 writes of both times',
      {
        cacheWrite5mTokens: 10_000,
        cacheWrite1hTokens: 2000,
        cacheWriteTokens: 12_000,
        inputTokens: 10,
        outputTokens: 1,
      },
      49_545_000n,
      {},
    ],
    [
      'wallet M03 a markup of 3,000 basis points',
      { inputTokens: 16, outputTokens: 264 },
      5_210_400n,
      { terms: { markupBasisPoints: 3000 } },
    ],
    [
      'wallet M04 half a nano-USD is rounded up',
      { ...none, inputTokens: 3 },
      113n,
      { price: priced({ input: 37_500_000n, output: 0n }) },
    ],
    [
      'wallet M05 writes that are not told apart last as long as was asked for',
      { ...none, cacheWriteTokens: 500 },
      3_000_000n,
      { terms: { unsplitWritesLast: '1h' } },
    ],
    [
      'wallet M06 200,000 tokens at 75 USD a million',
      { ...none, outputTokens: 200_000 },
      15_000_000_000n,
      { price: priced({ input: 1n, output: 75_000_000_000n }) },
    ],
    [
      'wallet M12 a basis point on a nano-USD',
      { ...none, inputTokens: 1 },
      2n,
      { terms: { markupBasisPoints: 1 }, price: priced({ input: 1_000_000n, output: 0n }) },
    ],
  ])('%s', (_name, usage, nanoUsd, { terms = {}, price = sonnet }) => {
    expect(charge(usage, terms, price)).toBe(nanoUsd);
  });
});

describe('what makes a request cheaper or dearer', () => {
  const usage = { inputTokens: 100, outputTokens: 10, webSearchRequests: 1 };
  test.each<[string, Partial<ChargeTerms>, bigint]>([
    ['nothing', {}, 450_000n + 10_000_000n],
    ['a batch: half, but for searches', { isBatch: true }, 225_000n + 10_000_000n],
    ['one region: a tenth more, but for searches', { isUsGeo: true }, 495_000n + 10_000_000n],
    ['both', { isBatch: true, isUsGeo: true }, 247_500n + 10_000_000n],
    ['a markup, on everything', { markupBasisPoints: 1000 }, 495_000n + 11_000_000n],
  ])('%s', (_name, terms, nanoUsd) => {
    expect(charge(usage, terms)).toBe(nanoUsd);
  });

  test('one nano-USD is rounded once, not once a class', () => {
    const price = priced({ input: 400_000n, output: 400_000n });
    expect(charge({ inputTokens: 1, outputTokens: 1 }, {}, price)).toBe(1n);
  });

  test('the longest bound that a prompt passes decides all of its prices', () => {
    const price = priced({ input: 1_000_000n, output: 0n }, [
      { aboveInputTokens: 10, rates: { input: 2_000_000n, output: 0n } },
      { aboveInputTokens: 20, rates: { input: 3_000_000n, output: 0n } },
    ]);
    expect(charge({ ...none, inputTokens: 10 }, {}, price)).toBe(10n);
    expect(charge({ ...none, inputTokens: 11 }, {}, price)).toBe(22n);
    expect(charge({ ...none, inputTokens: 21 }, {}, price)).toBe(63n);
  });
});

describe('unknown is not zero', () => {
  test.each<[string, Usage, Price | undefined]>([
    ['no input', { outputTokens: 1 }, sonnet],
    ['no output', { inputTokens: 1 }, sonnet],
    [
      'a class that was used and has no price',
      { ...none, cacheReadTokens: 1 },
      priced({ input: 1n, output: 1n }),
    ],
  ])('%s', (_name, usage, price) => {
    expect(charge(usage, {}, price)).toBeUndefined();
  });

  test('a class without a price that was not used costs nothing', () => {
    expect(charge({ inputTokens: 1, outputTokens: 0 }, {}, priced({ input: 1_000_000n }))).toBe(1n);
  });
});

test.each([-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])(
  'M14 a count of %s is a fault, never a credit',
  (inputTokens) => {
    expect(() => charge({ ...none, inputTokens })).toThrow('natural numbers');
  },
);

test('a charge is cut to an amount at its largest lines, and its lines still add up', () => {
  const usage = { inputTokens: 100, outputTokens: 10 };
  const inLines = sonnet === undefined ? undefined : chargeInLines(usage, sonnet, listTerms);
  const cut = inLines === undefined ? undefined : cappedCharge(inLines, 200_000n);
  expect(cut).toEqual({
    nanoUsd: 200_000n,
    lines: [
      { priceClass: 'input', count: 100, nanoUsd: 50_000n },
      { priceClass: 'output', count: 10, nanoUsd: 150_000n },
    ],
  });
  expect(inLines === undefined ? undefined : cappedCharge(inLines, 450_000n)).toBe(inLines);
});

test('I13 no count makes a charge negative, and its lines add up to it', () => {
  const count = fc.nat({ max: 2 ** 50 });
  const usages = fc.record({
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    webSearchRequests: count,
  });
  const terms = fc.record({
    markupBasisPoints: fc.nat({ max: 100_000 }),
    isBatch: fc.boolean(),
    isUsGeo: fc.boolean(),
    unsplitWritesLast: fc.constantFrom('5m' as const, '1h' as const),
  });
  fc.assert(
    fc.property(usages, terms, fc.bigInt({ min: 0n, max: 10n ** 14n }), (usage, asked, rate) => {
      const price = priced({
        input: rate,
        output: rate + 1n,
        cache_read: 1n,
        cache_write_5m: 7n,
        cache_write_1h: rate,
        web_search: 3n,
      });
      const whole = chargeOf(usage, price, asked);
      const inLines = chargeInLines(usage, price, asked);
      expect(whole).toBeGreaterThanOrEqual(0n);
      expect(inLines?.nanoUsd).toBe(whole);
      expect(inLines?.lines.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)).toBe(whole);
    }),
  );
});
