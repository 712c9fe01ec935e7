import { expect, test } from 'vitest';
import type { BudgetPeriod } from '../access/key-store.ts';
import { budgetClaims } from './budget-claims.ts';

const at = (text: string): number => Date.parse(text);

test.each<[BudgetPeriod, string, string | undefined, string | undefined]>([
  ['none', '2026-11-21T11:00:00Z', '1970-01-01T00:00:00Z', undefined],
  ['day', '2026-11-21T23:59:59.999Z', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'],
  ['day', '2026-11-22T00:00:00Z', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z'],
  ['week', '2026-11-21T11:00:00Z', '2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'],
  ['week', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
  ['month', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
])('K19 a budget by %s at %s is that from %s to %s', (period, moment, start, end) => {
  const budget = { limitNanoUsd: 1_000_000n, period };
  expect(budgetClaims({ keyId: 'key', budget }, at(moment))).toEqual([
    {
      name: 'key',
      limitNanoUsd: 1_000_000n,
      startMs: at(start ?? ''),
      ...(end === undefined ? {} : { endMs: at(end) }),
    },
  ]);
});

test('a key without a budget draws on none', () => {
  expect(budgetClaims({ keyId: 'key', budget: null }, 5)).toEqual([]);
});
