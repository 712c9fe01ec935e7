import type { UnresolvedOrder } from '../ledger/ledger-orders.ts';
import type {
  BudgetClaim,
  CheckpointOrder,
  ExtensionOrder,
  ExtensionOutcome,
  HoldOrder,
  HoldOutcome,
} from '../ledger/ledger-store.ts';
import type { WalletPart } from '../ledger/split-amount.ts';
import { mergeParts, spendableOf, splitAmount } from '../ledger/split-amount.ts';
import { assert } from '../std/assert.ts';
import type { LedgerBooks, StoredWallet } from './ledger-books.ts';
import { lapseOfWallet } from './ledger-lapses.ts';
import type { StoredHold } from './ledger-rows.ts';
import { amountIn, budgetsText, partsText } from './ledger-rows.ts';

type WalletRefusal = 'wallet_exhausted' | 'wallet_held' | 'wallet_frozen';

/** Wallet reference §4.3: wallet, then budgets; what one of them refuses, the other never sees. */
export function openHold(books: LedgerBooks, order: HoldOrder): HoldOutcome {
  if (books.hold(order.holdId) !== undefined) return { kind: 'exists' };
  let parts: readonly WalletPart[] = [];
  let before: StoredWallet | undefined;
  if (order.isPrepaid) {
    before = walletToSpend(books, order.account, order.atMs);
    if (before === undefined) return { kind: 'refused', why: 'no_wallet', wallet: undefined };
    const why = refusalOf(before, order.amountNanoUsd, order.atMs);
    if (why !== undefined) return { kind: 'refused', why, wallet: before.state };
    parts = splitAmount(before.accounts, order.amountNanoUsd, order.atMs);
    reserveParts(books, parts);
  }
  for (const budget of order.budgets) {
    if (!claimBudget(books, budget, order.amountNanoUsd)) {
      return { kind: 'refused', why: 'budget_exceeded', budget, state: budgetState(books, budget) };
    }
  }
  insertHold(books, order, parts);
  return { kind: 'held', wallet: before && checkHeld(books, before, order.amountNanoUsd) };
}

/** DESIGN §7: the next slice is held before it is spent. */
export function extendHold(books: LedgerBooks, order: ExtensionOrder): ExtensionOutcome {
  const { amountNanoUsd, atMs } = order;
  const hold = books.hold(order.holdId);
  if (hold?.state !== 'open') return { kind: 'resolved' };
  const wallet = hold.isPrepaid ? walletToSpend(books, hold.account, atMs) : undefined;
  assert(!hold.isPrepaid || wallet !== undefined, 'the wallet of a hold is there');
  const spendable = wallet === undefined ? undefined : spendableOf(wallet.accounts, atMs);
  if (wallet !== undefined) {
    const why = refusalOf(wallet, amountNanoUsd, atMs, hold.heldNanoUsd);
    if (why !== undefined) return refuseExtension(books, hold, why, spendable);
    const parts = splitAmount(wallet.accounts, amountNanoUsd, atMs);
    reserveParts(books, parts);
    growHold(books, order, mergeParts(hold.parts, parts));
    checkHeld(books, wallet, amountNanoUsd);
  } else {
    growHold(books, order, []);
  }
  for (const budget of hold.budgets) {
    if (!claimBudget(books, budget, amountNanoUsd)) {
      return refuseExtension(books, hold, 'budget_exceeded', spendable);
    }
  }
  return { kind: 'extended', heldNanoUsd: hold.heldNanoUsd + amountNanoUsd };
}

/** Whether it was written: not where the hold has resolved, or where a later one stands. */
export function noteCheckpoint(books: LedgerBooks, order: CheckpointOrder): boolean {
  const { holdId, stage, seen, costNanoUsd, atMs } = order;
  return books.sql.run('noteCheckpoint', holdId, stage, seen, costNanoUsd, atMs) > 0;
}

export function leaveUnresolved(books: LedgerBooks, { holdId, untilMs }: UnresolvedOrder): boolean {
  return books.sql.run('leaveUnresolved', holdId, untilMs) > 0;
}

/** The wallet without what has lapsed, which is taken out of it on the way. */
function walletToSpend(
  books: LedgerBooks,
  account: string,
  atMs: number,
): StoredWallet | undefined {
  const wallet = books.wallet(account);
  if (wallet === undefined) return undefined;
  return lapseOfWallet(books, account, wallet.accounts, atMs) > 0 ? books.wallet(account) : wallet;
}

