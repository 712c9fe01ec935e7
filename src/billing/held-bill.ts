import type { ExtensionOutcome, SettlementOutcome } from '../ledger/ledger-store.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { Usage } from '../messages/usage.ts';
import type { Charge } from '../metering/charge-of.ts';
import { cappedCharge, chargeInLines } from '../metering/charge-of.ts';
import { OutputCounter } from '../metering/output-counter.ts';
import type { Bill, BillOutcome, ClosedBill, FailedAttempt, OutputMeter } from './bill.ts';
import { billedNameOf, billedOutcomes } from './billed-outcomes.ts';
import type { BilledName } from './billed-outcomes.ts';
import type { BillingDesk } from './billing-desk.ts';
import type { ChargeRecord } from './charge-record.ts';
import { encodeCharge, encodeCheckpoint } from './charge-record.ts';
import type { GrantedHold } from './credit-headers.ts';
import { creditHeaders } from './credit-headers.ts';
import type { Quote } from './quote.ts';
import { affordableOutput, amountFor } from './quote.ts';
import type { HoldGrowth, SeenSoFar } from './sliced-meter.ts';
import { SlicedMeter } from './sliced-meter.ts';
import { UpstreamCosts } from './upstream-costs.ts';
import type { Used } from './used-of.ts';
import { usedOf } from './used-of.ts';

export interface OpenedHold extends GrantedHold {
  readonly heldOutputTokens: number;
  /** What an attempt of it costs of which nobody says anything. */
  readonly suspectedNanoUsd: bigint;
}

/** What is to be done with a hold at its end. */
interface Due {
  readonly name: BilledName;
  readonly used: Used;
  readonly record: ChargeRecord;
  /** Nothing where the hold goes back. */
  readonly amountNanoUsd: bigint;
}

/** The bill of a request whose money is set aside: its hold grows with it and resolves once. */
export class HeldBill implements Bill, HoldGrowth {
  readonly headers: HeaderList;
  readonly #desk: BillingDesk;
  readonly #quote: Quote;
  readonly #expectedOutput: number | undefined;
  readonly #suspectedNanoUsd: bigint;
  readonly #costs: UpstreamCosts;
  readonly #counter: OutputCounter | undefined;
  readonly #meter: SlicedMeter | undefined;
  #heldOutputTokens: number;
  #heldNanoUsd: bigint;
  #attempt = 1;
  #closing: Promise<ClosedBill> | undefined;

  constructor(desk: BillingDesk, quote: Quote, opened: OpenedHold) {
    this.#desk = desk;
    this.#quote = quote;
    this.#expectedOutput = opened.expectedOutputTokens;
    this.#suspectedNanoUsd = opened.suspectedNanoUsd;
    this.#heldOutputTokens = opened.heldOutputTokens;
    this.#heldNanoUsd = opened.heldNanoUsd;
    this.headers = creditHeaders(quote, opened);
    this.#costs = new UpstreamCosts(quote, opened.suspectedNanoUsd);
    const { question, facts, bounds } = quote;
    const hidesThinking = bounds.unseenOutputTokens > 0;
    this.#counter = question.isStream
      ? new OutputCounter(facts.tokenizer, hidesThinking)
      : undefined;
    this.#meter = this.#counter && new SlicedMeter(this, this.#counter, desk.clock);
  }

  get quote(): Quote {
    return this.#quote;
  }

  get priceVersion(): string {
    return this.#quote.price.version;
  }

  get heldOutputTokens(): number {
    return this.#heldOutputTokens;
  }

  get sliceTokens(): number {
    return this.#desk.settings().sliceTokens;
  }

