import type { TransferReason } from './ledger-store.ts';

/** What an account is; wallet reference §10.2. Wallets are liabilities: their money is the customer's. */
export const accountKinds = [
  'wallet_paid',
  'wallet_promo',
  'asset',
  'liability',
  'equity',
  'income',
  'expense',
] as const;
export type AccountKind = (typeof accountKinds)[number];

export interface LedgerAccount {
  readonly id: string;
  readonly kind: AccountKind;
}

/** Accounts of the house that always exist; those of wallets and upstreams are made as they come. */
export const houseAccounts: Readonly<Record<HouseAccount, LedgerAccount>> = {
  clearing: { id: 'processor:clearing', kind: 'asset' },
  revenue: { id: 'revenue:usage', kind: 'income' },
  breakage: { id: 'income:breakage', kind: 'income' },
  absorbed: { id: 'expense:absorbed', kind: 'expense' },
  goodwill: { id: 'expense:goodwill', kind: 'expense' },
  unknown: { id: 'house:unknown', kind: 'expense' },
  adjustments: { id: 'equity:adjustments', kind: 'equity' },
};
export type HouseAccount =
  | 'clearing'
  | 'revenue'
  | 'breakage'
  | 'absorbed'
  | 'goodwill'
  | 'unknown'
  | 'adjustments';

/** Money that was paid in. */
export function paidAccount(account: string): LedgerAccount {
  return { id: `wallet:${account}:paid`, kind: 'wallet_paid' };
}

/** What is left of one grant; apart from the others, since each lapses at its own time. */
export function promoAccount(account: string, grantId: string): LedgerAccount {
  return { id: `wallet:${account}:promo:${grantId}`, kind: 'wallet_promo' };
}

/** What an upstream cost us; where nobody said what it was, our guess is a loss of the house. */
export function upstreamExpense(upstream: string, isKnown: boolean): LedgerAccount {
  return isKnown ? { id: `cogs:upstream:${upstream}`, kind: 'expense' } : houseAccounts.unknown;
}

/** What we owe an upstream. */
export function upstreamPayable(upstream: string): LedgerAccount {
  return { id: `payable:${upstream}`, kind: 'liability' };
}

/** How money of one reason moves, seen from the wallet; wallet reference §10.3. */
export interface Movement {
  readonly direction: 'in' | 'out';
  readonly against: HouseAccount;
  /** Which part of the wallet: what was paid in, a new grant, or the grant that it is about. */
  readonly part: 'paid' | 'new_grant' | 'named_grant';
  /** Whether it is refused where there is not enough; without it a wallet may go below zero. */
  readonly isGuarded: boolean;
}

/** A correction has no row: it goes the way of what it corrects, backwards and then anew. */
export const movements: Readonly<Record<Exclude<TransferReason, 'correction'>, Movement>> = {
  top_up: { direction: 'in', against: 'clearing', part: 'paid', isGuarded: true },
  grant: { direction: 'in', against: 'goodwill', part: 'new_grant', isGuarded: true },
  refund: { direction: 'out', against: 'clearing', part: 'paid', isGuarded: true },
  chargeback: { direction: 'out', against: 'clearing', part: 'paid', isGuarded: false },
  adjust_up: { direction: 'in', against: 'adjustments', part: 'paid', isGuarded: true },
  adjust_down: { direction: 'out', against: 'adjustments', part: 'paid', isGuarded: true },
  breakage: { direction: 'out', against: 'breakage', part: 'named_grant', isGuarded: true },
};
