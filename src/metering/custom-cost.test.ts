import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CustomCost } from '../ai-gateway-form/gateway-call.ts';
import type { Usage } from '../messages/usage.ts';
import { customCostUsd, usdOf } from './custom-cost.ts';

const perToken = (
  input: number,
  output: number,
  cache: { readonly cacheRead: number; readonly cacheWrite: number } | object = {},
): CustomCost => ({ kind: 'per-token', input, output, ...cache });

const usage: Usage = { inputTokens: 3, outputTokens: 7 };
const cached: Usage = { ...usage, cacheReadTokens: 100, cacheWriteTokens: 10 };

describe('a cost that its caller says', () => {
  test.each<[string, CustomCost, Usage, number | undefined]>([
    ['total', { kind: 'total', total: 0.05 }, {}, 0.05],
    ['total of nothing', { kind: 'total', total: 0 }, usage, 0],
    // In binary fractions 3 × 0.1 is 0.30000000000000004.
    ['W-G17 in and out', perToken(0.1, 0), usage, 0.3],
    ['W-G17 small rates', perToken(0.000_003, 0.000_015), usage, 0.000_114],
    ['the cache at the rate of input', perToken(0.001, 0), cached, 0.113],
    [
      'the cache at rates of its own',
      perToken(0.001, 0, { cacheRead: 0.0001, cacheWrite: 0.002 }),
      cached,
      0.033,
    ],
    ['rates that are written with a power', perToken(1e-12, 2.5e-11), usage, 1.78e-10],
    ['an unknown count', perToken(1, 1), { inputTokens: 3 }, undefined],
    ['no count at all', perToken(1, 1), {}, undefined],
  ])('%s', (_name, cost, used, expected) => {
    expect(customCostUsd(cost, used)).toBe(expected);
  });

  test('is exact: whole thousandths of a cent are counted as integers would be', () => {
    const rates = fastCheck.integer({ min: 0, max: 10_000_000 });
    const counts = fastCheck.integer({ min: 0, max: 1_000_000 });
    fastCheck.assert(
      fastCheck.property(rates, rates, counts, counts, (input, output, tokensIn, tokensOut) => {
        const cost = perToken(input / 100_000, output / 100_000);
        const used = { inputTokens: tokensIn, outputTokens: tokensOut };
        const exact = BigInt(input) * BigInt(tokensIn) + BigInt(output) * BigInt(tokensOut);
        expect(customCostUsd(cost, used)).toBe(Number(`${String(exact)}e-5`));
      }),
    );
  });

  test('never breaks, whatever the rate', () => {
    const rate = fastCheck.double({ min: 0, noNaN: true, noDefaultInfinity: true });
    fastCheck.assert(
      fastCheck.property(rate, rate, (input, output) => {
        expect(customCostUsd(perToken(input, output), usage)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test.each([
  [0n, 0],
  [1n, 1e-9],
  [105_000n, 0.000_105],
  [12_345_678_901n, 12.345678901],
])('%s nano-USD are %s USD', (nanoUsd, usd) => {
  expect(usdOf(nanoUsd)).toBe(usd);
});
