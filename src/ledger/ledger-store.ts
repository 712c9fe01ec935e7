import type { AuditEntry, OnRead } from './audit-trail.ts';

/**
 * The books behind a port (DESIGN §5, §7; wallet reference §4, §10): accounts with money in
 * integer nano-USD, transfers between them that never change, holds that resolve once. Every order
 * is one transaction: it lands whole and durable before its promise resolves, or not at all. A
 * promise rejects only where the store itself fails; a no of the books is a value.
 *
 * Reads are promises too: what keeps the books may be another machine.
 */
export interface LedgerStore {
  /** Reserves money before it is spent. Wallet reference §4.3: the guard stands in the statement. */
  openHold(order: HoldOrder): Promise<HoldOutcome>;
  /** Reserves more for a request that still runs. DESIGN §7: held before it is spent. */
  extendHold(order: ExtensionOrder): Promise<ExtensionOutcome>;
  /** Writes down what is known of a request that runs, for whoever has to settle it after a crash. */
  checkpoint(order: CheckpointOrder): Promise<void>;
  /** Takes what a request cost from its hold and gives the rest back. Once; again is the first answer. */
  settle(order: SettlementOrder): Promise<SettlementOutcome>;
  /** Gives all of a hold back. Once. */
  release(order: ReleaseOrder): Promise<ReleaseOutcome>;
  /** Keeps the hold of a request whose outcome is not known, until then at most; wallet reference §4.4. */
  leaveUnresolved(holdId: string, untilMs: number): Promise<void>;
  /** Moves money that no request spends: top-ups, grants, refunds, corrections. */
  transfer(order: TransferOrder): Promise<TransferOutcome>;
  /** Opens a wallet, or says that there is one. */
  openWallet(account: string, atMs: number): Promise<WalletState>;
  /** False where there is no such wallet. `audit` is there with the change, or not at all. */
  setWalletStatus(
    account: string,
    status: WalletStatus,
    atMs: number,
    audit?: AuditEntry,
  ): Promise<boolean>;
  /**
   * Takes what is left of grants past their time out of their wallets (wallet reference §4.7), at
   * most `limit` of them; says of how many. No hold spends them meanwhile, only balances show them.
   */
  lapseGrants(atMs: number, limit: number): Promise<number>;
  wallet(account: string): Promise<WalletState | undefined>;
  /** What a budget has left in its period; zeros where nothing was spent yet. */
  budget(name: string, startMs: number): Promise<BudgetState>;
  hold(holdId: string): Promise<HoldRecord | undefined>;
  /** Holds that have not resolved, oldest first; of other owners than this one, or past their time. */
  openHolds(wanted: OpenHoldsWanted): Promise<readonly HoldRecord[]>;
  /** Transfers that touch the wallet of an account, newest first. */
  transactions(account: string, page: TransactionPage): Promise<readonly TransactionRecord[]>;
  /** Recomputes every balance from the transfers and the chain of hashes; empty where all is well. */
  verify(onRead?: OnRead): Promise<LedgerAudit>;
}

export type WalletStatus = 'open' | 'frozen';

/** All amounts in nano-USD. `available` = posted − held, promotional credit included. */
export interface WalletState {
  readonly account: string;
  readonly status: WalletStatus;
  readonly postedNanoUsd: bigint;
  readonly heldNanoUsd: bigint;
  readonly availableNanoUsd: bigint;
}

/** Money that one key may spend in one period; wallet reference §3.1. */
export interface BudgetClaim {
  /** Whose: a key's id. */
  readonly name: string;
  readonly limitNanoUsd: bigint;
  /** When the period began; with the name, what is counted together. */
  readonly startMs: number;
  /** When it ends; absent where it never does. */
  readonly endMs?: number;
}

export interface BudgetState {
  readonly spentNanoUsd: bigint;
  readonly heldNanoUsd: bigint;
}

export interface HoldOrder {
  /** The request's id. */
  readonly holdId: string;
  /** What can be settled once, however often it is run: a request, or an item of a batch. */
  readonly settlementKey: string;
  readonly account: string;
  readonly keyId: string;
  readonly amountNanoUsd: bigint;
  /** Whether the account's wallet pays; where not, only budgets are held. */
  readonly isPrepaid: boolean;
  readonly budgets: readonly BudgetClaim[];
  /** The process that answers for it: its holds are resolved by the next one once it is dead. */
  readonly owner: string;
  readonly expiresAtMs: number;
  readonly atMs: number;
  /** What is billed, for the record: model, form, price version. JSON text; never what was said. */
  readonly memo: string;
}

export type HoldOutcome =
  | { readonly kind: 'held'; readonly wallet: WalletState | undefined }
  | {
      readonly kind: 'refused';
      /**
       * `wallet_exhausted`: more than there is, holds or not; `wallet_held`: enough once running
       * requests give back what they do not need.
       */
      readonly why: 'wallet_exhausted' | 'wallet_held' | 'wallet_frozen' | 'no_wallet';
      readonly wallet: WalletState | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly why: 'budget_exceeded';
      readonly budget: BudgetClaim;
      readonly state: BudgetState;
    }
  /** A hold of this id was made before. */
  | { readonly kind: 'exists' };

export interface ExtensionOrder {
  readonly holdId: string;
  readonly amountNanoUsd: bigint;
  readonly expiresAtMs: number;
  readonly atMs: number;
}

