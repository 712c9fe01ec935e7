import type { HeaderMap } from '../../dialects/dialect.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import type { Secret } from '../../std/secret.ts';
import type { PaymentEvent, PaymentProvider, ReadEvent } from '../payment-provider.ts';
import { isSignedBy } from './verify-signature.ts';

/** An event of Stripe, its object taken apart as far as it concerns a wallet. */
interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly object: JsonObject;
}

/** What an event amounts to; a text says why it is of no use. */
type Reading = PaymentEvent | string | undefined;

/** A cent in nano-USD. */
const NANO_PER_CENT = 10_000_000n;
const CENTS_DIGITS_MAX = 11;

/** Events that concern a wallet, and what each says. All others are Stripe's business. */
const readings: Readonly<Record<string, (event: StripeEvent) => Reading>> = {
  'checkout.session.completed': readSession,
  'checkout.session.async_payment_succeeded': readSession,
  'payment_intent.succeeded': (event) =>
    readPaid(event, event.object['id'], event.object['amount_received']),
  'charge.refunded': readRefund,
  'charge.dispute.created': readDispute,
};

/** Stripe's webhooks: the signature comes before everything else, and only USD is taken. */
export function createStripeProvider(webhookSecret: Secret): PaymentProvider {
  return {
    name: 'stripe',
    readEvent(body: Uint8Array, headers: HeaderMap, atMs: number): ReadEvent | Refusal {
      const header = headers['stripe-signature'];
      const isSigned =
        typeof header === 'string' && isSignedBy(webhookSecret, { body, header, atMs });
      if (!isSigned) {
        const text = 'stripe-signature: missing, wrong, or too old';
        return refusal('invalid_request', text, { reason: 'signature_invalid' });
      }
      const event = readEnvelope(body);
      if (event === undefined) {
        return refusal('invalid_request', 'The body is signed, but it is no event.');
      }
      return readKnown(event);
    },
  };
}

function readKnown(event: StripeEvent): ReadEvent {
  const { id: eventId, type } = event;
  const read = Object.hasOwn(readings, type) ? readings[type] : undefined;
  const reading = read?.(event);
  if (reading === undefined) return { kind: 'ignored', type };
  if (typeof reading === 'string') return { kind: 'unusable', eventId, type, why: reading };
  return { kind: 'event', event: reading };
}

function readEnvelope(body: Uint8Array): StripeEvent | undefined {
  const parsed = parseJson(textOf(body));
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) return undefined;
  const { id, type, data } = parsed.value;
  const object = isJsonObject(data) ? data['object'] : undefined;
  const isEvent = typeof id === 'string' && typeof type === 'string' && isJsonObject(object);
  return isEvent ? { id, type, object } : undefined;
}

/** A session that is complete may still wait for its money: the event that follows says that it came. */
function readSession(event: StripeEvent): Reading {
  const { payment_status: status, payment_intent: payment, amount_total: total } = event.object;
  return status === 'paid' ? readPaid(event, payment, total) : undefined;
}

function readPaid(
  event: StripeEvent,
  payment: JsonValue | undefined,
  amount: JsonValue | undefined,
): Reading {
  const { metadata } = event.object;
  const amountNanoUsd = readAmount(amount, event.object['currency']);
  if (typeof payment !== 'string') return 'it names no payment';
  if (amountNanoUsd === undefined) return 'its amount is not one of US dollars';
  const intent = isJsonObject(metadata) ? metadata['intent'] : undefined;
  const intentId = typeof intent === 'string' ? intent : undefined;
  return { kind: 'paid', eventId: event.id, paymentId: payment, amountNanoUsd, intentId };
}

function readRefund({ id: eventId, object }: StripeEvent): Reading {
  const { payment_intent: payment, amount_refunded: refunded, currency } = object;
  const refundedNanoUsd = readAmount(refunded, currency);
  if (typeof payment !== 'string') return 'it names no payment';
  if (refundedNanoUsd === undefined) return 'its amount is not one of US dollars';
  return { kind: 'refunded', eventId, paymentId: payment, refundedNanoUsd };
}

function readDispute({ id: eventId, object }: StripeEvent): Reading {
  const { id: disputeId, payment_intent: payment, amount, currency } = object;
  const amountNanoUsd = readAmount(amount, currency);
  if (typeof payment !== 'string' || typeof disputeId !== 'string') return 'it names no payment';
  if (amountNanoUsd === undefined) return 'its amount is not one of US dollars';
  return { kind: 'disputed', eventId, paymentId: payment, disputeId, amountNanoUsd };
}

/** Amounts of US dollars are whole cents. */
function readAmount(
  cents: JsonValue | undefined,
  currency: JsonValue | undefined,
): bigint | undefined {
  const isCents =
    typeof cents === 'number' &&
    Number.isSafeInteger(cents) &&
    cents > 0 &&
    String(cents).length <= CENTS_DIGITS_MAX;
  return isCents && currency === 'usd' ? BigInt(cents) * NANO_PER_CENT : undefined;
}
