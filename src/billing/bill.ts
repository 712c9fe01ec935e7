import type { BudgetClaim } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { Usage, UsageState } from '../messages/usage.ts';
import type { Price } from '../metering/resolved-price.ts';

/** Opens a bill for each request that can cost something: stage 9 of the walk. */
export interface Billing {
  /** The bill, with its hold durable; or why there is none: 402, 403, 503. */
  open(question: BillQuestion): Promise<Bill | Refusal>;
  /** What `open` would hold and by which prices, with nothing held; absent where nobody can say. */
  estimate?(question: BillQuestion): Promise<BillEstimate | Refusal>;
  /** The gateway is about to close connections: who is left unanswered from here on did not leave. */
  startClosing?(): void;
}

/** What a bill would be opened with. */
export interface BillEstimate {
  readonly kind: 'estimate';
  /** Absent where nothing is held. */
  readonly held?: {
    readonly nanoUsd: bigint;
    readonly outputTokens: number;
    readonly inputTokens: number;
  };
  /** Absent where no price is known. */
  readonly price?: Price;
  /** Of the wallet that would pay; absent where none does. */
  readonly availableNanoUsd?: bigint;
}

/** What a bill is about. */
export interface BillQuestion {
  readonly requestId: string;
  /** What is settled once, however often it is run: the request, or the item of a batch. */
  readonly settlementKey: string;
  readonly account: string;
  readonly keyId: string;
  /** Whether the account's wallet pays before it is spent. */
  readonly isPrepaid: boolean;
  /** Whose prices apply before those of everybody; absent where those of everybody do. */
  readonly planName?: string;
  /** Added to list prices, in hundredths of a percent. */
  readonly markupBasisPoints: number;
  /** Ends the stream with `stop_reason: max_tokens` where the money runs out, not with an error. */
  readonly stopsWhenExhausted: boolean;
  readonly budgets: readonly BudgetClaim[];
  /** Whether the caller may see figures of the wallet. */
  readonly showsFigures: boolean;
  /** The registry's id of the model; undefined for one that it does not know. */
  readonly modelId: string | undefined;
  /** Whether the answer can be watched while it is written, as far as the caller's form goes. */
  readonly isStream: boolean;
  readonly isBatch: boolean;
  /** The request in the canonical form. */
  readonly body: Uint8Array;
  /** Values of `anthropic-beta`: some change what can be spent. */
  readonly betas: readonly string[];
  /** The caller pays the provider with a key of its own: nothing is held or charged. */
  readonly paysProvider: boolean;
  /** How long the request may take at most; with a margin, how long its hold stands. */
  readonly deadlineMs: number;
  readonly form: string;
}

/**
 * The money of one request from admission to settlement: between the ledger, which knows no tokens,
 * and metering, which knows no accounts (DESIGN §7). A request whose account is not prepaid and
 * whose key has no budget has a bill too: it holds nothing and says what it cost.
 */
export interface Bill {
  /** `x-credits-*`, known before the first byte; wallet reference §6.2. Empty where nothing is held. */
  readonly headers: HeaderList;
  /** The price rows that it goes by; undefined where no price is known. */
  readonly priceVersion: string | undefined;
  /** An attempt goes out: from here on an upstream may be working. Waits for nothing. */
  sent(attempt: number, upstream: string): void;
  /** An attempt ended without an answer for the caller: its cost is ours. */
  attemptFailed(failed: FailedAttempt): void;
  /** Counts a stream while it runs; undefined where nothing has to be watched. */
  meter(): OutputMeter | undefined;
  /**
   * Takes what the outcome costs. Always called once, whatever became of the request; resolves when
   * that is durable. A fault of the store is retried behind the request, never thrown.
   */
  close(outcome: BillOutcome): Promise<ClosedBill>;
}

export interface FailedAttempt {
  readonly attempt: number;
  readonly upstream: string;
  /** What it reported before it failed; undefined where it said nothing. */
  readonly usage: UsageState | undefined;
  /** Whether it may have been working: a connection that was never made costs nobody anything. */
  readonly wasSent: boolean;
}

/** Counts the output of a stream by an upper bound, so that nothing goes out that is not held. */
export interface OutputMeter {
  /**
   * A whole event that is about to go out. False: it is not covered yet; it and what follows are
   * kept back until `whenCovered` resolves.
   */
  covers(bytes: Uint8Array, start: number, end: number): boolean;
  /** Resolves once the event that was not covered is, or with the refusal that ends the stream. */
  whenCovered(): Promise<'covered' | 'stop' | Refusal>;
  /** What was produced so far as we count it, for a stream that ends before its upstream says so. */
  outputTokens(): number;
  /** The counts are exact now: durable before the last event goes out. */
  sawFinalUsage(usage: UsageState): Promise<void>;
}

/** How a request ended, as far as money goes: each has a row in the published "billed?" table. */
export type BillOutcome =
  /** Refused by us or by an upstream, or every attempt failed: nothing is charged. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'failed'; readonly status: number }
  /** An answer in full. */
  | {
      readonly kind: 'answered';
      readonly usage: UsageState;
      readonly attempt: number;
      readonly isUsageEstimated: boolean;
      /** No output token and no stop reason: nothing was answered. */
      readonly isEmpty: boolean;
      /** Of an answer in one piece: what it says, for counting where it does not say its usage. */
      readonly answer?: Uint8Array;
    }
  /** The upstream broke the stream, or said an error in it, after content had gone out. */
  | { readonly kind: 'broken'; readonly usage: UsageState; readonly attempt: number }
  /** The money ran out: what was produced is paid for. */
  | { readonly kind: 'stopped'; readonly usage: UsageState; readonly attempt: number }
  /** The caller left; `hadContent` says whether any of the answer had gone out. */
  | {
      readonly kind: 'client_gone';
      readonly usage: UsageState;
      readonly attempt: number;
      readonly hadContent: boolean;
      /** What it would have been, where that was known before any of it went out. */
      readonly answer?: Uint8Array;
      /** About how much of it there was, for bills that count nothing themselves. */
      readonly roughTokens?: number;
    }
  /** From the cache, or an idempotent replay. */
  | { readonly kind: 'replayed' };

export interface ClosedBill {
  /** Undefined where it is not known: unknown is not zero. */
  readonly costNanoUsd: bigint | undefined;
  /** What the caller's wallet paid; 0 where nothing is. */
  readonly chargedNanoUsd: bigint;
  readonly usageSource: 'reported' | 'estimated' | 'none';
  /** What was counted here in the place of what was not reported; where the source is `estimated`. */
  readonly counted?: Usage;
  /** Whether it is in the books: what the store has not taken yet nobody is told (reliability §4.2, I8). */
  readonly isDurable: boolean;
  /** `x-credits-charged` for an answer in one piece; empty where nothing is held. */
  readonly headers: HeaderList;
}
