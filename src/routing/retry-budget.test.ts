import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BudgetShare } from './retry-budget.ts';
import { RetryBudget } from './retry-budget.ts';

function live(budget: RetryBudget, count: number): readonly BudgetShare[] {
  return Array.from({ length: count }, () => budget.begin('up'));
}
const taken = (shares: readonly BudgetShare[]): number =>
  shares.filter((share) => share.takeRetry()).length;

describe('attempts again', () => {
  test.each([
    [1, 1],
    [3, 3],
    [10, 3],
    [30, 3],
    [40, 4],
    [100, 10],
    [1000, 100],
  ])('of %i live requests %i may', (count, expected) => {
    expect(taken(live(new RetryBudget(), count))).toBe(expected);
  });

  test('a second one of the same request takes nothing more', () => {
    const [first, ...others] = live(new RetryBudget(), 3);
    expect([first?.takeRetry(), first?.takeRetry(), taken(others)]).toEqual([true, true, 2]);
  });

  test('a request that is over gives its place to another', () => {
    const budget = new RetryBudget();
    const shares = live(budget, 3);
    expect(taken(shares)).toBe(3);
    const waiting = budget.begin('up');
    expect(waiting.takeRetry()).toBe(false);
    shares[0]?.end();
    shares[0]?.end();
    expect(waiting.takeRetry()).toBe(true);
  });

  test('each pool has a budget of its own', () => {
    const budget = new RetryBudget();
    taken(live(budget, 3));
    expect(budget.begin('other').takeRetry()).toBe(true);
  });

  test('are never more than a tenth, or three, however requests come and go', () => {
    const step = fc.record({ kind: fc.constantFrom('begin', 'retry', 'end'), at: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (given) => {
        const budget = new RetryBudget();
        const running: { readonly share: BudgetShare; retries: boolean }[] = [];
        const wrong: string[] = [];
        for (const { kind, at } of given) {
          const one = running[at % Math.max(1, running.length)];
          if (kind === 'begin' || one === undefined) {
            running.push({ share: budget.begin('up'), retries: false });
          } else if (kind === 'retry') {
            const before = running.filter(({ retries }) => retries).length;
            const isRight = one.retries || before < Math.max(3, running.length / 10);
            const may = one.share.takeRetry();
            if (may !== isRight) wrong.push(`${String(before)} of ${String(running.length)}`);
            one.retries ||= may;
          } else {
            one.share.end();
            running.splice(running.indexOf(one), 1);
          }
        }
        expect(wrong).toEqual([]);
      }),
    );
  });
});
