import type { LedgerTransfer } from './ledger-transfer.ts';
import { chainTransfer, firstHash } from './ledger-transfer.ts';
import type { BudgetClaim } from './ledger-store.ts';
import type { WalletPart } from './split-amount.ts';

/** An account's balances as they are stored. */
export interface StoredBalances {
  readonly id: string;
  readonly isWallet: boolean;
  readonly debitsPosted: bigint;
  readonly creditsPosted: bigint;
  readonly debitsPending: bigint;
  readonly creditsPending: bigint;
  /** How far a chargeback left it below zero. */
  readonly overdraft: bigint;
}

/** A hold as far as balances follow from it. */
export interface AuditedHold {
  readonly holdId: string;
  readonly state: 'open' | 'unresolved' | 'settled' | 'released';
  readonly isPrepaid: boolean;
  readonly heldNanoUsd: bigint;
  readonly chargedNanoUsd: bigint;
  readonly costNanoUsd: bigint;
  readonly parts: readonly WalletPart[];
  readonly budgets: readonly BudgetClaim[];
}

export interface StoredBudget {
  readonly name: string;
  readonly startMs: number;
  readonly spentNanoUsd: bigint;
  readonly heldNanoUsd: bigint;
}

/** Where the other side of every hold stands: what revenue may get. */
export type PendingCredit = string;

interface Sums {
  debits: bigint;
  credits: bigint;
  pendingDebits: bigint;
}

const PROBLEMS_SHOWN_MAX = 100;

/**
 * Books of its own, made from the transfers and the holds alone: what is stored has to agree with
 * them to the nano-dollar. It is fed row by row, in order, and keeps sums only.
 */
export class BooksAuditor {
  readonly #revenueId: PendingCredit;
  readonly #sums = new Map<string, Sums>();
  readonly #budgets = new Map<string, { spent: bigint; held: bigint }>();
  readonly #problems: string[] = [];
  #hidden = 0;
  #head = firstHash;
  #sequence = 0n;
  #transfers = 0;
  #accounts = 0;
  #openHolds = 0;
  #pending = 0n;

  constructor(revenueId: PendingCredit) {
    this.#revenueId = revenueId;
  }

  /** The next transfer, with the hash that is stored beside it. */
  transfer(transfer: LedgerTransfer, storedHash: string): void {
    const place = `transfer ${String(transfer.sequence)}`;
    this.#transfers += 1;
    if (transfer.sequence !== this.#sequence + 1n) {
      this.problem(`${place} follows ${String(this.#sequence)}: what was between them is gone`);
    }
    if (transfer.amountNanoUsd <= 0n) this.problem(`${place} moves less than something`);
    if (chainTransfer(this.#head, transfer) !== storedHash) {
      this.problem(`${place} (${transfer.transferId}) is not what the chain says: it was changed`);
    }
    this.#sequence = transfer.sequence;
    // From what is stored: one row that was changed is one problem, not one for each that follows.
    this.#head = storedHash;
    this.#sumsOf(transfer.debitAccount).debits += transfer.amountNanoUsd;
    this.#sumsOf(transfer.creditAccount).credits += transfer.amountNanoUsd;
  }

  hold(hold: AuditedHold): void {
    const isOpen = hold.state === 'open' || hold.state === 'unresolved';
    if (isOpen) {
      this.#openHolds += 1;
      const held = hold.parts.reduce((total, part) => total + part.amountNanoUsd, 0n);
      if (hold.isPrepaid && held !== hold.heldNanoUsd) {
        this.problem(`hold ${hold.holdId} says ${usd(hold.heldNanoUsd)}, its parts ${usd(held)}`);
      }
      for (const part of hold.parts) {
        this.#sumsOf(part.accountId).pendingDebits += part.amountNanoUsd;
        this.#pending += part.amountNanoUsd;
      }
    }
    for (const budget of hold.budgets) {
      const counted = this.#budgetOf(budget.name, budget.startMs);
      if (isOpen) counted.held += hold.heldNanoUsd;
      else if (hold.state === 'settled') {
        counted.spent += hold.isPrepaid ? hold.chargedNanoUsd : hold.costNanoUsd;
      }
    }
  }

  account(stored: StoredBalances): void {
    this.#accounts += 1;
    const sums = this.#sumsOf(stored.id);
    this.#sums.delete(stored.id);
    const pendingCredits = stored.id === this.#revenueId ? this.#pending : 0n;
    this.#compare(`account ${stored.id}`, [
      ['debits', stored.debitsPosted, sums.debits],
      ['credits', stored.creditsPosted, sums.credits],
      ['held', stored.debitsPending, sums.pendingDebits],
      ['credits to come', stored.creditsPending, pendingCredits],
    ]);
    const left =
      stored.creditsPosted + stored.overdraft - stored.debitsPosted - stored.debitsPending;
    if (stored.isWallet && left < 0n) this.problem(`account ${stored.id} is below zero`);
  }

  budget(stored: StoredBudget): void {
    const name = budgetName(stored.name, stored.startMs);
    const counted = this.#budgetOf(stored.name, stored.startMs);
    this.#budgets.delete(name);
    this.#compare(`budget ${name}`, [
      ['spent', stored.spentNanoUsd, counted.spent],
      ['held', stored.heldNanoUsd, counted.held],
    ]);
  }

  /** Something that does not add up, in words. */
  problem(text: string): void {
    if (this.#problems.length < PROBLEMS_SHOWN_MAX) this.#problems.push(text);
    else this.#hidden += 1;
  }

  /** Once everything was fed: what is left over belongs to nothing that is stored. */
  finish(): {
    readonly accounts: number;
    readonly transfers: number;
    readonly openHolds: number;
    readonly head: string;
    readonly problems: readonly string[];
  } {
    for (const id of this.#sums.keys())
      this.problem(`account ${id} has transfers, but is not there`);
    for (const [name, { spent, held }] of this.#budgets) {
      if (spent + held > 0n) this.problem(`budget ${name} was claimed, but is not there`);
    }
    const more = this.#hidden === 0 ? [] : [`and ${String(this.#hidden)} more`];
    return {
      accounts: this.#accounts,
      transfers: this.#transfers,
      openHolds: this.#openHolds,
      head: this.#head,
      problems: [...this.#problems, ...more],
    };
  }

  #compare(what: string, pairs: readonly (readonly [string, bigint, bigint])[]): void {
    for (const [column, stored, counted] of pairs) {
      if (stored === counted) continue;
      this.problem(`${what}: ${column} ${usd(stored)} stored, ${usd(counted)} by the rows`);
    }
  }

  #sumsOf(accountId: string): Sums {
    const known = this.#sums.get(accountId);
    if (known !== undefined) return known;
    const made = { debits: 0n, credits: 0n, pendingDebits: 0n };
    this.#sums.set(accountId, made);
    return made;
  }

  #budgetOf(name: string, startMs: number): { spent: bigint; held: bigint } {
    const key = budgetName(name, startMs);
    const known = this.#budgets.get(key);
    if (known !== undefined) return known;
    const made = { spent: 0n, held: 0n };
    this.#budgets.set(key, made);
    return made;
  }
}

function budgetName(name: string, startMs: number): string {
  return `${name} from ${String(startMs)}`;
}

function usd(nanoUsd: bigint): string {
  return `${String(nanoUsd)} nano-USD`;
}
