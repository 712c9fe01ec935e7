import type { LedgerAccount, Movement } from '../ledger/chart-of-accounts.ts';
import {
  houseAccounts,
  movements,
  paidAccount,
  promoAccount,
} from '../ledger/chart-of-accounts.ts';
import type { WalletMoment, WalletStatusOrder } from '../ledger/ledger-orders.ts';
import type { TransferOrder, TransferOutcome, WalletState } from '../ledger/ledger-store.ts';
import type { LedgerTransfer, TransferDraft } from '../ledger/ledger-transfer.ts';
import { availableOf } from '../ledger/split-amount.ts';
import { assert } from '../std/assert.ts';
import type { LedgerBooks, StoredWallet } from './ledger-books.ts';
import { amountIn, toTransfer } from './ledger-rows.ts';

/** Money that no request spends; wallet reference §10.3. The same order again is the first answer. */
export function transfer(books: LedgerBooks, order: TransferOrder): TransferOutcome {
  const wallet = books.wallet(order.account);
  if (wallet === undefined) return { kind: 'refused', why: 'no_wallet' };
  const first = transferOf(books, order.transferId);
  if (first !== undefined) return repeated(order, first, wallet.state);
  const about = order.about === undefined ? undefined : transferOf(books, order.about);
  const sequence =
    order.reason === 'correction'
      ? correct(books, { order, wallet, about })
      : move(books, { order, wallet, about });
  if (typeof sequence !== 'bigint') return sequence;
  if (order.audit !== undefined) books.appendAudit(order.audit);
  return { kind: 'done', sequence, wallet: checkMoved(books, wallet, order) };
}

/** A wallet that is there already is left as it is. */
export function openWallet(books: LedgerBooks, { account, atMs }: WalletMoment): WalletState {
  books.sql.run('insertWallet', account, atMs);
  books.openWalletAccount(paidAccount(account), account);
  const wallet = books.wallet(account);
  assert(wallet !== undefined, 'a wallet that was opened is there');
  return wallet.state;
}

/** W20: a frozen wallet admits nothing; what runs is settled, and money still comes in. */
export function setWalletStatus(books: LedgerBooks, order: WalletStatusOrder): boolean {
  const changed = books.sql.run('setWalletStatus', order.account, order.status) > 0;
  if (changed && order.audit !== undefined) books.appendAudit(order.audit);
  return changed;
}

type Refused = Extract<TransferOutcome, { readonly kind: 'refused' }>;
interface Move {
  readonly order: TransferOrder;
  readonly wallet: StoredWallet;
  readonly about: LedgerTransfer | undefined;
}

function transferOf(books: LedgerBooks, transferId: string): LedgerTransfer | undefined {
  const row = books.sql.get('transferById', transferId);
  return row === undefined ? undefined : toTransfer(row);
}

function repeated(
  order: TransferOrder,
  first: LedgerTransfer,
  wallet: WalletState,
): TransferOutcome {
  const isSame =
    first.reason === order.reason &&
    first.wallet === order.account &&
    first.amountNanoUsd === order.amountNanoUsd &&
    first.about === order.about &&
    first.expiresAtMs === order.expiresAtMs;
  return isSame
    ? { kind: 'already', sequence: first.sequence, wallet }
    : { kind: 'refused', why: 'differs_from_first' };
}

function move(books: LedgerBooks, { order, wallet, about }: Move): bigint | Refused {
  assert(order.reason !== 'correction', 'a correction goes the way of what it corrects');
  const movement = movements[order.reason];
  if (isAboutUnknown(order, movement, about)) return { kind: 'refused', why: 'unknown_transfer' };
  const own = accountOf(order, movement, about);
  if (movement.part === 'new_grant') {
    books.openWalletAccount(own, order.account, order.expiresAtMs);
  }
  if (
    movement.direction === 'out' &&
    movement.isGuarded &&
    !canTake(books, { order, wallet, about }, own.id)
  ) {
    return { kind: 'refused', why: 'not_enough' };
  }
  const house = houseAccounts[movement.against];
  const [debit, credit] = movement.direction === 'in' ? [house, own] : [own, house];
  const sequence = books.post(draftOf(order, debit.id, credit.id));
  if (order.reason === 'breakage') books.sql.run('closeEmptyGrant', own.id);
  return sequence;
}

