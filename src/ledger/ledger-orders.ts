import { assert } from '../std/assert.ts';
import type { AuditEntry } from './audit-trail.ts';
import type {
  CheckpointOrder,
  ExtensionOrder,
  ExtensionOutcome,
  HoldOrder,
  HoldOutcome,
  ReleaseOrder,
  ReleaseOutcome,
  SettlementOrder,
  SettlementOutcome,
  TransferOrder,
  TransferOutcome,
  UpstreamCost,
  WalletState,
  WalletStatus,
} from './ledger-store.ts';
import { reservedPrefixes } from './ledger-transfer.ts';

/** Every order that changes the books, with its answer: what whoever keeps them has to carry out. */
export interface LedgerOrders {
  readonly openHold: { readonly order: HoldOrder; readonly answer: HoldOutcome };
  readonly extendHold: { readonly order: ExtensionOrder; readonly answer: ExtensionOutcome };
  readonly checkpoint: { readonly order: CheckpointOrder; readonly answer: boolean };
  readonly settle: { readonly order: SettlementOrder; readonly answer: SettlementOutcome };
  readonly release: { readonly order: ReleaseOrder; readonly answer: ReleaseOutcome };
  readonly leaveUnresolved: { readonly order: UnresolvedOrder; readonly answer: boolean };
  readonly transfer: { readonly order: TransferOrder; readonly answer: TransferOutcome };
  readonly openWallet: { readonly order: WalletMoment; readonly answer: WalletState };
  readonly setWalletStatus: { readonly order: WalletStatusOrder; readonly answer: boolean };
  readonly lapseGrants: { readonly order: LapseOrder; readonly answer: number };
}

export interface UnresolvedOrder {
  readonly holdId: string;
  readonly untilMs: number;
}

export interface WalletMoment {
  readonly account: string;
  readonly atMs: number;
}

export interface WalletStatusOrder extends WalletMoment {
  readonly status: WalletStatus;
  readonly audit?: AuditEntry;
}

export interface LapseOrder {
  readonly atMs: number;
  readonly limit: number;
}

/** Ten million dollars: far above any order, far below where 64 bits end. */
const AMOUNT_NANO_USD_MAX = 10_000_000_000_000_000n;
const ID_LETTERS_MAX = 300;
const TEXT_LETTERS_MAX = 100_000;

/** A hold may be of nothing: a budget is watched, or the caller pays the provider. */
export function checkHold(order: HoldOrder): void {
  checkAmount(order.amountNanoUsd, 0n);
  for (const id of [order.holdId, order.settlementKey, order.account, order.keyId, order.owner]) {
    checkId(id);
  }
  checkText(order.memo);
  for (const { name, limitNanoUsd } of order.budgets) {
    checkId(name);
    assert(limitNanoUsd >= 0n, 'the limit of a budget is not below zero');
  }
}

export function checkExtension(order: ExtensionOrder): void {
  checkAmount(order.amountNanoUsd, 1n);
}

export function checkCheckpoint(order: CheckpointOrder): void {
  checkAmount(order.costNanoUsd, 0n);
  checkText(order.seen);
}

/** No count and no price makes a charge negative or overflow (reliability §4.2, I13). */
export function checkSettlement(order: SettlementOrder): void {
  checkAmount(order.amountNanoUsd, 0n);
  checkText(order.charge);
  checkCosts(order.upstreamCosts);
}

export function checkRelease(order: ReleaseOrder): void {
  checkText(order.charge);
  checkCosts(order.upstreamCosts);
}

export function checkTransfer(order: TransferOrder): void {
  checkAmount(order.amountNanoUsd, 1n);
  checkId(order.transferId);
  checkId(order.account);
  checkText(order.note);
  checkText(order.actor);
  assert(
    reservedPrefixes.every((prefix) => !order.transferId.startsWith(prefix)),
    'a transfer that is ordered has none of the ids that settlements use',
  );
}

function checkCosts(costs: readonly UpstreamCost[]): void {
  for (const { amountNanoUsd, upstream } of costs) {
    checkAmount(amountNanoUsd, 0n);
    checkId(upstream);
  }
}

function checkAmount(amountNanoUsd: bigint, minNanoUsd: bigint): void {
  assert(
    amountNanoUsd >= minNanoUsd && amountNanoUsd <= AMOUNT_NANO_USD_MAX,
    'an amount of money is not below zero, and within what the books can hold',
  );
}

function checkId(id: string): void {
  assert(
    id !== '' && id.length <= ID_LETTERS_MAX,
    'an id of the books has letters, and not too many',
  );
}

function checkText(text: string): void {
  assert(text.length <= TEXT_LETTERS_MAX, 'a text of the books has a bound');
}
