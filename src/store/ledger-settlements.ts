import { houseAccounts, upstreamExpense, upstreamPayable } from '../ledger/chart-of-accounts.ts';
import type {
  ReleaseOrder,
  ReleaseOutcome,
  SettlementOrder,
  SettlementOutcome,
  UpstreamCost,
} from '../ledger/ledger-store.ts';
import type { TransferDraft } from '../ledger/ledger-transfer.ts';
import type { SettlementPlan } from '../ledger/plan-settlement.ts';
import { planSettlement } from '../ledger/plan-settlement.ts';
import { totalOf } from '../ledger/split-amount.ts';
import { assert } from '../std/assert.ts';
import type { LedgerBooks, StoredWallet } from './ledger-books.ts';
import type { StoredHold } from './ledger-rows.ts';
import { toHold } from './ledger-rows.ts';

/** Wallet reference §4.4. A hold resolves once, and what it stands for is paid for once. */
export function settle(books: LedgerBooks, order: SettlementOrder): SettlementOutcome {
  const hold = books.hold(order.holdId);
  if (hold === undefined) return { kind: 'no_hold' };
  if (hold.state === 'settled') return alreadySettled(books, hold);
  const first = books.sql.get('settledHold', hold.settlementKey);
  if (hold.state === 'released') {
    // The same order again, of what another hold had paid for, is the same answer again.
    return first === undefined ? { kind: 'no_hold' } : alreadySettled(books, toHold(first));
  }
  if (first !== undefined) {
    // Ran twice, as an item of a batch may after a crash: the caller pays for the first.
    const { holdId, upstreamCosts, charge, atMs } = order;
    giveBack(books, hold, { why: 'already_settled', holdId, upstreamCosts, charge, atMs });
    return alreadySettled(books, toHold(first));
  }
  return hold.isPrepaid ? settlePrepaid(books, hold, order) : settleMetered(books, hold, order);
}

/** Gives all of a hold back, whoever asks for it; what the attempts cost us stays ours. */
export function release(books: LedgerBooks, order: ReleaseOrder): ReleaseOutcome {
  const hold = books.hold(order.holdId);
  if (hold === undefined) return { kind: 'no_hold' };
  if (hold.state === 'settled' || hold.state === 'released') return { kind: 'already' };
  giveBack(books, hold, order);
  return { kind: 'released' };
}

function settlePrepaid(
  books: LedgerBooks,
  hold: StoredHold,
  order: SettlementOrder,
): SettlementOutcome {
  const before = books.wallet(hold.account);
  assert(before !== undefined, 'the wallet of a hold is there');
  const { amountNanoUsd, atMs } = order;
  const plan = planSettlement({
    parts: hold.parts,
    amountNanoUsd,
    accounts: before.accounts,
    atMs,
  });
  postPlan(books, { hold, order, plan });
  const posted = plan.posted.reduce((total, part) => total + part.takenNanoUsd, 0n);
  const extra = totalOf(plan.extra);
  const chargedNanoUsd = posted + extra;
  const { absorbedNanoUsd } = plan;
  closeHold(books, order, { posted, extra, absorbed: absorbedNanoUsd });
  moveBudgets(books, hold, chargedNanoUsd);
  bookCosts(books, hold.holdId, order);
  const wallet = checkSettled(books, { before, hold, chargedNanoUsd });
  return { kind: 'settled', chargedNanoUsd, absorbedNanoUsd, wallet };
}

/** No wallet pays: what it cost counts against the budgets of its key, and in its record. */
function settleMetered(
  books: LedgerBooks,
  hold: StoredHold,
  order: SettlementOrder,
): SettlementOutcome {
  closeHold(books, order, { posted: 0n, extra: 0n, absorbed: 0n });
  moveBudgets(books, hold, order.amountNanoUsd);
  bookCosts(books, hold.holdId, order);
  return { kind: 'settled', chargedNanoUsd: 0n, absorbedNanoUsd: 0n, wallet: undefined };
}

function alreadySettled(books: LedgerBooks, hold: StoredHold): SettlementOutcome {
  const { chargedNanoUsd, absorbedNanoUsd } = hold;
  const wallet = hold.isPrepaid ? books.wallet(hold.account)?.state : undefined;
  return { kind: 'already', chargedNanoUsd, absorbedNanoUsd, wallet };
}

interface Posting {
  readonly hold: StoredHold;
  readonly order: SettlementOrder;
  readonly plan: SettlementPlan;
}

