import type {
  Bill,
  Billing,
  BillOutcome,
  BillQuestion,
  ClosedBill,
  OutputMeter,
} from '../billing/bill.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { UsageState } from '../messages/usage.ts';
import { assert } from '../std/assert.ts';

/** An upstream that is being asked. */
interface RunningAttempt {
  readonly attempt: number;
  readonly upstream: string;
}

/**
 * The bills of one request: one is open at a time, and each is closed once. There is more than one
 * where a route of a gateway leads on to another model, which has prices of its own. It stands on
 * the exchange from the start, so that whatever becomes of a request finds its bill.
 */
export class RequestBills {
  #bill: Bill | undefined;
  #closing: Promise<ClosedBill> | undefined;
  #opened = 0;
  #attempts = 0;
  #running: RunningAttempt | undefined;

  /** How many bills were opened, or asked for. */
  get opened(): number {
    return this.#opened;
  }

  /** The bill that was opened last, open or closed. */
  get bill(): Bill | undefined {
    return this.#bill;
  }

  /** What watches the stream of the bill that is open, where something has to. */
  meter(): OutputMeter | undefined {
    return this.#closing === undefined ? this.#bill?.meter() : undefined;
  }

  /** How often an upstream was asked in all. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Opens a bill, its hold durable; or says why there is none. */
  async open(billing: Billing, question: BillQuestion): Promise<Bill | Refusal> {
    assert(this.#bill === undefined || this.#closing !== undefined, 'a bill of a request is open');
    this.#opened += 1;
    const bill = await billing.open(question);
    if (isRefusal(bill)) return bill;
    this.#bill = bill;
    this.#closing = undefined;
    return bill;
  }

  /** An upstream is about to be asked. */
  sent(upstream: string): void {
    this.#attempts += 1;
    this.#running = { attempt: this.#attempts, upstream };
    if (this.#closing === undefined) this.#bill?.sent(this.#attempts, upstream);
  }

  /** What was asked last brought nothing for the caller. */
  attemptFailed(usage: UsageState | undefined, wasSent: boolean): void {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined || this.#closing !== undefined) return;
    this.#bill?.attemptFailed({ ...running, usage, wasSent });
  }

  /** Closes the bill that is open; again, it is what came of it then. Undefined where there is none. */
  close(outcome: BillOutcome, reported: UsageState | undefined): Promise<ClosedBill> | undefined {
    if (this.#closing !== undefined || this.#bill === undefined) return this.#closing;
    const { kind } = outcome;
    if (kind === 'refused' || kind === 'failed') {
      this.attemptFailed(reported, kind === 'failed' || reported !== undefined);
    }
    this.#closing = this.#bill.close(outcome);
    return this.#closing;
  }
}
