import type { HoldOutcome, LedgerStore, WalletState } from '../ledger/ledger-store.ts';
import type { BillQuestion } from './bill.ts';

/** What somebody wants to know a hold's likely outcome for. */
export interface ForeseenHold {
  readonly question: Pick<BillQuestion, 'account' | 'isPrepaid' | 'budgets'>;
  readonly amountNanoUsd: bigint;
  /** What the account would have as its first credit; absent where it has a wallet, or gets none. */
  readonly welcomeNanoUsd: bigint | undefined;
}

/**
 * What the books would most likely say of a hold, by what they show now. The guard of a real one stands
 * in the books' own statement; this reads balances, and takes nothing.
 */
export async function likelyOutcome(
  { question, amountNanoUsd, welcomeNanoUsd }: ForeseenHold,
  ledger: Pick<LedgerStore, 'wallet' | 'budget'>,
): Promise<HoldOutcome> {
  const { account, isPrepaid, budgets } = question;
  const kept = isPrepaid ? await ledger.wallet(account) : undefined;
  const wallet = kept ?? (isPrepaid ? welcomed(account, welcomeNanoUsd) : undefined);
  if (isPrepaid) {
    if (wallet === undefined) return { kind: 'refused', why: 'no_wallet', wallet };
    const why = refusalOf(wallet, amountNanoUsd);
    if (why !== undefined) return { kind: 'refused', why, wallet };
  }
  for (const budget of budgets) {
    const state = await ledger.budget(budget.name, budget.startMs);
    if (state.spentNanoUsd + state.heldNanoUsd + amountNanoUsd > budget.limitNanoUsd) {
      return { kind: 'refused', why: 'budget_exceeded', budget, state };
    }
  }
  return { kind: 'held', wallet };
}

function refusalOf(
  { status, postedNanoUsd, availableNanoUsd }: WalletState,
  amountNanoUsd: bigint,
): 'wallet_frozen' | 'wallet_held' | 'wallet_exhausted' | undefined {
  if (status === 'frozen') return 'wallet_frozen';
  if (availableNanoUsd > 0n && availableNanoUsd >= amountNanoUsd) return undefined;
  return postedNanoUsd > 0n && postedNanoUsd >= amountNanoUsd ? 'wallet_held' : 'wallet_exhausted';
}

function welcomed(account: string, nanoUsd: bigint | undefined): WalletState | undefined {
  if (nanoUsd === undefined) return undefined;
  const amounts = { postedNanoUsd: nanoUsd, heldNanoUsd: 0n, availableNanoUsd: nanoUsd };
  return { account, status: 'open', ...amounts };
}
