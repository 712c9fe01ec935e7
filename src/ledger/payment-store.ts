/** What an account wants to pay, before it does: payments are held to it (wallet reference §4.7). */
export interface PaymentIntent {
  readonly id: string;
  readonly account: string;
  readonly amountNanoUsd: bigint;
  readonly createdBy: string;
  readonly createdAtMs: number;
  /** The processor's payment that it was paid with; undefined while it was not. */
  readonly paymentId: string | undefined;
  readonly paidAtMs: number | undefined;
  /** What of the payment went back so far. */
  readonly refundedNanoUsd: bigint;
}

/** What became of an event of a processor: kept, so that an operator finds what did not fit. */
export interface PaymentEventRecord {
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  readonly paymentId: string | undefined;
  /** Of a dispute: the processor's id of it. */
  readonly disputeId: string | undefined;
  /** `unmatched`: about money that nobody here asked for, or not as much as was; nothing moved. */
  readonly outcome: 'credited' | 'returned' | 'unmatched';
  readonly account: string | undefined;
  readonly amountNanoUsd: bigint | undefined;
  readonly detail: string;
  readonly atMs: number;
}

export interface PaymentPage {
  readonly account?: string;
  /** Ids are in the order of their making: the page comes before this one. */
  readonly before?: string;
  readonly limit: number;
}

/** Payments that were asked for, and what processors said. Writes resolve once they are durable. */
export interface PaymentStore {
  insertIntent(intent: PaymentIntent): Promise<void>;
  intent(id: string): Promise<PaymentIntent | undefined>;
  intentOfPayment(paymentId: string): Promise<PaymentIntent | undefined>;
  /** Newest first; undefined where there is nothing that the page comes before. */
  intents(page: PaymentPage): Promise<readonly PaymentIntent[] | undefined>;
  /** Whether the intent is now, or was already, paid with this payment and no other. */
  claimIntent(id: string, paymentId: string, atMs: number): Promise<boolean>;
  /** Notes how much went back, where it was `fromNanoUsd` before. */
  noteRefund(id: string, fromNanoUsd: bigint, toNanoUsd: bigint): Promise<boolean>;
  /** The same event again changes nothing, but that one that was unmatched may have found its payment. */
  recordEvent(record: PaymentEventRecord): Promise<void>;
  /** What was said of a payment and came to nothing so far, oldest first. */
  unmatchedOf(paymentId: string, limit: number): Promise<readonly PaymentEventRecord[]>;
  /** The same of events. */
  events(
    page: PaymentPage & { readonly outcome?: PaymentEventRecord['outcome'] },
  ): Promise<readonly PaymentEventRecord[] | undefined>;
}
