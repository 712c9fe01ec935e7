import type { HoldOrder, HoldOutcome } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { assert } from '../std/assert.ts';
import type { Price } from '../metering/resolved-price.ts';
import type { Bill, BillEstimate, Billing, BillQuestion } from './bill.ts';
import { BillingDesk } from './billing-desk.ts';
import type { BillingParts } from './billing-parts.ts';
import { HeldBill } from './held-bill.ts';
import { likelyOutcome } from './likely-outcome.ts';
import { MeteredBill } from './metered-bill.ts';
import type { Quote } from './quote.ts';
import { amountFor, quoteRequest } from './quote.ts';
import { refuseHold, refuseWithoutLedger } from './refuse-hold.ts';

/** Bills over the books: stage 9 of the walk. */
export class LedgerBilling implements Billing {
  readonly desk: BillingDesk;
  readonly #parts: BillingParts;

  constructor(parts: BillingParts) {
    this.#parts = parts;
    this.desk = new BillingDesk(parts);
  }

  startClosing(): void {
    this.desk.startClosing();
  }

  async open(question: BillQuestion): Promise<Bill | Refusal> {
    const atMs = this.#parts.clock.wallMs();
    if (!isHeldFor(question)) return this.#metered(question, atMs);
    const quote = quoteRequest(question, this.#parts, atMs);
    if (isRefusal(quote)) return quote;
    if (this.desk.isFull) return refuseWithoutLedger();
    try {
      return await this.#hold(quote, atMs);
    } catch (fault) {
      this.desk.noteFault('hold_failed', question.requestId, fault);
      return refuseWithoutLedger();
    }
  }

  async estimate(question: BillQuestion): Promise<BillEstimate | Refusal> {
    const { clock, ledger, welcome } = this.#parts;
    const atMs = clock.wallMs();
    const price = this.#priceOf(question, atMs);
    if (!isHeldFor(question)) {
      return { kind: 'estimate', ...(price === undefined ? {} : { price }) };
    }
    const quote = quoteRequest(question, this.#parts, atMs);
    if (isRefusal(quote)) return quote;
    const { heldOutputTokens, heldNanoUsd } = this.#sizeOf(quote);
    const welcomeNanoUsd =
      welcome?.account === question.account ? welcome.amountNanoUsd : undefined;
    const foreseen = { question, amountNanoUsd: heldNanoUsd, welcomeNanoUsd };
    const outcome = await likelyOutcome(foreseen, ledger);
    assert(outcome.kind !== 'exists', 'what is foreseen was not held before');
    if (outcome.kind === 'refused') {
      const { topupUrl } = this.desk.settings();
      return refuseHold({ quote, outcome, requiredNanoUsd: heldNanoUsd, topupUrl });
    }
    const { inputTokens } = quote.bounds;
    return {
      kind: 'estimate',
      price: quote.price,
      held: { nanoUsd: heldNanoUsd, outputTokens: heldOutputTokens, inputTokens },
      ...(outcome.wallet && { availableNanoUsd: outcome.wallet.availableNanoUsd }),
    };
  }

  /** Nothing is held, so a price that is not known keeps nobody from anything. */
  #metered(question: BillQuestion, atMs: number): Bill {
    const price = this.#priceOf(question, atMs);
    const priced = price && { price, jsonBounds: this.#parts.jsonBounds() };
    return new MeteredBill(question, priced);
  }

  #priceOf({ modelId, planName }: BillQuestion, atMs: number): Price | undefined {
    return modelId === undefined ? undefined : this.#parts.prices.priceOf(modelId, planName, atMs);
  }

  /** How much is held at first, and for how much output. */
  #sizeOf(quote: Quote): { readonly heldOutputTokens: number; readonly heldNanoUsd: bigint } {
    const { outputTokensMax, unseenOutputTokens } = quote.bounds;
    const { sliceTokens } = this.desk.settings();
    const heldOutputTokens = Math.min(outputTokensMax, unseenOutputTokens + sliceTokens);
    return { heldOutputTokens, heldNanoUsd: amountFor(quote, heldOutputTokens) };
  }

  async #hold(quote: Quote, atMs: number): Promise<Bill | Refusal> {
    const { question, bounds, modelId } = quote;
    const { outputTokensMax } = bounds;
    const { topupUrl } = this.desk.settings();
    const { heldOutputTokens, heldNanoUsd } = this.#sizeOf(quote);
    const expectedOutputTokens = this.desk.expected.expect(question.keyId, modelId);
    const likely = Math.min(outputTokensMax, expectedOutputTokens ?? heldOutputTokens);
    // Before anything is held: what cannot be worked out must not leave a hold behind.
    const suspectedNanoUsd = amountFor(atListPrice(quote), likely);
    const outcome = await this.#openHold(quote, heldNanoUsd, atMs);
    assert(outcome.kind !== 'exists', 'a request is held for once');
    if (outcome.kind === 'refused') {
      this.desk.counts.refusals += 1;
      return refuseHold({ quote, outcome, requiredNanoUsd: heldNanoUsd, topupUrl });
    }
    this.desk.counts.holds += 1;
    this.desk.begin(question.requestId);
    return new HeldBill(this.desk, quote, {
      wallet: outcome.wallet,
      heldNanoUsd,
      heldOutputTokens,
      expectedOutputTokens,
      suspectedNanoUsd,
    });
  }

  async #openHold(quote: Quote, amountNanoUsd: bigint, atMs: number): Promise<HoldOutcome> {
    const { question, modelId, price } = quote;
    const { ledger, owner } = this.#parts;
    const order: HoldOrder = {
      holdId: question.requestId,
      settlementKey: question.settlementKey,
      account: question.account,
      keyId: question.keyId,
      amountNanoUsd,
      isPrepaid: question.isPrepaid,
      budgets: question.budgets,
      owner,
      expiresAtMs: atMs + question.deadlineMs + this.desk.settings().holdMarginMs,
      atMs,
      memo: JSON.stringify({ model: modelId, form: question.form, price_version: price.version }),
    };
    const outcome = await ledger.openHold(order);
    const isUnknown = outcome.kind === 'refused' && outcome.why === 'no_wallet';
    if (!isUnknown || !(await this.#welcome(question.account, atMs))) return outcome;
    return ledger.openHold(order);
  }

  /** An account that is to be able to begin at once gets its first credit; whether it did. */
  async #welcome(account: string, atMs: number): Promise<boolean> {
    const { welcome, ledger } = this.#parts;
    if (welcome?.account !== account) return false;
    await ledger.openWallet(account, atMs);
    const granted = await ledger.transfer({
      transferId: `welcome:${account}`,
      reason: 'grant',
      account,
      amountNanoUsd: welcome.amountNanoUsd,
      note: 'credit to begin with',
      actor: 'quatrain',
      atMs,
    });
    return granted.kind !== 'refused';
  }
}

/** Whether money is set aside; where a caller pays the provider itself, or afterwards, it is not. */
function isHeldFor({ paysProvider, isPrepaid, budgets }: BillQuestion): boolean {
  return !paysProvider && (isPrepaid || budgets.length > 0);
}

function atListPrice(quote: Quote): Quote {
  return { ...quote, price: quote.listPrice, terms: { ...quote.terms, markupBasisPoints: 0 } };
}
