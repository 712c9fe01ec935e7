import type {
  BudgetClaim,
  HoldOrder,
  LedgerStore,
  SettlementOrder,
  TransferOrder,
  WalletState,
} from '../../src/ledger/ledger-store.ts';

/** One dollar: what the wallet of the wallet reference's cases begins with (§13). */
export const oneUsd = 1_000_000_000n;
export const account = 'acme';
const atMs = 1_767_225_600_000;

/** An order as most cases have it; each says what is different. */
export function holdOrder(more: Partial<HoldOrder> = {}): HoldOrder {
  const holdId = more.holdId ?? 'req_1';
  return {
    holdId,
    settlementKey: holdId,
    account,
    keyId: 'key1',
    amountNanoUsd: 64_440_000n,
    isPrepaid: true,
    budgets: [],
    owner: 'epoch1',
    expiresAtMs: atMs + 300_000,
    atMs,
    memo: '{}',
    ...more,
  };
}

export function settlementOrder(more: Partial<SettlementOrder> = {}): SettlementOrder {
  return {
    holdId: 'req_1',
    amountNanoUsd: 621_000n,
    attempt: 1,
    upstreamCosts: [],
    charge: '{"input":87,"output":24}',
    atMs: atMs + 1000,
    ...more,
  };
}

export function transferOrder(more: Partial<TransferOrder> = {}): TransferOrder {
  return {
    transferId: 'top-up-1',
    reason: 'top_up',
    account,
    amountNanoUsd: oneUsd,
    note: 'a test',
    actor: 'test',
    atMs,
    ...more,
  };
}

export function budgetClaim(more: Partial<BudgetClaim> = {}): BudgetClaim {
  return { name: 'key1', limitNanoUsd: 1_000_000n, startMs: atMs, ...more };
}

/** The wallet of the cases: open, with so much paid in. */
export async function withWallet(
  ledger: LedgerStore,
  amountNanoUsd: bigint = oneUsd,
): Promise<LedgerStore> {
  await ledger.openWallet(account, atMs);
  if (amountNanoUsd > 0n) await ledger.transfer(transferOrder({ amountNanoUsd }));
  return ledger;
}

/** Posted and held, as the cases write a balance. */
export async function balance(ledger: LedgerStore): Promise<readonly [bigint, bigint]> {
  const { postedNanoUsd, heldNanoUsd } = (await ledger.wallet(account)) as WalletState;
  return [postedNanoUsd, heldNanoUsd];
}
