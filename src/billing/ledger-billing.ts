import type { HoldOrder, HoldOutcome } from '../ledger/ledger-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import { assert } from '../std/assert.ts';
import type { Bill, Billing, BillQuestion } from './bill.ts';
import { BillingDesk } from './billing-desk.ts';
import type { BillingParts } from './billing-parts.ts';
import { HeldBill } from './held-bill.ts';
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
    const isHeld = question.isPrepaid || question.budgets.length > 0;
    if (question.paysProvider || !isHeld) return this.#metered(question, atMs);
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

  /** Nothing is held, so a price that is not known keeps nobody from anything. */
  #metered(question: BillQuestion, atMs: number): Bill {
    const { modelId, planName } = question;
    const { prices, jsonBounds } = this.#parts;
    const price = modelId === undefined ? undefined : prices.priceOf(modelId, planName, atMs);
    const priced = price && { price, jsonBounds: jsonBounds() };
    return new MeteredBill(question, priced);
  }

  async #hold(quote: Quote, atMs: number): Promise<Bill | Refusal> {
    const { question, bounds, modelId } = quote;
    const { outputTokensMax, unseenOutputTokens } = bounds;
    const { sliceTokens, topupUrl } = this.desk.settings();
    const heldOutputTokens = Math.min(outputTokensMax, unseenOutputTokens + sliceTokens);
    const heldNanoUsd = amountFor(quote, heldOutputTokens);
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

function atListPrice(quote: Quote): Quote {
  return { ...quote, price: quote.listPrice, terms: { ...quote.terms, markupBasisPoints: 0 } };
}