  sent(attempt: number, upstream: string): void {
    this.#attempt = attempt;
    this.#costs.sent(attempt, upstream);
    void this.#checkpoint('sent', {
      record: this.#recordOf('sent', { usage: {}, source: 'none' }),
      upstreamCosts: this.#costs.suspected(attempt),
      costNanoUsd: this.#suspectedNanoUsd,
    });
  }

  attemptFailed(failed: FailedAttempt): void {
    this.#costs.failed(failed);
  }

  meter(): OutputMeter | undefined {
    return this.#meter;
  }

  /** DESIGN §7: held before it is spent; to what was asked for, or to what the wallet still has. */
  async grow(outputTokens: number): Promise<'grown' | 'refused' | 'fault'> {
    if (this.#closing !== undefined) return 'refused';
    const outcome = await this.#extend(outputTokens);
    if (outcome === undefined) return 'fault';
    if (outcome.kind !== 'refused') return outcome.kind === 'extended' ? 'grown' : 'refused';
    this.#desk.counts.extensionsRefused += 1;
    return 'refused';
  }

  /** As much as there is, at most to so many tokens; false where that is nothing. */
  async growToAvailable(outputTokens: number): Promise<boolean> {
    const asked = await this.#extend(outputTokens);
    if (asked?.kind === 'extended') return true;
    if (asked?.kind !== 'refused') return false;
    const most = affordableOutput(this.#quote, this.#heldNanoUsd + asked.availableNanoUsd) ?? 0;
    if (most <= this.#heldOutputTokens) return false;
    return (await this.#extend(Math.min(most, outputTokens)))?.kind === 'extended';
  }

  async #extend(outputTokens: number): Promise<ExtensionOutcome | undefined> {
    const { desk, question } = { desk: this.#desk, question: this.#quote.question };
    const grownNanoUsd = amountFor(this.#quote, outputTokens);
    const amountNanoUsd = grownNanoUsd - this.#heldNanoUsd;
    const settings = desk.settings();
    if (amountNanoUsd <= 0n) {
      this.#heldOutputTokens = Math.max(this.#heldOutputTokens, outputTokens);
      return { kind: 'extended', heldNanoUsd: this.#heldNanoUsd };
    }
    try {
      const atMs = desk.clock.wallMs();
      const outcome = await desk.ledger.extendHold({
        holdId: question.requestId,
        amountNanoUsd,
        expiresAtMs: atMs + question.deadlineMs + settings.holdMarginMs,
        atMs,
      });
      if (outcome.kind === 'extended') {
        desk.counts.extensions += 1;
        this.#heldNanoUsd = grownNanoUsd;
        this.#heldOutputTokens = outputTokens;
      }
      return outcome;
    } catch (fault) {
      desk.noteFault('extension_failed', question.requestId, fault);
      return undefined;
    }
  }

  /** Reliability §1.4: what was seen goes into the journal before the caller has it all. */
  async note(stage: 'partial' | 'final', { usage, source }: SeenSoFar): Promise<void> {
    const used: Used = { usage, source };
    const record = this.#recordOf(stage, used);
    const costNanoUsd = record.costNanoUsd ?? 0n;
    const upstreamCosts = this.#costs.with(this.#attempt, used);
    await this.#checkpoint(stage, { record, upstreamCosts, costNanoUsd });
  }

  close(outcome: BillOutcome): Promise<ClosedBill> {
    this.#closing ??= this.#close(outcome).catch((fault: unknown) => {
      // A fault of ours: the money is not to stay held for as long as this process runs.
      this.#desk.leave(this.#quote.question.requestId);
      throw fault;
    });
    return this.#closing;
  }

  async #close(outcome: BillOutcome): Promise<ClosedBill> {
    const due = this.#dueFor(outcome);
    const { record, used } = due;
    let settled: SettlementOutcome | undefined;
    const isDurable = await this.#desk.land(this.#quote.question.requestId, async () => {
      settled = await this.#resolve(due, outcome);
    });
    this.#noteExpected(used, due.name);
    const { isPrepaid } = this.#quote.question;
    const expected = isPrepaid ? due.amountNanoUsd : 0n;
    const chargedNanoUsd =
      settled === undefined || settled.kind === 'no_hold' ? expected : settled.chargedNanoUsd;
    const isDue = due.amountNanoUsd > 0n || due.name === 'answered';
    return {
      costNanoUsd: isDue ? record.costNanoUsd : 0n,
      chargedNanoUsd: isPrepaid ? chargedNanoUsd : 0n,
      usageSource: isDue ? used.source : 'none',
      ...(isDue && used.source === 'estimated' ? { counted: used.usage } : {}),
      isDurable,
      headers: ['x-credits-charged', String(isPrepaid ? chargedNanoUsd : 0n)],
    };
  }

  async #resolve(due: Due, outcome: BillOutcome): Promise<SettlementOutcome | undefined> {
    const { ledger, clock, counts } = this.#desk;
    const holdId = this.#quote.question.requestId;
    const { used, record, amountNanoUsd, name } = due;
    const attempt = 'attempt' in outcome ? outcome.attempt : this.#attempt;
    const delivered = 'usage' in outcome ? used : undefined;
    const upstreamCosts = this.#costs.with(attempt, delivered);
    const order = { holdId, upstreamCosts, charge: encodeCharge(record), atMs: clock.wallMs() };
    if (amountNanoUsd === 0n) {
      await ledger.release({ ...order, why: billedOutcomes[name].releasedAs });
      counts.releases += 1;
      return undefined;
    }
    const settled = await ledger.settle({ ...order, amountNanoUsd, attempt });
    counts.settlements += 1;
    if (used.source === 'estimated') counts.estimates += 1;
    this.#desk.noteSettled(holdId, settled, amountNanoUsd);
    return settled;
  }

  #dueFor(outcome: BillOutcome): Due {
    const name = billedNameOf(outcome);
    const { billedFor } = billedOutcomes[name];
    const used = usedOf(
      {
        quote: this.#quote,
        outcome,
        counter: this.#counter,
        expectedOutput: this.#expectedOutput,
      },
      billedFor,
    );
    const record = this.#recordOf(name, used);
    switch (billedFor) {
      case 'nothing':
        return { name, used, record, amountNanoUsd: 0n };
      case 'nothing_at_first':
        return this.#dueForAbandoned(name, used);
      case 'usage':
      case 'produced':
        return { name, used, record, amountNanoUsd: record.costNanoUsd ?? 0n };
    }
  }

  /** Wallet reference §4.5: nothing, unless the key does it all the time; then the input. */
  #dueForAbandoned(name: BilledName, used: Used): Due {
    const isFree =
      !this.#costs.isPossible || this.#desk.isFreelyAbandoned(this.#quote.question.keyId);
    const input: Used = { usage: { ...used.usage, outputTokens: 0 }, source: used.source };
    const record = this.#recordOf(name, isFree ? used : input);
    const amountNanoUsd = isFree ? 0n : (record.costNanoUsd ?? 0n);
    return { name, used: isFree ? used : input, record, amountNanoUsd };
  }

  #recordOf(outcome: string, used: Used): ChargeRecord {
    const { price, terms, modelId } = this.#quote;
    const priced = this.#chargeOf(used.usage);
    // What rests on our own count is never more than was held (wallet reference §4.5).
    const isCapped = used.source === 'estimated';
    const charge = priced && isCapped ? cappedCharge(priced, this.#heldNanoUsd) : priced;
    return {
      outcome,
      usage: used.usage,
      usageSource: used.source,
      model: modelId,
      priceVersion: price.version,
      markupBasisPoints: terms.markupBasisPoints,
      costNanoUsd: charge?.nanoUsd,
      lines: charge?.lines ?? [],
    };
  }

  /** One class without a price must not make the rest free; the request did not ask for any of it. */
  #chargeOf(usage: Usage): Charge | undefined {
    const { price, terms, question } = this.#quote;
    const charge = chargeInLines(usage, price, terms);
    if (charge !== undefined || usage.webSearchRequests === undefined) return charge;
    this.#desk.noteUnpriced(question.requestId, 'web_search');
    return chargeInLines({ ...usage, webSearchRequests: 0 }, price, terms);
  }

  #noteExpected({ usage: { outputTokens }, source }: Used, name: BilledName): void {
    if (name !== 'answered' || source !== 'reported' || outputTokens === undefined) return;
    const { question, modelId } = this.#quote;
    this.#desk.expected.note(question.keyId, modelId, outputTokens);
  }

  async #checkpoint(stage: 'sent' | 'partial' | 'final', noted: NotedCheckpoint): Promise<void> {
    const { record, upstreamCosts, costNanoUsd } = noted;
    const holdId = this.#quote.question.requestId;
    const seen = encodeCheckpoint({ charge: record, attempt: this.#attempt, upstreamCosts });
    const atMs = this.#desk.clock.wallMs();
    try {
      await this.#desk.ledger.checkpoint({ holdId, stage, seen, costNanoUsd, atMs });
    } catch (fault) {
      // The settlement that follows says the same; only a crash in between would lose it.
      this.#desk.noteFault('checkpoint_failed', holdId, fault);
    }
  }
}

interface NotedCheckpoint {
  readonly record: ChargeRecord;
  readonly upstreamCosts: ReturnType<UpstreamCosts['with']>;
  readonly costNanoUsd: bigint;
}
