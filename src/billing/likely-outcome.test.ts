import { describe, expect, test } from 'vitest';
import type { BudgetState, HoldOutcome, WalletState } from '../ledger/ledger-store.ts';
import { likelyOutcome } from './likely-outcome.ts';

const wallet = (
  posted: bigint,
  held = 0n,
  status: WalletState['status'] = 'open',
): WalletState => ({
  account: 'acme',
  status,
  postedNanoUsd: posted,
  heldNanoUsd: held,
  availableNanoUsd: posted - held,
});

interface Row {
  readonly name: string;
  readonly wallet?: WalletState;
  readonly spent?: bigint;
  readonly isPrepaid?: boolean;
  readonly welcome?: bigint;
  readonly wanted: 'held' | Extract<HoldOutcome, { kind: 'refused' }>['why'];
}

const rows: readonly Row[] = [
  { name: 'enough', wallet: wallet(100n), wanted: 'held' },
  { name: 'just enough', wallet: wallet(10n), wanted: 'held' },
  { name: 'too little', wallet: wallet(9n), wanted: 'wallet_exhausted' },
  { name: 'enough, and held', wallet: wallet(100n, 95n), wanted: 'wallet_held' },
  { name: 'frozen', wallet: wallet(100n, 0n, 'frozen'), wanted: 'wallet_frozen' },
  { name: 'no wallet', wanted: 'no_wallet' },
  { name: 'no wallet, and credit to begin with', welcome: 10n, wanted: 'held' },
  { name: 'nobody pays before', isPrepaid: false, wanted: 'held' },
  { name: 'a budget with room', wallet: wallet(100n), spent: 40n, wanted: 'held' },
  { name: 'a budget that is full', wallet: wallet(100n), spent: 41n, wanted: 'budget_exceeded' },
];

describe('what the books would say', () => {
  test.each(rows)('$name', async ({ wallet: kept, spent, isPrepaid = true, welcome, wanted }) => {
    const budget = { name: 'key', limitNanoUsd: 50n, startMs: 0 };
    const state: BudgetState = { spentNanoUsd: spent ?? 0n, heldNanoUsd: 0n };
    const outcome = await likelyOutcome(
      {
        question: { account: 'acme', isPrepaid, budgets: spent === undefined ? [] : [budget] },
        amountNanoUsd: 10n,
        welcomeNanoUsd: welcome,
      },
      { wallet: () => Promise.resolve(kept), budget: () => Promise.resolve(state) },
    );
    expect(outcome.kind === 'refused' ? outcome.why : outcome.kind).toBe(wanted);
  });
});
