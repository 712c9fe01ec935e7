import type {
  Bill,
  Billing,
  BillOutcome,
  BillQuestion,
  ClosedBill,
  FailedAttempt,
  OutputMeter,
} from '../../src/billing/bill.ts';
import type { Refusal } from '../../src/messages/errors.ts';

/** What a test lets a bill say. */
export interface BillAnswers {
  readonly refuses?: Refusal;
  readonly meter?: OutputMeter;
  readonly closed?: Partial<ClosedBill>;
  /** Resolves when a bill that is closed is durable. */
  readonly durable?: Promise<void>;
}

/** Bills that cost what the test says and write down what the walk does with them. */
export class RecordingBilling implements Billing {
  readonly questions: BillQuestion[] = [];
  /** What happened, in order. */
  readonly events: string[] = [];
  readonly outcomes: BillOutcome[] = [];
  readonly failed: FailedAttempt[] = [];
  readonly #answers: BillAnswers;

  constructor(answers: BillAnswers = {}) {
    this.#answers = answers;
  }

  open(question: BillQuestion): Promise<Bill | Refusal> {
    this.questions.push(question);
    this.events.push('open');
    const { refuses, meter } = this.#answers;
    if (refuses !== undefined) return Promise.resolve(refuses);
    return Promise.resolve({
      headers: ['x-credits-unit', 'nano-usd', 'x-credits-held', '1000'],
      priceVersion: 'v1',
      sent: (attempt, upstream) => {
        this.events.push(`sent ${String(attempt)} ${upstream}`);
      },
      attemptFailed: (failed) => {
        this.failed.push(failed);
        this.events.push(`failed ${String(failed.attempt)}`);
      },
      meter: () => meter,
      close: async (outcome) => {
        this.outcomes.push(outcome);
        await this.#answers.durable;
        this.events.push(`closed ${outcome.kind}`);
        return {
          costNanoUsd: 621n,
          chargedNanoUsd: 600n,
          usageSource: 'reported',
          isDurable: true,
          headers: ['x-credits-charged', '600'],
          ...this.#answers.closed,
        };
      },
    });
  }
}

/** A meter by hand: it covers what the test lets it, and waits for the test where it does not. */
export class HandMeter implements OutputMeter {
  /** How many bytes it covers before it asks. */
  coveredBytes: number = Number.POSITIVE_INFINITY;
  readonly saved: number[] = [];
  /** When the final counts are durable. */
  whenSaved: Promise<void> = Promise.resolve();
  #seen = 0;
  #answer: ((verdict: 'covered' | 'stop' | Refusal) => void) | undefined;

  get isAsked(): boolean {
    return this.#answer !== undefined;
  }

  covers(_bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#seen + (end - start) > this.coveredBytes) return false;
    this.#seen += end - start;
    return true;
  }

  whenCovered(): Promise<'covered' | 'stop' | Refusal> {
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  answer(verdict: 'covered' | 'stop' | Refusal): void {
    const answer = this.#answer;
    this.#answer = undefined;
    if (verdict === 'covered') this.coveredBytes = Number.POSITIVE_INFINITY;
    answer?.(verdict);
  }

  outputTokens(): number {
    return 7;
  }

  sawFinalUsage({ usage }: Parameters<OutputMeter['sawFinalUsage']>[0]): Promise<void> {
    this.saved.push(usage.outputTokens ?? -1);
    return this.whenSaved;
  }
}
