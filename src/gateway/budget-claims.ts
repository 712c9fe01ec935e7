import type { Principal } from '../access/authenticate.ts';
import type { BudgetClaim } from '../ledger/ledger-store.ts';
import { calendarWindowAt } from '../policy/spend-window.ts';

/**
 * The budgets that a request of a key draws on: the key's own, by its id, so that what was spent
 * stays with it when it gets another secret. Periods begin at 00:00 UTC, weeks on Monday; wallet
 * reference §3.1, cases K18 and K19.
 */
export function budgetClaims(
  { keyId, budget }: Pick<Principal, 'keyId' | 'budget'>,
  atMs: number,
): readonly BudgetClaim[] {
  if (budget === null) return [];
  const { limitNanoUsd, period } = budget;
  const claim = { name: keyId, limitNanoUsd };
  return period === 'none'
    ? [{ ...claim, startMs: 0 }]
    : [{ ...claim, ...calendarWindowAt(period, atMs) }];
}