export type ExtensionOutcome =
  | { readonly kind: 'extended'; readonly heldNanoUsd: bigint }
  | {
      readonly kind: 'refused';
      readonly why: 'wallet_exhausted' | 'wallet_held' | 'wallet_frozen' | 'budget_exceeded';
      /** The most that could be had instead. */
      readonly availableNanoUsd: bigint;
    }
  | { readonly kind: 'resolved' };

export interface CheckpointOrder {
  readonly holdId: string;
  readonly stage: CheckpointStage;
  /** What was seen so far, as the one who settles after a crash reads it: JSON text. */
  readonly seen: string;
  /** What that costs: settled as it stands where nobody comes back for the request. */
  readonly costNanoUsd: bigint;
  readonly atMs: number;
}

/** `sent`: an upstream may be working; `partial`: content went out; `final`: the counts are exact. */
export type CheckpointStage = 'sent' | 'partial' | 'final';

export interface SettlementOrder {
  readonly holdId: string;
  readonly amountNanoUsd: bigint;
  /** The attempt whose answer the caller got. */
  readonly attempt: number;
  /** What every attempt cost us, the delivered one too; wallet reference §10.3. */
  readonly upstreamCosts: readonly UpstreamCost[];
  /** What was charged for: tokens by class, whose count it is, price version. JSON text. */
  readonly charge: string;
  readonly atMs: number;
}

export interface UpstreamCost {
  readonly attempt: number;
  readonly upstream: string;
  readonly amountNanoUsd: bigint;
  /** Whether what it says is known; where not, it was sent and nobody said what it cost. */
  readonly isKnown: boolean;
}

export type SettlementOutcome =
  | {
      readonly kind: 'settled' | 'already';
      readonly chargedNanoUsd: bigint;
      /** What neither hold nor wallet covered: ours to bear, never below zero. */
      readonly absorbedNanoUsd: bigint;
      readonly wallet: WalletState | undefined;
    }
  /** There is no such hold, or it gave its money back already. */
  | { readonly kind: 'no_hold' };

export interface ReleaseOrder {
  readonly holdId: string;
  readonly why: 'refused' | 'failed' | 'free' | 'expired' | 'owner_died' | 'by_admin';
  readonly upstreamCosts: readonly UpstreamCost[];
  /** The same record as a settlement's, with nothing charged. */
  readonly charge: string;
  readonly atMs: number;
}

export type ReleaseOutcome = { readonly kind: 'released' | 'already' | 'no_hold' };

export const transferReasons = [
  'top_up',
  'grant',
  'refund',
  'chargeback',
  'adjust_up',
  'adjust_down',
  'breakage',
  'correction',
] as const;
export type TransferReason = (typeof transferReasons)[number];

export interface TransferOrder {
  /** Chosen by whoever orders it, unique for ever: the same again is the first answer. */
  readonly transferId: string;
  readonly reason: TransferReason;
  readonly account: string;
  /** More than zero; which way it goes the reason says. */
  readonly amountNanoUsd: bigint;
  /** Of a grant: when what is left of it lapses. */
  readonly expiresAtMs?: number;
  /** Of a refund, a chargeback, a correction, breakage: the transfer that it is about. */
  readonly about?: string;
  /** Who ordered it and why, in words. */
  readonly note: string;
  readonly actor: string;
  readonly atMs: number;
  /** What the audit log says of it: there with the transfer, or not at all. */
  readonly audit?: AuditEntry;
}

export type TransferOutcome =
  | { readonly kind: 'done' | 'already'; readonly sequence: bigint; readonly wallet: WalletState }
  | {
      readonly kind: 'refused';
      readonly why: 'not_enough' | 'no_wallet' | 'unknown_transfer' | 'differs_from_first';
    };

export interface HoldRecord {
  readonly holdId: string;
  readonly settlementKey: string;
  readonly account: string;
  readonly keyId: string;
  readonly state: 'open' | 'unresolved' | 'settled' | 'released';
  readonly isPrepaid: boolean;
  readonly heldNanoUsd: bigint;
  readonly chargedNanoUsd: bigint;
  readonly absorbedNanoUsd: bigint;
  readonly owner: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly resolvedAtMs: number | undefined;
  readonly memo: string;
  /** The charge as it was settled or released with. */
  readonly charge: string | undefined;
  readonly checkpoint:
    | {
        readonly stage: CheckpointStage;
        readonly seen: string;
        readonly costNanoUsd: bigint;
        readonly atMs: number;
      }
    | undefined;
}

/** Each member that is there narrows it further. */
export interface OpenHoldsWanted {
  readonly account?: string;
  /** Holds of every other owner. */
  readonly notOf?: string;
  /** Those past their time at this moment. */
  readonly expiredAtMs?: number;
  /** Only those that are not known to be unresolved, or those that are. */
  readonly state?: 'open' | 'unresolved';
  /** The hold that the page comes after, oldest first; from the oldest on where absent. */
  readonly after?: string;
  readonly limit: number;
}

export interface TransactionPage {
  /** The sequence number that the page comes before; the newest where absent. */
  readonly before?: bigint;
  readonly limit: number;
}

export interface TransactionRecord {
  readonly sequence: bigint;
  readonly transferId: string;
  readonly kind: 'usage' | TransferReason;
  readonly direction: 'in' | 'out';
  readonly amountNanoUsd: bigint;
  readonly requestId: string | undefined;
  readonly about: string | undefined;
  readonly note: string;
  readonly atMs: number;
}

export interface LedgerAudit {
  readonly accounts: number;
  readonly transfers: number;
  readonly openHolds: number;
  /** The hash that the chain ends with. */
  readonly head: string;
  /** What does not add up, in words; empty where the books are sound. */
  readonly problems: readonly string[];
}