/** `ownNanoUsd` is what the same request holds already: it gives nothing back before it ends. */
function refusalOf(
  { state, accounts }: StoredWallet,
  amountNanoUsd: bigint,
  atMs: number,
  ownNanoUsd = 0n,
): WalletRefusal | undefined {
  if (state.status === 'frozen') return 'wallet_frozen';
  if (spendableOf(accounts, atMs) >= amountNanoUsd && amountNanoUsd > 0n) return undefined;
  if (amountNanoUsd === 0n && state.availableNanoUsd > 0n) return undefined;
  const isHeld = state.postedNanoUsd > 0n && state.postedNanoUsd - ownNanoUsd >= amountNanoUsd;
  return isHeld ? 'wallet_held' : 'wallet_exhausted';
}

function refuseExtension(
  books: LedgerBooks,
  hold: StoredHold,
  why: WalletRefusal | 'budget_exceeded',
  spendableNanoUsd: bigint | undefined,
): ExtensionOutcome {
  const lefts = hold.budgets.map((budget) => budgetLeft(books, budget));
  // A budget that was claimed on the way is counted as it stands: the refusal gives all of it back.
  const amounts = why === 'wallet_frozen' ? [0n] : [...lefts, spendableNanoUsd ?? lefts[0] ?? 0n];
  const least = amounts.reduce((one, other) => (other < one ? other : one));
  return { kind: 'refused', why, availableNanoUsd: least < 0n ? 0n : least };
}

function reserveParts(books: LedgerBooks, parts: readonly WalletPart[]): void {
  for (const { accountId, amountNanoUsd } of parts) books.reserve(accountId, amountNanoUsd);
}

function claimBudget(books: LedgerBooks, budget: BudgetClaim, amountNanoUsd: bigint): boolean {
  const { name, startMs, endMs, limitNanoUsd } = budget;
  const row = [name, startMs, endMs ?? null, amountNanoUsd, limitNanoUsd];
  return books.sql.run('claimBudget', ...row) > 0;
}

function budgetState(
  books: LedgerBooks,
  { name, startMs }: BudgetClaim,
): { readonly spentNanoUsd: bigint; readonly heldNanoUsd: bigint } {
  const row = books.sql.get('budget', name, startMs);
  if (row === undefined) return { spentNanoUsd: 0n, heldNanoUsd: 0n };
  return { spentNanoUsd: amountIn(row, 'spent_nano'), heldNanoUsd: amountIn(row, 'held_nano') };
}

function budgetLeft(books: LedgerBooks, budget: BudgetClaim): bigint {
  const { spentNanoUsd, heldNanoUsd } = budgetState(books, budget);
  return budget.limitNanoUsd - spentNanoUsd - heldNanoUsd;
}

function growHold(
  books: LedgerBooks,
  { holdId, amountNanoUsd, expiresAtMs }: ExtensionOrder,
  parts: readonly WalletPart[],
): void {
  const grown = books.sql.run('growHold', holdId, amountNanoUsd, partsText(parts), expiresAtMs);
  assert(grown === 1, 'a hold that is extended is open');
}

function insertHold(books: LedgerBooks, order: HoldOrder, parts: readonly WalletPart[]): void {
  books.sql.run(
    'insertHold',
    order.holdId,
    order.settlementKey,
    order.account,
    order.keyId,
    order.isPrepaid ? 1 : 0,
    order.amountNanoUsd,
    partsText(parts),
    budgetsText(order.budgets),
    order.owner,
    order.atMs,
    order.expiresAtMs,
    order.memo,
  );
}

/** Reliability §4.2, I2 and I3: what is held has grown by the hold, and nothing went below zero. */
function checkHeld(
  books: LedgerBooks,
  before: StoredWallet,
  amountNanoUsd: bigint,
): StoredWallet['state'] {
  const after = books.wallet(before.state.account)?.state;
  assert(after !== undefined, 'a wallet that holds is there');
  assert(
    after.heldNanoUsd === before.state.heldNanoUsd + amountNanoUsd,
    'a hold reserves what it says, and nothing else',
  );
  assert(after.availableNanoUsd >= 0n, 'a hold leaves no wallet below zero');
  return after;
}