function postPlan(books: LedgerBooks, { hold, order, plan }: Posting): void {
  let count = 0;
  const draft = (debitAccount: string, amountNanoUsd: bigint): TransferDraft => ({
    transferId: `usage:${hold.holdId}:${String((count += 1))}`,
    reason: 'usage',
    debitAccount,
    creditAccount: houseAccounts.revenue.id,
    amountNanoUsd,
    wallet: hold.account,
    holdId: hold.holdId,
    attempt: order.attempt,
    actor: 'quatrain',
    note: '',
    atMs: order.atMs,
  });
  for (const part of plan.posted) {
    const { accountId, amountNanoUsd, takenNanoUsd } = part;
    if (takenNanoUsd > 0n) books.post(draft(accountId, takenNanoUsd), amountNanoUsd);
    else books.reserve(accountId, -amountNanoUsd);
  }
  for (const { accountId, amountNanoUsd } of plan.extra) {
    books.post(draft(accountId, amountNanoUsd));
  }
  if (plan.absorbedNanoUsd > 0n) {
    const absorbed = draft(houseAccounts.absorbed.id, plan.absorbedNanoUsd);
    books.post({ ...absorbed, reason: 'absorbed', wallet: undefined });
  }
  const grants = [...plan.posted, ...plan.extra].filter(({ isGrant }) => isGrant);
  for (const { accountId } of grants) books.sql.run('closeEmptyGrant', accountId);
}

interface Resolution {
  readonly holdId: string;
  readonly why: ReleaseOrder['why'] | 'already_settled';
  readonly upstreamCosts: readonly UpstreamCost[];
  readonly charge: string;
  readonly atMs: number;
}

function giveBack(books: LedgerBooks, hold: StoredHold, resolution: Resolution): void {
  const before = hold.isPrepaid ? books.wallet(hold.account) : undefined;
  for (const { accountId, amountNanoUsd } of hold.parts) books.reserve(accountId, -amountNanoUsd);
  const { holdId, why, charge, atMs } = resolution;
  const released = books.sql.run('releaseHold', holdId, why, charge, atMs);
  assert(released === 1, 'a hold resolves once');
  moveBudgets(books, hold, 0n);
  bookCosts(books, holdId, resolution);
  if (before !== undefined) checkSettled(books, { before, hold, chargedNanoUsd: 0n });
}

interface Shares {
  readonly posted: bigint;
  readonly extra: bigint;
  readonly absorbed: bigint;
}

function closeHold(books: LedgerBooks, order: SettlementOrder, shares: Shares): void {
  const { holdId, amountNanoUsd, attempt, charge, atMs } = order;
  const { posted, extra, absorbed } = shares;
  const row = [holdId, amountNanoUsd, posted, extra, absorbed, attempt, charge, atMs];
  assert(books.sql.run('settleHold', ...row) === 1, 'a hold resolves once');
}

function moveBudgets(books: LedgerBooks, hold: StoredHold, spentNanoUsd: bigint): void {
  for (const { name, startMs } of hold.budgets) {
    const moved = books.sql.run('moveBudget', name, startMs, spentNanoUsd, hold.heldNanoUsd);
    assert(moved === 1, 'a budget that was claimed is there');
  }
}

/** Wallet reference §10.3: every attempt costs us, whoever got its answer. */
function bookCosts(
  books: LedgerBooks,
  holdId: string,
  { upstreamCosts, atMs }: Pick<Resolution, 'upstreamCosts' | 'atMs'>,
): void {
  const paid = upstreamCosts.filter(({ amountNanoUsd }) => amountNanoUsd > 0n);
  for (const [index, { attempt, upstream, amountNanoUsd, isKnown }] of paid.entries()) {
    books.postBetween(upstreamExpense(upstream, isKnown), upstreamPayable(upstream), {
      transferId: `cost:${holdId}:${String(index + 1)}`,
      reason: 'upstream_cost',
      amountNanoUsd,
      holdId,
      attempt,
      actor: 'quatrain',
      note: '',
      atMs,
    });
  }
}

interface Settled {
  readonly before: StoredWallet;
  readonly hold: StoredHold;
  readonly chargedNanoUsd: bigint;
}

/** Reliability §4.2, I2, I3 and I5 of the wallet that was charged. */
function checkSettled(
  books: LedgerBooks,
  { before, hold, chargedNanoUsd }: Settled,
): StoredWallet['state'] {
  const after = books.wallet(hold.account)?.state;
  assert(after !== undefined, 'a wallet that pays is there');
  const { postedNanoUsd, heldNanoUsd, availableNanoUsd } = before.state;
  assert(
    after.heldNanoUsd === heldNanoUsd - hold.heldNanoUsd && after.heldNanoUsd >= 0n,
    'a hold that resolves gives up what it held',
  );
  assert(
    after.postedNanoUsd === postedNanoUsd - chargedNanoUsd,
    'a wallet pays what was charged, and nothing else',
  );
  // After a chargeback there may be less than nothing: a settlement makes that no worse.
  const least = availableNanoUsd < 0n ? availableNanoUsd : 0n;
  assert(after.availableNanoUsd >= least, 'a settlement leaves no wallet below zero');
  return after;
}
