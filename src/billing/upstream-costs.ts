import type { UpstreamCost } from '../ledger/ledger-store.ts';
import type { Usage } from '../messages/usage.ts';
import { chargeOf } from '../metering/charge-of.ts';
import type { FailedAttempt } from './bill.ts';
import type { Quote } from './quote.ts';
import type { Used } from './used-of.ts';

/** What every attempt of a request costs us, whoever got its answer (wallet reference §7 rule 4, §10.3). */
export class UpstreamCosts {
  readonly #quote: Quote;
  readonly #suspectedNanoUsd: bigint;
  readonly #failed: UpstreamCost[] = [];
  readonly #upstreams = new Map<number, string>();

  /** `suspectedNanoUsd`: what an attempt costs of which nobody says anything. */
  constructor(quote: Quote, suspectedNanoUsd: bigint) {
    this.#quote = quote;
    this.#suspectedNanoUsd = suspectedNanoUsd;
  }

  /** Whether any upstream may have been working: else the request cost nobody anything. */
  get isPossible(): boolean {
    return this.#upstreams.size > 0 || this.#failed.length > 0;
  }

  sent(attempt: number, upstream: string): void {
    this.#upstreams.set(attempt, upstream);
  }

  /** An attempt without an answer: what it reported, or that it may have been working unheard. */
  failed({ attempt, upstream, usage, wasSent }: FailedAttempt): void {
    this.#upstreams.delete(attempt);
    // What was reported before the end is the least that it cost; nothing is known of the rest.
    const said = usage?.usage.inputTokens === undefined ? undefined : this.#listCost(usage.usage);
    const isKnown = usage?.isFinal === true && said !== undefined;
    if (!isKnown && !wasSent) return;
    const amountNanoUsd = said ?? this.#suspectedNanoUsd;
    this.#failed.push({ attempt, upstream, amountNanoUsd, isKnown });
  }

  /** All of them, with that of the attempt whose answer there is; undefined where there is none. */
  with(attempt: number, used: Used | undefined): readonly UpstreamCost[] {
    const upstream = this.#upstreams.get(attempt);
    if (upstream === undefined || used === undefined) return this.#failed;
    const amountNanoUsd = this.#listCost(used.usage) ?? this.#suspectedNanoUsd;
    const isKnown = used.source === 'reported';
    return [...this.#failed, { attempt, upstream, amountNanoUsd, isKnown }];
  }

  /** All of them, as long as the one that runs has said nothing. */
  suspected(attempt: number): readonly UpstreamCost[] {
    const upstream = this.#upstreams.get(attempt);
    if (upstream === undefined) return this.#failed;
    const amountNanoUsd = this.#suspectedNanoUsd;
    return [...this.#failed, { attempt, upstream, amountNanoUsd, isKnown: false }];
  }

  #listCost(usage: Usage): bigint | undefined {
    const { listPrice, terms } = this.#quote;
    return chargeOf(usage, listPrice, { ...terms, markupBasisPoints: 0 });
  }
}
