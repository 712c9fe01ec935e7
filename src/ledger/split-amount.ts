import { assert } from '../std/assert.ts';

/** One account of a wallet, as far as spending goes. */
export interface WalletAccount {
  readonly id: string;
  /** Undefined for money that was paid in. */
  readonly grant: { readonly expiresAtMs: number | undefined } | undefined;
  readonly postedNanoUsd: bigint;
  readonly heldNanoUsd: bigint;
}

/** So much of one account: what a hold reserves and a settlement takes. */
export interface WalletPart {
  readonly accountId: string;
  readonly amountNanoUsd: bigint;
  readonly isGrant: boolean;
}

/** Less than nothing after a chargeback. */
export function availableOf({ postedNanoUsd, heldNanoUsd }: WalletAccount): bigint {
  return postedNanoUsd - heldNanoUsd;
}

export function hasLapsed({ grant }: WalletAccount, atMs: number): boolean {
  return grant?.expiresAtMs !== undefined && grant.expiresAtMs <= atMs;
}

/** All that may be spent: what a chargeback left below zero counts against the grants too. */
export function spendableOf(accounts: readonly WalletAccount[], atMs: number): bigint {
  return accounts
    .filter((account) => !hasLapsed(account, atMs))
    .reduce((total, account) => total + availableOf(account), 0n);
}

/** Grants come first, the one that lapses soonest before the others, then what was paid in; §4.7. */
function spendOrder(accounts: readonly WalletAccount[], atMs: number): readonly WalletAccount[] {
  const lapse = ({ grant }: WalletAccount): number => grant?.expiresAtMs ?? Infinity;
  return accounts
    .filter((account) => !hasLapsed(account, atMs) && availableOf(account) > 0n)
    .toSorted((one, other) => {
      if ((one.grant === undefined) !== (other.grant === undefined)) return one.grant ? -1 : 1;
      if (lapse(one) !== lapse(other)) return lapse(one) - lapse(other);
      return one.id < other.id ? -1 : 1;
    });
}

/** Which accounts of a wallet give an amount, which must be there; wallet reference §4.7. */
export function splitAmount(
  accounts: readonly WalletAccount[],
  amountNanoUsd: bigint,
  atMs: number,
): readonly WalletPart[] {
  const parts: WalletPart[] = [];
  let missing = amountNanoUsd;
  for (const account of spendOrder(accounts, atMs)) {
    if (missing === 0n) break;
    const available = availableOf(account);
    const taken = missing < available ? missing : available;
    parts.push({
      accountId: account.id,
      amountNanoUsd: taken,
      isGrant: account.grant !== undefined,
    });
    missing -= taken;
  }
  assert(missing === 0n, 'only what a wallet has is split over its accounts');
  return parts;
}

/** Two lists of parts as one, with an account once: a hold and its extension. Grants stay first. */
export function mergeParts(
  held: readonly WalletPart[],
  more: readonly WalletPart[],
): readonly WalletPart[] {
  const byAccount = new Map(held.map((part) => [part.accountId, part]));
  for (const part of more) {
    const known = byAccount.get(part.accountId)?.amountNanoUsd ?? 0n;
    byAccount.set(part.accountId, { ...part, amountNanoUsd: known + part.amountNanoUsd });
  }
  return [...byAccount.values()].toSorted(
    (one, other) => Number(other.isGrant) - Number(one.isGrant),
  );
}

export function totalOf(parts: readonly WalletPart[]): bigint {
  return parts.reduce((total, part) => total + part.amountNanoUsd, 0n);
}
