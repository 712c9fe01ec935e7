import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { Clock } from '../std/clock.ts';
import type { Log } from '../telemetry/log.ts';
import type { LedgerCounts } from './ledger-counts.ts';
import type { QuotingParts } from './quote.ts';

/** What can change while the process runs. */
export interface BillingSettings {
  /** How much output a stream holds at a time. */
  readonly sliceTokens: number;
  /** How long a hold stands beyond the time that its request may take. */
  readonly holdMarginMs: number;
  /** How many requests of a key and hour may be left unanswered for nothing; all where undefined. */
  readonly abandonedFreePerHour: number | undefined;
  /** Where a wallet is topped up, for those who are refused. */
  readonly topupUrl: string | undefined;
}

/** Promotional credit that an account gets as it is first charged. */
export interface WelcomeGrant {
  readonly account: string;
  readonly amountNanoUsd: bigint;
}

/** What billing works with. */
export interface BillingParts extends QuotingParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: LedgerStore;
  /** This process, for the next one to know its holds by. */
  readonly owner: string;
  /** Whether the process of that name runs; every other one is dead where absent. */
  readonly isAlive?: (owner: string) => boolean;
  readonly counts: LedgerCounts;
  readonly settings: () => BillingSettings;
  readonly welcome?: WelcomeGrant;
}
