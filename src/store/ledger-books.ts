import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry } from '../ledger/audit-trail.ts';
import { chainAuditEntry } from '../ledger/chain-audit-entry.ts';
import type { LedgerAccount } from '../ledger/chart-of-accounts.ts';
import { houseAccounts } from '../ledger/chart-of-accounts.ts';
import type { WalletState, WalletStatus } from '../ledger/ledger-store.ts';
import type { LedgerTransfer, PostingReason, TransferDraft } from '../ledger/ledger-transfer.ts';
import { chainTransfer, firstHash } from '../ledger/ledger-transfer.ts';
import type { WalletAccount } from '../ledger/split-amount.ts';
import { assert } from '../std/assert.ts';
import { amountIn, textIn, toHold, toWalletAccount } from './ledger-rows.ts';
import type { StoredHold } from './ledger-rows.ts';
import type { LedgerStatement } from './ledger-statements.ts';
import { ledgerStatements } from './ledger-statements.ts';
import { PreparedStatements } from './prepared-statements.ts';
import type { SqlValue } from './statements.ts';

/** A wallet as its rows have it. */
export interface StoredWallet {
  readonly state: WalletState;
  readonly accounts: readonly WalletAccount[];
}

type HouseDraft = Omit<TransferDraft, 'debitAccount' | 'creditAccount' | 'wallet'>;

/** What changes of an account, in both columns of both kinds. */
interface AccountChange {
  readonly debitsPosted?: bigint;
  readonly creditsPosted?: bigint;
  readonly debitsPending?: bigint;
  readonly creditsPending?: bigint;
  /** How far it may go below zero by this; a chargeback does. */
  readonly overdraft?: bigint;
}

const revenue = houseAccounts.revenue.id;

/** A correction goes back and forth: in between, a wallet that is below zero may be further down. */
const mayOverdraw: ReadonlySet<PostingReason> = new Set(['chargeback', 'correction']);

/** The books in one database: the few ways in which an order may change them. */
export class LedgerBooks {
  readonly sql: PreparedStatements<LedgerStatement>;

  constructor(database: DatabaseSync) {
    this.sql = new PreparedStatements(database, ledgerStatements);
  }

  wallet(account: string): StoredWallet | undefined {
    const rows = this.sql.all('walletAccounts', account);
    const first = rows[0];
    if (first === undefined) return undefined;
    const accounts = rows.map((row) => toWalletAccount(row));
    const postedNanoUsd = accounts.reduce((total, one) => total + one.postedNanoUsd, 0n);
    const heldNanoUsd = accounts.reduce((total, one) => total + one.heldNanoUsd, 0n);
    const state: WalletState = {
      account,
      status: textIn(first, 'status') as WalletStatus,
      postedNanoUsd,
      heldNanoUsd,
      availableNanoUsd: postedNanoUsd - heldNanoUsd,
    };
    return { state, accounts };
  }

  hold(holdId: string): StoredHold | undefined {
    const row = this.sql.get('hold', holdId);
    return row === undefined ? undefined : toHold(row);
  }

  openHolds(
    values: readonly [SqlValue, SqlValue, SqlValue, SqlValue, SqlValue, number],
  ): readonly StoredHold[] {
    return this.sql.all('openHolds', ...values).map((row) => toHold(row));
  }

  /** A pending pair: money of a wallet that revenue may get. Less than nothing gives it back. */
  reserve(walletAccountId: string, amountNanoUsd: bigint): void {
    this.#move(walletAccountId, { debitsPending: amountNanoUsd });
    this.#move(revenue, { creditsPending: amountNanoUsd });
  }

  /**
   * One transfer: both balances, and the row that chains it to all before it. `releasedNanoUsd` of
   * what was reserved is given up in the same step, of which the transfer takes what it takes.
   */
  post(draft: TransferDraft, releasedNanoUsd = 0n): bigint {
    this.#move(draft.debitAccount, {
      debitsPosted: draft.amountNanoUsd,
      debitsPending: -releasedNanoUsd,
      overdraft: mayOverdraw.has(draft.reason) ? draft.amountNanoUsd : 0n,
    });
    this.#move(draft.creditAccount, {
      creditsPosted: draft.amountNanoUsd,
      creditsPending: -releasedNanoUsd,
    });
    const end = this.sql.get('chainEnd');
    const sequence = end === undefined ? 1n : amountIn(end, 'sequence') + 1n;
    const transfer: LedgerTransfer = { ...draft, sequence };
    const hash = chainTransfer(end === undefined ? firstHash : textIn(end, 'hash'), transfer);
    this.sql.run(
      'insertTransfer',
      sequence,
      draft.transferId,
      draft.reason,
      draft.debitAccount,
      draft.creditAccount,
      draft.amountNanoUsd,
      draft.wallet ?? null,
      draft.holdId ?? null,
      draft.attempt ?? null,
      draft.about ?? null,
      draft.expiresAtMs ?? null,
      draft.actor,
      draft.note,
      draft.atMs,
      hash,
    );
    return sequence;
  }

  /** How many transfers there are, with the one to come. */
  nextSequence(): string {
    const end = this.sql.get('chainEnd');
    return String(end === undefined ? 1n : amountIn(end, 'sequence') + 1n);
  }

  /** The same between accounts of the house, which are made where they are not there yet. */
  postBetween(debit: LedgerAccount, credit: LedgerAccount, draft: HouseDraft): bigint {
    for (const { id, kind } of [debit, credit]) {
      if (this.sql.get('account', id) === undefined) {
        this.sql.run('insertAccount', id, kind, null, null);
      }
    }
    return this.post({ ...draft, debitAccount: debit.id, creditAccount: credit.id });
  }

  openWalletAccount({ id, kind }: LedgerAccount, wallet: string, expiresAtMs?: number): void {
    this.sql.run('insertAccount', id, kind, wallet, expiresAtMs ?? null);
    // Names are put together from ids: no two wallets are ever to share an account by that.
    assert(this.sql.get('account', id)?.['wallet'] === wallet, 'an account is of one wallet');
  }

  /** Chained as transfers are, and part of whatever order it belongs to. */
  appendAudit(entry: AuditEntry): bigint {
    const end = this.sql.get('auditEnd');
    const sequence = end === undefined ? 1n : amountIn(end, 'sequence') + 1n;
    const previous = end === undefined ? firstHash : textIn(end, 'hash');
    this.sql.run(
      'insertAuditEntry',
      sequence,
      entry.atMs,
      entry.actor,
      entry.keyId ?? null,
      entry.address ?? null,
      entry.requestId ?? null,
      entry.action,
      entry.account ?? null,
      entry.subject,
      entry.reason ?? null,
      entry.before ?? null,
      entry.after ?? null,
      chainAuditEntry(previous, { ...entry, sequence }),
    );
    return sequence;
  }

  #move(accountId: string, change: AccountChange): void {
    const changed = this.sql.run(
      'moveAccount',
      accountId,
      change.debitsPosted ?? 0n,
      change.creditsPosted ?? 0n,
      change.debitsPending ?? 0n,
      change.creditsPending ?? 0n,
      change.overdraft ?? 0n,
    );
    assert(changed === 1, 'money moves between accounts that are there');
  }
}
