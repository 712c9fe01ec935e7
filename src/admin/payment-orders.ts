import type { PaymentEventRecord, PaymentIntent } from '../ledger/payment-store.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { base62 } from '../std/base62.ts';
import type { Done, OrderContext } from './audit-note.ts';
import { actorName } from './audit-note.ts';
import type { IntentAnswer, TransferAnswer } from './contract.ts';
import { maybeTimeText, timeText } from './field-schemas.ts';
import { usdText } from './money-text.ts';
import type { PaymentEvent } from './payment-provider.ts';
import type { MoneyOrder } from './wallet-orders.ts';
import { moveMoney } from './wallet-orders.ts';

const ID_LETTERS = 22;
/** Processors count in cents: what is below one cannot be paid. */
export const NANO_PER_CENT = 10_000_000n;
/** Events of one payment that wait for it: a payment has few. */
const WAITING_MAX = 200;

export function encodeIntent(intent: PaymentIntent): IntentAnswer {
  return {
    id: intent.id,
    account: intent.account,
    amount_nano: String(intent.amountNanoUsd),
    usd: usdText(intent.amountNanoUsd),
    currency: 'usd',
    status: intent.paymentId === undefined ? 'pending' : 'paid',
    payment_id: intent.paymentId ?? null,
    refunded_nano: String(intent.refundedNanoUsd),
    created_at: timeText(intent.createdAtMs),
    paid_at: maybeTimeText(intent.paidAtMs),
  };
}

/** Writes down what an account wants to pay: a payment is held to it, whatever its payer's page says. */
export async function createIntent(
  context: OrderContext,
  account: string,
  amountNanoUsd: bigint,
): Promise<Done<IntentAnswer> | Refusal> {
  const { parts, actor, atMs } = context;
  if (amountNanoUsd % NANO_PER_CENT !== 0n) {
    const text = 'amount_nano: whole cents are wanted, multiples of 10000000';
    return refusal('invalid_request', text, { param: 'amount_nano' });
  }
  await parts.ledger.openWallet(account, atMs);
  const intent: PaymentIntent = {
    id: `topup_${base62(ID_LETTERS, (count) => parts.random.bytes(count))}`,
    account,
    amountNanoUsd,
    createdBy: actorName(actor),
    createdAtMs: atMs,
    paymentId: undefined,
    paidAtMs: undefined,
    refundedNanoUsd: 0n,
  };
  await parts.payments.insertIntent(intent);
  const answer = encodeIntent(intent);
  const note = { action: 'payment.intend', subject: intent.id, account, after: answer };
  return { kind: 'done', answer, note };
}

/** What became of an event: kept for operators, and told to nobody else. */
export type PaymentResult = Pick<PaymentEventRecord, 'outcome' | 'account' | 'detail'>;

const unmatched = (detail: string, account?: string): PaymentResult => ({
  outcome: 'unmatched',
  account,
  detail,
});

/**
 * Moves what a processor says was paid, given back or disputed: once for each payment, whatever and
 * how many events say so, in whatever order they come (wallet reference §4.7). What fits nothing that
 * was asked for moves nothing.
 */
export function applyPayment(context: OrderContext, event: PaymentEvent): Promise<PaymentResult> {
  switch (event.kind) {
    case 'paid':
      return credit(context, event);
    case 'refunded':
      return giveBack(context, event);
    case 'disputed':
      return chargeBack(context, event);
  }
}

type EventOf<Kind extends PaymentEvent['kind']> = Extract<PaymentEvent, { readonly kind: Kind }>;

async function credit(context: OrderContext, event: EventOf<'paid'>): Promise<PaymentResult> {
  const { parts, atMs } = context;
  const { paymentId, amountNanoUsd, intentId } = event;
  const paid = await parts.payments.intentOfPayment(paymentId);
  const intent = intentId === undefined ? paid : await parts.payments.intent(intentId);
  if (intent === undefined) return unmatched('nobody here asked for this payment');
  if (intent.amountNanoUsd !== amountNanoUsd) {
    const wanted = String(intent.amountNanoUsd);
    return unmatched(`${wanted} nano-USD were asked for, not that much`, intent.account);
  }
  // The claim is durable before the credit, and the same for every event of one payment.
  if (!(await parts.payments.claimIntent(intent.id, paymentId, atMs))) {
    return unmatched('this was paid before, by another payment', intent.account);
  }
  const moved = await moveMoney(context, {
    reason: 'top_up',
    account: intent.account,
    amountNanoUsd,
    transferId: paymentId,
    note: `payment ${paymentId} for ${intent.id}`,
  });
  if (isRefusal(moved)) return unmatched(moved.detail ?? moved.code, intent.account);
  await applyWaiting(context, paymentId);
  return { outcome: 'credited', account: intent.account, detail: intent.id };
}

