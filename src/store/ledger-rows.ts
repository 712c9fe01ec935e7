import type { AuditRecord } from '../ledger/audit-trail.ts';
import type {
  BudgetClaim,
  CheckpointStage,
  HoldRecord,
  TransactionRecord,
} from '../ledger/ledger-store.ts';
import type { LedgerTransfer, PostingReason } from '../ledger/ledger-transfer.ts';
import type { WalletAccount, WalletPart } from '../ledger/split-amount.ts';
import { assert } from '../std/assert.ts';
import type { StoredRow } from './background-reader.ts';

/** A hold as its row has it: what callers see, and how it is made up. */
export interface StoredHold extends HoldRecord {
  readonly parts: readonly WalletPart[];
  readonly budgets: readonly BudgetClaim[];
  /** What was settled, whoever paid for it. */
  readonly costNanoUsd: bigint;
}

export function amountIn(row: StoredRow, column: string): bigint {
  const value = row[column];
  assert(typeof value === 'bigint', 'an amount in the books is an integer');
  return value;
}

export function textIn(row: StoredRow, column: string): string {
  const value = row[column];
  assert(typeof value === 'string', 'a text in the books is a text');
  return value;
}

function numberIn(row: StoredRow, column: string): number {
  return Number(amountIn(row, column));
}

function maybeText(row: StoredRow, column: string): string | undefined {
  return row[column] === null ? undefined : textIn(row, column);
}

function maybeNumber(row: StoredRow, column: string): number | undefined {
  return row[column] === null ? undefined : numberIn(row, column);
}

export function toWalletAccount(row: StoredRow): WalletAccount {
  const isGrant = row['kind'] === 'wallet_promo';
  return {
    id: textIn(row, 'id'),
    grant: isGrant ? { expiresAtMs: maybeNumber(row, 'expires_at_ms') } : undefined,
    postedNanoUsd: amountIn(row, 'posted'),
    heldNanoUsd: amountIn(row, 'held'),
  };
}

/** Amounts as texts, since JSON numbers do not hold them. */
export function partsText(parts: readonly WalletPart[]): string {
  return JSON.stringify(
    parts.map(({ accountId, amountNanoUsd, isGrant }) => [
      accountId,
      String(amountNanoUsd),
      isGrant,
    ]),
  );
}

function toParts(text: string): readonly WalletPart[] {
  const parts = JSON.parse(text) as readonly (readonly [string, string, boolean])[];
  return parts.map(([accountId, amount, isGrant]) => ({
    accountId,
    amountNanoUsd: BigInt(amount),
    isGrant,
  }));
}

export function budgetsText(budgets: readonly BudgetClaim[]): string {
  return JSON.stringify(
    budgets.map(({ name, limitNanoUsd, startMs, endMs }) => [
      name,
      String(limitNanoUsd),
      startMs,
      endMs ?? null,
    ]),
  );
}

function toBudgets(text: string): readonly BudgetClaim[] {
  const budgets = JSON.parse(text) as readonly (readonly [string, string, number, number | null])[];
  return budgets.map(([name, limit, startMs, endMs]) => ({
    name,
    limitNanoUsd: BigInt(limit),
    startMs,
    ...(endMs === null ? {} : { endMs }),
  }));
}

export function toHold(row: StoredRow): StoredHold {
  const stage = maybeText(row, 'checkpoint_stage');
  return {
    holdId: textIn(row, 'hold_id'),
    settlementKey: textIn(row, 'settlement_key'),
    account: textIn(row, 'account'),
    keyId: textIn(row, 'key_id'),
    state: textIn(row, 'state') as HoldRecord['state'],
    isPrepaid: row['is_prepaid'] === 1n,
    heldNanoUsd: amountIn(row, 'held_nano'),
    chargedNanoUsd: amountIn(row, 'posted_nano') + amountIn(row, 'extra_nano'),
    absorbedNanoUsd: amountIn(row, 'absorbed_nano'),
    costNanoUsd: amountIn(row, 'cost_nano'),
    owner: textIn(row, 'owner'),
    createdAtMs: numberIn(row, 'created_at_ms'),
    expiresAtMs: numberIn(row, 'expires_at_ms'),
    resolvedAtMs: maybeNumber(row, 'resolved_at_ms'),
    memo: textIn(row, 'memo'),
    charge: maybeText(row, 'charge'),
    checkpoint:
      stage === undefined
        ? undefined
        : {
            stage: stage as CheckpointStage,
            seen: textIn(row, 'checkpoint_seen'),
            costNanoUsd: amountIn(row, 'checkpoint_cost_nano'),
            atMs: numberIn(row, 'checkpoint_at_ms'),
          },
    parts: toParts(textIn(row, 'parts')),
    budgets: toBudgets(textIn(row, 'budgets')),
  };
}

export function toTransfer(row: StoredRow): LedgerTransfer {
  return {
    sequence: amountIn(row, 'sequence'),
    transferId: textIn(row, 'id'),
    reason: textIn(row, 'reason') as PostingReason,
    debitAccount: textIn(row, 'debit_account'),
    creditAccount: textIn(row, 'credit_account'),
    amountNanoUsd: amountIn(row, 'amount_nano'),
    wallet: maybeText(row, 'wallet'),
    holdId: maybeText(row, 'hold_id'),
    attempt: maybeNumber(row, 'attempt'),
    about: maybeText(row, 'about'),
    expiresAtMs: maybeNumber(row, 'expires_at_ms'),
    actor: textIn(row, 'actor'),
    note: textIn(row, 'note'),
    atMs: numberIn(row, 'at_ms'),
  };
}

export function toTransaction(row: StoredRow): TransactionRecord {
  return {
    sequence: amountIn(row, 'sequence'),
    transferId: textIn(row, 'id'),
    kind: textIn(row, 'reason') as TransactionRecord['kind'],
    direction: row['is_in'] === 1n ? 'in' : 'out',
    amountNanoUsd: amountIn(row, 'amount_nano'),
    requestId: maybeText(row, 'hold_id'),
    about: maybeText(row, 'about'),
    note: textIn(row, 'note'),
    atMs: numberIn(row, 'at_ms'),
  };
}

/** Members that an entry does not have are absent, as they were when it was made. */
export function toAuditRecord(row: StoredRow): AuditRecord {
  const optional = {
    keyId: maybeText(row, 'key_id'),
    address: maybeText(row, 'address'),
    requestId: maybeText(row, 'request_id'),
    account: maybeText(row, 'account'),
    reason: maybeText(row, 'reason'),
    before: maybeText(row, 'before'),
    after: maybeText(row, 'after'),
  };
  const there = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    sequence: amountIn(row, 'sequence'),
    atMs: numberIn(row, 'at_ms'),
    actor: textIn(row, 'actor'),
    action: textIn(row, 'action'),
    subject: textIn(row, 'subject'),
    ...(Object.fromEntries(there) as Partial<typeof optional> as Partial<AuditRecord>),
  };
}
