import type { LedgerStore, SettlementOutcome } from '../ledger/ledger-store.ts';
import type { Clock } from '../std/clock.ts';
import { AbandonedRequests } from './abandoned-requests.ts';
import type { BillingParts, BillingSettings } from './billing-parts.ts';
import { ExpectedOutput } from './expected-output.ts';
import type { LedgerCounts } from './ledger-counts.ts';
import { SettlementRetries } from './settlement-retries.ts';

/** What the bills of one process share: the books, what they count, and what they still have to write. */
export class BillingDesk {
  readonly clock: Clock;
  readonly ledger: LedgerStore;
  readonly counts: LedgerCounts;
  readonly expected: ExpectedOutput = new ExpectedOutput();
  readonly #parts: BillingParts;
  readonly #abandoned: AbandonedRequests;
  readonly #retries: SettlementRetries;
  /** Holds whose requests run here. */
  readonly #live = new Set<string>();
  #isClosing = false;

  constructor(parts: BillingParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.ledger = parts.ledger;
    this.counts = parts.counts;
    this.#abandoned = new AbandonedRequests(parts.clock);
    this.#retries = new SettlementRetries(parts);
  }

  settings(): BillingSettings {
    return this.#parts.settings();
  }

  /** Whether so much is still to be written that nothing new may be held (reliability §4.5). */
  get isFull(): boolean {
    return this.#retries.isFull;
  }

  /** Whether a hold belongs to a request that runs here: nobody else may end it. */
  isLive(holdId: string): boolean {
    return this.#live.has(holdId);
  }

  get liveCount(): number {
    return this.#live.size;
  }

  /** Whoever is cut off by the gateway's own end has not left. */
  startClosing(): void {
    this.#isClosing = true;
  }

  begin(holdId: string): void {
    this.#live.add(holdId);
  }

  /** Leaves a hold whose end nobody here can work out to the reaper, which goes by its checkpoints. */
  leave(holdId: string): void {
    this.#live.delete(holdId);
  }

  /** Ends a hold; false where the store does not take that now: it goes on behind the request. */
  async land(holdId: string, run: () => Promise<void>): Promise<boolean> {
    return this.#retries.land(holdId, async () => {
      await run();
      this.#live.delete(holdId);
    });
  }

  /** Whether a request that its caller left unanswered costs nothing yet. */
  isFreelyAbandoned(keyId: string): boolean {
    if (this.#isClosing) return true;
    this.counts.abandoned += 1;
    const count = this.#abandoned.note(keyId);
    return count <= (this.settings().abandonedFreePerHour ?? Infinity);
  }

  noteFault(event: string, holdId: string, fault: unknown): void {
    this.counts.storeFaults += 1;
    this.#parts.log.error(event, { holdId, reason: String(fault) });
  }

  /** Something was used that no price says anything of: whoever runs the gateway has to set one. */
  noteUnpriced(holdId: string, priceClass: string): void {
    this.#parts.log.warn('use_without_price', { holdId, class: priceClass });
  }

  /** Whoever runs the gateway hears of what it cost them. */
  noteSettled(holdId: string, settled: SettlementOutcome, amountNanoUsd: bigint): void {
    const { log } = this.#parts;
    if (settled.kind === 'no_hold') {
      log.error('settlement_without_hold', { holdId, nanoUsd: String(amountNanoUsd) });
    } else if (settled.kind === 'settled' && settled.absorbedNanoUsd > 0n) {
      this.counts.absorbedNanoUsd += settled.absorbedNanoUsd;
      log.warn('cost_absorbed', { holdId, nanoUsd: String(settled.absorbedNanoUsd) });
    }
  }

  close(): Promise<void> {
    return this.#retries.close();
  }
}
