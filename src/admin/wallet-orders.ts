import { createHash } from 'node:crypto';
import type {
  TransferOrder,
  TransferOutcome,
  TransferReason,
  WalletState,
  WalletStatus,
} from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { findAccount, noAccount } from './account-orders.ts';
import type { Done, OrderContext } from './audit-note.ts';
import { actorName, auditEntry } from './audit-note.ts';
import { reusedKey } from './answer-once.ts';
import type { TransferAnswer, WalletAnswer } from './contract.ts';
import { usdText } from './money-text.ts';

/** Money that somebody moves by hand; what requests spend is the books' own business. */
export interface MoneyOrder {
  readonly reason: Extract<
    TransferReason,
    'top_up' | 'grant' | 'refund' | 'chargeback' | 'adjust_up' | 'adjust_down'
  >;
  readonly account: string;
  readonly amountNanoUsd: bigint;
  /** Unique for ever: the same again is the first answer. */
  readonly transferId: string;
  /** Why, in words. */
  readonly note: string;
  /** The transfer that it takes back, in whole or in part. */
  readonly about?: string | undefined;
  /** Of a grant: when what is left of it lapses. */
  readonly expiresAtMs?: number | undefined;
}

const ID_LETTERS = 40;

/**
 * The id of the transfer that an idempotency key stands for, whichever route it came by: the same key
 * for another movement of the same wallet is found to differ (wallet reference §8, L07).
 */
export function transferIdOf(account: string, idempotencyKey: string): string {
  const name = JSON.stringify([account, idempotencyKey]);
  return `order-${createHash('sha256').update(name).digest('hex').slice(0, ID_LETTERS)}`;
}

/** A reason and where it is written down, as the books keep both. */
export function noteOf(reason: string, ticket: string | undefined): string {
  return ticket === undefined ? reason : `${reason} (${ticket})`;
}

export function encodeWallet(state: WalletState): WalletAnswer {
  return {
    account: state.account,
    status: state.status,
    currency: 'USD',
    posted_nano: String(state.postedNanoUsd),
    held_nano: String(state.heldNanoUsd),
    available_nano: String(state.availableNanoUsd),
    available_usd: usdText(state.availableNanoUsd),
  };
}

/** Opens the wallet of an account that is there; one that is open stays as it is. */
export async function openWalletOrder(
  { parts, atMs }: OrderContext,
  account: string,
): Promise<Done<WalletAnswer> | Refusal> {
  if (findAccount(parts, account, atMs) === undefined) return noAccount(account);
  const isThere = (await parts.ledger.wallet(account)) !== undefined;
  const answer = encodeWallet(await parts.ledger.openWallet(account, atMs));
  if (isThere) return { kind: 'done', answer, note: 'nothing_new' };
  return { kind: 'done', answer, note: { action: 'wallet.open', subject: account, account } };
}

/** Moves money, with its entry in the audit log or not at all. */
export async function moveMoney(
  context: OrderContext,
  order: MoneyOrder,
): Promise<Done<TransferAnswer> | Refusal> {
  const { parts, actor, atMs } = context;
  const { reason, account, amountNanoUsd, transferId, note, about, expiresAtMs } = order;
  const after = {
    transfer: transferId,
    reason,
    amount_nano: String(amountNanoUsd),
    ...(about === undefined ? {} : { about }),
  };
  const told = { action: `wallet.${reason}`, subject: transferId, account, reason: note, after };
  const transfer: TransferOrder = {
    transferId,
    reason,
    account,
    amountNanoUsd,
    note,
    actor: actorName(actor),
    atMs,
    audit: auditEntry(context, told),
    ...(about === undefined ? {} : { about }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
  const outcome = await parts.ledger.transfer(transfer);
  if (outcome.kind === 'refused') return refusedTransfer(outcome.why, order);
  return {
    kind: 'done',
    answer: encodeTransfer(order, outcome.sequence),
    note: outcome.kind === 'already' ? 'nothing_new' : 'landed',
  };
}

function encodeTransfer(order: MoneyOrder, sequence: bigint): TransferAnswer {
  const { transferId, account, reason, amountNanoUsd } = order;
  return {
    id: transferId,
    sequence: String(sequence),
    account,
    reason,
    amount_nano: String(amountNanoUsd),
    usd: usdText(amountNanoUsd),
  };
}

type TransferNo = Extract<TransferOutcome, { readonly kind: 'refused' }>['why'];

function refusedTransfer(why: TransferNo, { account, about }: MoneyOrder): Refusal {
  switch (why) {
    case 'not_enough': {
      const text = 'The wallet has less than that available: what running requests hold stays.';
      return refusal('conflict', text, { reason: 'not_enough', param: 'amount_nano' });
    }
    case 'no_wallet':
      return noWallet(account);
    case 'unknown_transfer': {
      const text = `about: there is no transfer "${about ?? ''}" of this wallet that it could be about`;
      return refusal('invalid_request', text, { reason: 'unknown_transfer', param: 'about' });
    }
    case 'differs_from_first':
      return reusedKey();
  }
}

/** Stops a wallet from paying, or lets it pay again. */
export async function turnWallet(
  context: OrderContext,
  account: string,
  { status, reason }: { readonly status: WalletStatus; readonly reason: string },
): Promise<Done<WalletAnswer> | Refusal> {
  const { ledger } = context.parts;
  const before = await ledger.wallet(account);
  if (before === undefined) return noWallet(account);
  const action = status === 'frozen' ? 'wallet.freeze' : 'wallet.unfreeze';
  const note = { action, subject: account, account, reason };
  const was = { before: { status: before.status }, after: { status } };
  const entry = auditEntry(context, { ...note, ...was });
  if (before.status !== status) {
    await ledger.setWalletStatus(account, status, context.atMs, entry);
  }
  const answer = encodeWallet({ ...before, status });
  return { kind: 'done', answer, note: before.status === status ? 'nothing_new' : 'landed' };
}

/** That an account has no wallet. */
export function noWallet(account: string): Refusal {
  const text = `The account "${account}" has no wallet.`;
  return refusal('not_found', text, { reason: 'wallet_not_found' });
}
