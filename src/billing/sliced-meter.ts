import type { OutputCounter } from '../metering/output-counter.ts';
import type { Refusal } from '../messages/errors.ts';
import type { Usage, UsageState } from '../messages/usage.ts';
import { estimateInputTokens } from '../metering/estimate-usage.ts';
import type { Clock } from '../std/clock.ts';
import type { OutputMeter } from './bill.ts';
import type { Quote } from './quote.ts';
import { refuseMore, refuseWithoutLedger } from './refuse-hold.ts';
import { usedSoFar } from './used-of.ts';

/** What was used so far, and by whose count. */
export interface SeenSoFar {
  readonly usage: Usage;
  readonly source: 'reported' | 'estimated';
}

/** The hold that a stream grows. */
export interface HoldGrowth {
  readonly quote: Quote;
  readonly heldOutputTokens: number;
  readonly sliceTokens: number;
  grow(outputTokens: number): Promise<'grown' | 'refused' | 'fault'>;
  growToAvailable(outputTokens: number): Promise<boolean>;
  note(stage: 'partial' | 'final', seen: SeenSoFar): Promise<void>;
}

/** Reliability §1.4: how far apart checkpoints of a stream are. */
const NOTED_EVERY_TOKENS = 1000;
const NOTED_EVERY_MS = 5000;
/** A store that does not answer in so many tries ends the stream. */
const TRIES_MAX = 3;

/**
 * DESIGN §7: lets a stream go on as far as its hold reaches. The next slice is asked for when half of
 * the last one is used, so that a stream seldom waits for it; where there is no more money, it goes on
 * to the end of what there is.
 */
export class SlicedMeter implements OutputMeter {
  readonly #hold: HoldGrowth;
  readonly #counter: OutputCounter;
  readonly #clock: Clock;
  #asking: Promise<void> | undefined;
  /** Asked ahead in vain: the next question is asked when it decides. */
  #isRefused = false;
  #notedTokens = 0;
  /** Bytes count for more than tokens, so the bound says when to look at the tokens themselves. */
  #lookAtBound = NOTED_EVERY_TOKENS;
  #notedAtMs: number;
  #estimatedInput: number | undefined;

  constructor(hold: HoldGrowth, counter: OutputCounter, clock: Clock) {
    this.#hold = hold;
    this.#counter = counter;
    this.#clock = clock;
    this.#notedAtMs = clock.monotonicMs();
  }

  covers(bytes: Uint8Array, start: number, end: number): boolean {
    this.#counter.add(bytes, start, end);
    this.#noteWhenDue();
    if (this.#leftTokens() < this.#aheadTokens()) this.#askAhead();
    return this.#leftTokens() >= 0;
  }

  async whenCovered(): Promise<'covered' | 'stop' | Refusal> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      await this.#asking;
      if (this.#leftTokens() >= 0) return 'covered';
      const target = this.#targetTokens();
      const outcome = await this.#hold.grow(target);
      if (outcome === 'fault') continue;
      if (outcome === 'grown') this.#isRefused = false;
      else await this.#hold.growToAvailable(target);
      return this.#leftTokens() >= 0 ? 'covered' : this.#exhausted();
    }
    return refuseWithoutLedger();
  }

  outputTokens(): number {
    return this.#counter.counted();
  }

  /** Whoever settles by it believes no more of it than whoever settles without it. */
  async sawFinalUsage(reported: UsageState): Promise<void> {
    const { quote } = this.#hold;
    const counted = { quote, counter: this.#counter, expectedOutput: undefined };
    const { usage, source } = usedSoFar(counted, reported);
    await this.#hold.note('final', { usage, source: source === 'none' ? 'estimated' : source });
  }

  #exhausted(): 'stop' | Refusal {
    const { stopsWhenExhausted } = this.#hold.quote.question;
    return stopsWhenExhausted ? 'stop' : refuseMore(this.#counter.counted());
  }

  /** Below zero where more was written than is held. Counted anew before it says so. */
  #leftTokens(): number {
    const left = this.#hold.heldOutputTokens - this.#neededTokens();
    if (left >= this.#aheadTokens()) return left;
    this.#counter.recount();
    return this.#hold.heldOutputTokens - this.#neededTokens();
  }

  /** What cannot be seen was held in full as the request began; no answer is longer than was asked. */
  #neededTokens(): number {
    const { outputTokensMax, unseenOutputTokens } = this.#hold.quote.bounds;
    return Math.min(outputTokensMax, unseenOutputTokens + this.#counter.bound);
  }

  #aheadTokens(): number {
    const { outputTokensMax } = this.#hold.quote.bounds;
    const isWhole = this.#hold.heldOutputTokens >= outputTokensMax;
    return isWhole ? 0 : Math.ceil(this.#hold.sliceTokens / 2);
  }

  #targetTokens(): number {
    const { outputTokensMax } = this.#hold.quote.bounds;
    const from = Math.max(this.#hold.heldOutputTokens, this.#neededTokens());
    return Math.min(outputTokensMax, from + this.#hold.sliceTokens);
  }

  #askAhead(): void {
    if (this.#asking !== undefined || this.#isRefused) return;
    this.#asking = this.#hold.grow(this.#targetTokens()).then((outcome) => {
      this.#asking = undefined;
      this.#isRefused = outcome !== 'grown';
    });
  }

  #noteWhenDue(): void {
    const nowMs = this.#clock.monotonicMs();
    const isLate = nowMs - this.#notedAtMs >= NOTED_EVERY_MS;
    if (!isLate && this.#counter.bound < this.#lookAtBound) return;
    const counted = this.#counter.counted();
    const leftTokens = NOTED_EVERY_TOKENS - (counted - this.#notedTokens);
    const isDue = isLate || leftTokens <= 0;
    this.#lookAtBound = this.#counter.bound + (isDue ? NOTED_EVERY_TOKENS : leftTokens);
    if (!isDue) return;
    this.#notedTokens = counted;
    this.#notedAtMs = nowMs;
    const { usage } = this.#counter.reported;
    const inputTokens = usage.inputTokens ?? this.#inputTokens();
    // Not waited for: a stream does not stand still for its journal.
    void this.#hold.note('partial', {
      usage: { ...usage, inputTokens, outputTokens: counted },
      source: 'estimated',
    });
  }

  #inputTokens(): number {
    const { question, facts, bounds } = this.#hold.quote;
    this.#estimatedInput ??= estimateInputTokens(question.body, facts, bounds);
    return this.#estimatedInput;
  }
}
