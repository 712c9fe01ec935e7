import { hashRow } from './hash-row.ts';
import type { TransferReason } from './ledger-store.ts';

/** Why money moved: ordered from outside, or by the settlement of a request. */
export type PostingReason = TransferReason | 'usage' | 'absorbed' | 'upstream_cost';

/** One movement of money from one account to another, before it has its place in the books. */
export interface TransferDraft {
  /** Unique for ever; those of requests and lapses begin with a prefix that no order may have. */
  readonly transferId: string;
  readonly reason: PostingReason;
  readonly debitAccount: string;
  readonly creditAccount: string;
  /** More than zero: one amount on both sides, so that postings add up to zero however many. */
  readonly amountNanoUsd: bigint;
  /** The account whose wallet it touches; undefined for what is between accounts of the house. */
  readonly wallet?: string | undefined;
  readonly holdId?: string | undefined;
  readonly attempt?: number | undefined;
  readonly about?: string | undefined;
  readonly expiresAtMs?: number | undefined;
  readonly actor: string;
  readonly note: string;
  readonly atMs: number;
}

/** A transfer as it stands in the books: never changed, never removed. */
export interface LedgerTransfer extends TransferDraft {
  /** 1, 2, 3 …: a gap is a transfer that was taken out. */
  readonly sequence: bigint;
}

/** What the first transfer follows. */
export const firstHash: string = '0'.repeat(64);

/** What ids of settlements and lapses begin with. */
export const reservedPrefixes = ['usage:', 'cost:', 'lapse:'] as const;

/** The hash of a transfer and of all before it. */
export function chainTransfer(previousHash: string, transfer: LedgerTransfer): string {
  return hashRow([
    previousHash,
    String(transfer.sequence),
    transfer.transferId,
    transfer.reason,
    transfer.debitAccount,
    transfer.creditAccount,
    String(transfer.amountNanoUsd),
    transfer.wallet ?? null,
    transfer.holdId ?? null,
    transfer.attempt ?? null,
    transfer.about ?? null,
    transfer.expiresAtMs ?? null,
    transfer.actor,
    transfer.note,
    transfer.atMs,
  ]);
}