/**
 * Moves what was said of a payment before it was credited: processors keep no order. It is asked both
 * after the credit and after such an event is written down, so that one of the two finds the other;
 * what is asked for twice is moved once.
 */
export async function applyWaiting(context: OrderContext, paymentId: string): Promise<void> {
  const { payments } = context.parts;
  for (const record of await payments.unmatchedOf(paymentId, WAITING_MAX)) {
    const event = waitingEvent(record, paymentId);
    const result = event && (await applyPayment(context, event));
    if (result?.outcome === 'returned') await payments.recordEvent({ ...record, ...result });
  }
}

/** Undefined for what cannot have waited: another payment's money, or a dispute without its id. */
function waitingEvent(record: PaymentEventRecord, paymentId: string): PaymentEvent | undefined {
  const { eventId, type, amountNanoUsd, disputeId } = record;
  if (amountNanoUsd === undefined) return undefined;
  if (type === 'refunded') {
    return { kind: type, eventId, paymentId, refundedNanoUsd: amountNanoUsd };
  }
  if (type !== 'disputed' || disputeId === undefined) return undefined;
  return { kind: type, eventId, paymentId, disputeId, amountNanoUsd };
}

/** Of one payment one after the other, so that each sees what the one before it gave back. */
const givingBack = new Map<string, Promise<PaymentResult>>();

async function giveBack(context: OrderContext, event: EventOf<'refunded'>): Promise<PaymentResult> {
  const { paymentId } = event;
  const before = givingBack.get(paymentId);
  const mine = (async () => {
    // How the one before ended is its own matter.
    await before?.catch(() => undefined);
    return giveBackRest(context, event);
  })();
  givingBack.set(paymentId, mine);
  try {
    return await mine;
  } finally {
    if (givingBack.get(paymentId) === mine) givingBack.delete(paymentId);
  }
}

async function giveBackRest(
  context: OrderContext,
  { paymentId, refundedNanoUsd }: EventOf<'refunded'>,
): Promise<PaymentResult> {
  const { payments } = context.parts;
  const intent = await payments.intentOfPayment(paymentId);
  if (intent === undefined) return unmatched('no such payment was credited');
  const { id, account, refundedNanoUsd: before } = intent;
  // Events may come out of order: a smaller sum was told before.
  if (refundedNanoUsd <= before) return { outcome: 'returned', account, detail: 'told before' };
  const order = {
    account,
    amountNanoUsd: refundedNanoUsd - before,
    transferId: `refund-${paymentId}-${String(refundedNanoUsd)}`,
    note: `the processor gave back ${usdText(refundedNanoUsd)} USD of ${paymentId} in all`,
    about: paymentId,
  };
  const moved = await takeBack(context, order);
  if (isRefusal(moved)) return unmatched(moved.detail ?? moved.code, account);
  await payments.noteRefund(id, before, refundedNanoUsd);
  return { outcome: 'returned', account, detail: order.transferId };
}

/**
 * The money is gone from us, whether the wallet still has it or not: what it does not have is taken
 * as a bank's chargeback is, below zero (wallet reference §4.6). An order of this id that went the
 * other way before is the same one.
 */
async function takeBack(
  context: OrderContext,
  order: Omit<MoneyOrder, 'reason'>,
): Promise<Done<TransferAnswer> | Refusal> {
  const refunded = await moveMoney(context, { ...order, reason: 'refund' });
  if (!isRefusal(refunded)) return refunded;
  const isShort = refunded.reason === 'not_enough' || refunded.reason === 'idempotency_key_reused';
  return isShort ? moveMoney(context, { ...order, reason: 'chargeback' }) : refunded;
}

async function chargeBack(
  context: OrderContext,
  { paymentId, disputeId, amountNanoUsd }: EventOf<'disputed'>,
): Promise<PaymentResult> {
  const intent = await context.parts.payments.intentOfPayment(paymentId);
  if (intent === undefined) return unmatched('no such payment was credited');
  const { account } = intent;
  const moved = await moveMoney(context, {
    reason: 'chargeback',
    account,
    amountNanoUsd,
    transferId: `dispute-${disputeId}`,
    note: `the payer's bank disputes ${paymentId}`,
    about: paymentId,
  });
  return isRefusal(moved)
    ? unmatched(moved.detail ?? moved.code, account)
    : { outcome: 'returned', account, detail: disputeId };
}
