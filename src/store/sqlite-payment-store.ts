import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  PaymentEventRecord,
  PaymentIntent,
  PaymentPage,
  PaymentStore,
} from '../ledger/payment-store.ts';
import type { Writer } from './writer.ts';

interface IntentRow {
  readonly id: string;
  readonly account: string;
  readonly amount_nano: bigint;
  readonly created_by: string;
  readonly created_at_ms: bigint;
  readonly payment_id: string | null;
  readonly paid_at_ms: bigint | null;
  readonly refunded_nano: bigint;
}

interface EventRow {
  readonly provider: string;
  readonly event_id: string;
  readonly type: string;
  readonly payment_id: string | null;
  readonly outcome: PaymentEventRecord['outcome'];
  readonly account: string | null;
  readonly amount_nano: bigint | null;
  readonly dispute_id: string | null;
  readonly detail: string;
  readonly at_ms: bigint;
}

/** Payments in SQLite. That an intent is paid once stands in the statement that says so. */
export class SqlitePaymentStore implements PaymentStore {
  readonly #writer: Pick<Writer, 'write'>;
  readonly #byId: StatementSync;
  readonly #byPayment: StatementSync;
  readonly #page: StatementSync;
  readonly #eventPage: StatementSync;
  readonly #hasIntent: StatementSync;
  readonly #hasEvent: StatementSync;
  readonly #unmatched: StatementSync;

  constructor(reader: DatabaseSync, writer: Pick<Writer, 'write'>) {
    this.#writer = writer;
    const prepare = (text: string): StatementSync => {
      const statement = reader.prepare(text);
      statement.setReadBigInts(true);
      return statement;
    };
    this.#byId = prepare('SELECT * FROM payment_intents WHERE id = ?');
    this.#byPayment = prepare('SELECT * FROM payment_intents WHERE payment_id = ?');
    this.#page = prepare(`SELECT * FROM payment_intents
      WHERE (?1 IS NULL OR account = ?1)
        AND (?2 IS NULL OR place < (SELECT place FROM payment_intents WHERE id = ?2))
      ORDER BY place DESC LIMIT ?3`);
    this.#eventPage = prepare(`SELECT * FROM payment_events
      WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR outcome = ?2)
        AND (?3 IS NULL OR place < (SELECT place FROM payment_events WHERE event_id = ?3))
      ORDER BY place DESC LIMIT ?4`);
    this.#hasIntent = prepare(`SELECT 1 FROM payment_intents
      WHERE (?1 IS NULL OR account = ?1) AND id = ?2`);
    this.#hasEvent = prepare(`SELECT 1 FROM payment_events
      WHERE (?1 IS NULL OR account = ?1) AND event_id = ?2`);
    this.#unmatched = prepare(`SELECT * FROM payment_events
      WHERE outcome = 'unmatched' AND payment_id = ? ORDER BY place LIMIT ?`);
  }

  async insertIntent(intent: PaymentIntent): Promise<void> {
    const { id, account, amountNanoUsd, createdBy, createdAtMs } = intent;
    const rows = [[id, account, amountNanoUsd, createdBy, createdAtMs]];
    await this.#writer.write({ statement: 'insertPaymentIntent', rows });
  }

  intent(id: string): Promise<PaymentIntent | undefined> {
    return Promise.resolve(readIntent(this.#byId.get(id)));
  }

  intentOfPayment(paymentId: string): Promise<PaymentIntent | undefined> {
    return Promise.resolve(readIntent(this.#byPayment.get(paymentId)));
  }

  intents({ account, before, limit }: PaymentPage): Promise<readonly PaymentIntent[] | undefined> {
    if (before !== undefined && this.#hasIntent.get(account ?? null, before) === undefined) {
      return Promise.resolve(undefined);
    }
    const rows = this.#page.all(account ?? null, before ?? null, limit);
    return Promise.resolve(rows.map((row) => toIntent(row as unknown as IntentRow)));
  }

  async claimIntent(id: string, paymentId: string, atMs: number): Promise<boolean> {
    const rows = [[paymentId, atMs, id]];
    return (await this.#writer.write({ statement: 'claimPaymentIntent', rows })) > 0;
  }

  async noteRefund(id: string, fromNanoUsd: bigint, toNanoUsd: bigint): Promise<boolean> {
    const rows = [[toNanoUsd, id, fromNanoUsd]];
    return (await this.#writer.write({ statement: 'notePaymentRefund', rows })) > 0;
  }

  async recordEvent(record: PaymentEventRecord): Promise<void> {
    const row = [
      record.provider,
      record.eventId,
      record.type,
      record.paymentId ?? null,
      record.outcome,
      record.account ?? null,
      record.amountNanoUsd ?? null,
      record.detail,
      record.atMs,
      record.disputeId ?? null,
    ];
    await this.#writer.write({ statement: 'recordPaymentEvent', rows: [row] });
  }

  unmatchedOf(paymentId: string, limit: number): Promise<readonly PaymentEventRecord[]> {
    const rows = this.#unmatched.all(paymentId, limit);
    return Promise.resolve(rows.map((row) => toEvent(row as unknown as EventRow)));
  }

  events(
    page: PaymentPage & { readonly outcome?: PaymentEventRecord['outcome'] },
  ): Promise<readonly PaymentEventRecord[] | undefined> {
    const { account, outcome, before, limit } = page;
    if (before !== undefined && this.#hasEvent.get(account ?? null, before) === undefined) {
      return Promise.resolve(undefined);
    }
    const rows = this.#eventPage.all(account ?? null, outcome ?? null, before ?? null, limit);
    return Promise.resolve(rows.map((row) => toEvent(row as unknown as EventRow)));
  }
}

function readIntent(row: unknown): PaymentIntent | undefined {
  return row === undefined ? undefined : toIntent(row as IntentRow);
}

function toIntent(row: IntentRow): PaymentIntent {
  return {
    id: row.id,
    account: row.account,
    amountNanoUsd: row.amount_nano,
    createdBy: row.created_by,
    createdAtMs: Number(row.created_at_ms),
    paymentId: row.payment_id ?? undefined,
    paidAtMs: row.paid_at_ms === null ? undefined : Number(row.paid_at_ms),
    refundedNanoUsd: row.refunded_nano,
  };
}

function toEvent(row: EventRow): PaymentEventRecord {
  return {
    provider: row.provider,
    eventId: row.event_id,
    type: row.type,
    paymentId: row.payment_id ?? undefined,
    disputeId: row.dispute_id ?? undefined,
    outcome: row.outcome,
    account: row.account ?? undefined,
    amountNanoUsd: row.amount_nano ?? undefined,
    detail: row.detail,
    atMs: Number(row.at_ms),
  };
}