/** What is given back or lapses has to be of this wallet; what else an order is about is its own. */
function isAboutUnknown(
  order: TransferOrder,
  movement: Movement,
  about: LedgerTransfer | undefined,
): boolean {
  if (movement.part === 'named_grant')
    return about?.reason !== 'grant' || about.wallet !== order.account;
  if (movement.against !== 'clearing' || movement.direction === 'in') return false;
  return (
    order.about !== undefined && (about?.reason !== 'top_up' || about.wallet !== order.account)
  );
}

function accountOf(
  { account, transferId }: TransferOrder,
  { part }: Movement,
  about: LedgerTransfer | undefined,
): LedgerAccount {
  if (part === 'paid') return paidAccount(account);
  return promoAccount(account, part === 'new_grant' ? transferId : (about?.transferId ?? ''));
}

/** W26: never below what is held, and of one payment no more than was paid. */
function canTake(books: LedgerBooks, { order, wallet, about }: Move, accountId: string): boolean {
  const own = wallet.accounts.find(({ id }) => id === accountId);
  if (own === undefined || availableOf(own) < order.amountNanoUsd) return false;
  if (order.reason !== 'refund' || about === undefined) return true;
  const taken = books.sql.get('takenBack', about.transferId);
  const before = taken === undefined ? 0n : amountIn(taken, 'amount');
  return before + order.amountNanoUsd <= about.amountNanoUsd;
}

function draftOf(order: TransferOrder, debitAccount: string, creditAccount: string): TransferDraft {
  const { transferId, reason, amountNanoUsd, account, about, expiresAtMs, actor, note, atMs } =
    order;
  return {
    transferId,
    reason,
    debitAccount,
    creditAccount,
    amountNanoUsd,
    wallet: account,
    about,
    expiresAtMs,
    actor,
    note,
    atMs,
  };
}

/** L08: the transfer is made backwards and then anew; the row of the first stays as it was. */
function correct(books: LedgerBooks, { order, wallet, about }: Move): bigint | Refused {
  if (about === undefined || about.wallet !== order.account || about.reason === 'correction') {
    return { kind: 'refused', why: 'unknown_transfer' };
  }
  const known = books.sql.get('takenBack', about.transferId);
  if (known === undefined || amountIn(known, 'corrections') > 0n) {
    return { kind: 'refused', why: 'unknown_transfer' };
  }
  const isIn = about.creditAccount.startsWith('wallet:');
  const own = isIn ? about.creditAccount : about.debitAccount;
  const lost = isIn
    ? about.amountNanoUsd - order.amountNanoUsd
    : order.amountNanoUsd - about.amountNanoUsd;
  const account = wallet.accounts.find(({ id }) => id === own);
  if (lost > 0n && (account === undefined || availableOf(account) < lost)) {
    return { kind: 'refused', why: 'not_enough' };
  }
  const anew = draftOf(order, about.debitAccount, about.creditAccount);
  const backwards: TransferDraft = {
    ...draftOf(order, about.creditAccount, about.debitAccount),
    transferId: `${order.transferId}:reversal`,
    amountNanoUsd: about.amountNanoUsd,
  };
  books.sql.run('openGrantAgain', own);
  // What the wallet gets comes first: it may be what the other one takes.
  if (isIn) {
    const sequence = books.post(anew);
    books.post(backwards);
    return sequence;
  }
  books.post(backwards);
  return books.post(anew);
}

/** Reliability §4.2, I2: only a chargeback may leave less than nothing. */
function checkMoved(
  books: LedgerBooks,
  { state }: StoredWallet,
  { reason }: TransferOrder,
): WalletState {
  const after = books.wallet(state.account)?.state;
  assert(after !== undefined, 'a wallet that money moves in is there');
  const least = state.availableNanoUsd < 0n ? state.availableNanoUsd : 0n;
  assert(
    after.availableNanoUsd >= least || reason === 'chargeback',
    'a transfer leaves no wallet below zero',
  );
  assert(after.heldNanoUsd === state.heldNanoUsd, 'a transfer leaves what is held alone');
  return after;
}
