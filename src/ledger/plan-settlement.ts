import { assert } from '../std/assert.ts';
import type { WalletAccount, WalletPart } from './split-amount.ts';
import { spendableOf, splitAmount, totalOf } from './split-amount.ts';

/** Where the money of a settlement comes from. */
export interface SettlementPlan {
  /** Of each part of the hold, how much is taken; the rest of it is given back. */
  readonly posted: readonly (WalletPart & { readonly takenNanoUsd: bigint })[];
  /** What the request cost above its hold and the wallet still had. */
  readonly extra: readonly WalletPart[];
  /** What neither had: ours. */
  readonly absorbedNanoUsd: bigint;
}

export interface SettlementQuestion {
  readonly parts: readonly WalletPart[];
  readonly amountNanoUsd: bigint;
  /** The wallet while the parts are still held. */
  readonly accounts: readonly WalletAccount[];
  readonly atMs: number;
}

/** Wallet reference §4.4: the hold first, grants before paid money, then the wallet, then ourselves. */
export function planSettlement(question: SettlementQuestion): SettlementPlan {
  const { parts, amountNanoUsd, accounts, atMs } = question;
  let missing = amountNanoUsd;
  const posted = parts.map((part) => {
    const takenNanoUsd = missing < part.amountNanoUsd ? missing : part.amountNanoUsd;
    missing -= takenNanoUsd;
    return { ...part, takenNanoUsd };
  });
  const spendable = missing > 0n ? spendableOf(accounts, atMs) : 0n;
  const extraNanoUsd = missing < spendable ? missing : spendable;
  const extra = extraNanoUsd > 0n ? splitAmount(accounts, extraNanoUsd, atMs) : [];
  const absorbedNanoUsd = missing - totalOf(extra);
  const taken = posted.reduce((total, part) => total + part.takenNanoUsd, 0n);
  assert(
    taken + totalOf(extra) + absorbedNanoUsd === amountNanoUsd && absorbedNanoUsd >= 0n,
    'what a request cost is taken from its hold, from its wallet or from us, and from nowhere else',
  );
  return { posted, extra, absorbedNanoUsd };
}
