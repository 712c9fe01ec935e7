import { z } from 'zod';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { ApiCall, ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { Done } from './audit-note.ts';
import type { IntentAnswer, Page, PaymentEventAnswer } from './contract.ts';
import {
  amountField,
  cursorField,
  idField,
  limitField,
  maybeTimeField,
  movedAmountField,
  pageOf,
  timeField,
  timeText,
  usdField,
} from './field-schemas.ts';
import { applyPayment, applyWaiting, createIntent, encodeIntent } from './payment-orders.ts';
import { unknownCursor } from './list-cursor.ts';
import type { PaymentEventRecord } from '../ledger/payment-store.ts';
import type { ReadEvent } from './payment-provider.ts';

const OWN = '/v1/wallet/top-ups';
const readAccess = {
  kind: 'account',
  keyKinds: ['inference', 'management'],
  scope: 'wallet:read',
} as const;
const writeAccess = { kind: 'account', keyKinds: ['management'], scope: 'wallet:write' } as const;

const intentShape: z.ZodType<IntentAnswer> = z.object({
  id: z.string(),
  account: z.string(),
  amount_nano: amountField,
  usd: usdField,
  currency: z.literal('usd'),
  status: z.enum(['pending', 'paid']),
  payment_id: z.string().nullable(),
  refunded_nano: amountField,
  created_at: timeField,
  paid_at: maybeTimeField,
});
const eventShape: z.ZodType<PaymentEventAnswer> = z.object({
  id: z.string(),
  provider: z.string(),
  type: z.string(),
  payment_id: z.string().nullable(),
  outcome: z.enum(['credited', 'returned', 'unmatched']),
  account: z.string().nullable(),
  amount_nano: amountField.nullable(),
  detail: z.string(),
  at: timeField,
});
const outcomes = z.enum(['credited', 'returned', 'unmatched']).optional();
/** The order says by itself what is wrong with one that is none. */
const wholeCentsField = movedAmountField.meta({
  pattern: String.raw`^[1-9]\d{0,8}0{7}$`,
  description: 'Nano-USD, as decimal digits: whole cents, which are multiples of 10000000.',
});
const listQuery = { limit: limitField, cursor: cursorField };

/** What was paid and what did not fit, for the operator. */
export const adminPaymentRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: '/admin/v1/payments/intents',
    operationId: 'listPaymentIntents',
    summary: 'Top-ups that accounts asked for, newest first.',
    access: { kind: 'admin' },
    query: z.strictObject({ ...listQuery, account: idField.optional() }),
    answer: pageOf(intentShape),
    read: ({ parts, query }) => listIntents(parts, query, query.account),
  }),
  readRoute({
    method: 'GET',
    path: '/admin/v1/payments/events',
    operationId: 'listPaymentEvents',
    summary:
      'What payment processors said of money, newest first; `unmatched` is for somebody to look at.',
    access: { kind: 'admin' },
    query: z.strictObject({ ...listQuery, account: idField.optional(), outcome: outcomes }),
    answer: pageOf(eventShape),
    read: async ({ parts, query }) => {
      const { account, outcome, cursor, limit } = query;
      const events = await parts.payments.events({
        limit: limit + 1,
        ...(account === undefined ? {} : { account }),
        ...(outcome === undefined ? {} : { outcome }),
        ...(cursor === undefined ? {} : { before: cursor }),
      });
      if (events === undefined) return unknownCursor();
      const data = events.slice(0, limit).map((event) => encodeEvent(event));
      return { data, next_cursor: events.length > limit ? (data.at(-1)?.id ?? null) : null };
    },
  }),
];

/** Top-ups of the account itself, and what the processor says of them. */
export const ownPaymentRoutes: readonly ApiRoute[] = [
  writeRoute({
    method: 'POST',
    path: OWN,
    operationId: 'createTopUp',
    summary:
      'Asks for a top-up. A payment for it names its id as `intent` in its metadata; it is credited once the money has settled.',
    access: writeAccess,
    status: 201,
    isMoneyWrite: true,
    body: z.strictObject({
      amount_nano: wholeCentsField,
      currency: z.literal('usd').default('usd'),
    }),
    answer: intentShape,
    write: (call) => {
      if (call.parts.paymentProvider === undefined) return noPayments();
      const { principal, body } = call;
      if (principal === undefined) return refusal('permission_denied');
      return createIntent(call, principal.account, BigInt(body.amount_nano));
    },
  }),
  readRoute({
    method: 'GET',
    path: OWN,
    operationId: 'listTopUps',
    summary: 'Top-ups that the account asked for, newest first.',
    access: readAccess,
    query: z.strictObject(listQuery),
    answer: pageOf(intentShape),
    read: ({ parts, query, principal }) =>
      principal === undefined
        ? refusal('permission_denied')
        : listIntents(parts, query, principal.account),
  }),
  readRoute({
    method: 'GET',
    path: `${OWN}/{intent}`,
    operationId: 'getTopUp',
    summary: 'One top-up that the account asked for.',
    access: readAccess,
    params: z.object({ intent: idField }),
    answer: intentShape,
    read: async ({ parts, params, principal }) => {
      const intent = await parts.payments.intent(params.intent);
      return intent === undefined || intent.account !== principal?.account
        ? refusal('not_found', 'There is no such top-up.')
        : encodeIntent(intent);
    },
  }),
  writeRoute({
    method: 'POST',
    path: '/v1/webhooks/{provider}',
    operationId: 'receivePaymentEvent',
    summary: 'What a payment processor says, signed by it.',
    access: { kind: 'signed' },
    params: z.object({ provider: idField }),
    answer: z.object({ received: z.literal(true) }),
    write: (call) => receiveEvent(call, call.params.provider),
  }),
];

type Received = { received: true };

/** Unset means closed: where no processor is configured, there is nothing here. */
async function receiveEvent(
  call: ApiCall,
  providerName: string,
): Promise<Done<Received> | Refusal> {
  const { parts, bodyBytes, headers, atMs } = call;
  const provider = parts.paymentProvider;
  if (provider === undefined || provider.name !== providerName) return noPayments();
  const read = provider.readEvent(bodyBytes, headers, atMs);
  if (isRefusal(read)) return read;
  const record = await recordOf(call, provider.name, read);
  if (record !== undefined) await parts.payments.recordEvent(record);
  if (record?.outcome === 'unmatched') {
    parts.log.warn('payment_unmatched', { eventId: record.eventId, detail: record.detail });
    // Its payment may have been credited since it was looked for.
    if (record.paymentId !== undefined) await applyWaiting(call, record.paymentId);
  }
  return { kind: 'done', answer: { received: true }, note: 'landed' };
}

async function recordOf(
  call: ApiCall,
  provider: string,
  read: ReadEvent,
): Promise<PaymentEventRecord | undefined> {
  const { atMs } = call;
  switch (read.kind) {
    case 'ignored':
      return undefined;
    case 'unusable': {
      const { eventId, type, why } = read;
      const none = {
        paymentId: undefined,
        disputeId: undefined,
        account: undefined,
        amountNanoUsd: undefined,
      };
      return { provider, eventId, type, ...none, outcome: 'unmatched', detail: why, atMs };
    }
    case 'event': {
      const { event } = read;
      const { eventId, paymentId, kind: type } = event;
      const amountNanoUsd = type === 'refunded' ? event.refundedNanoUsd : event.amountNanoUsd;
      const disputeId = type === 'disputed' ? event.disputeId : undefined;
      const result = await applyPayment(call, event);
      const said = { provider, eventId, type, paymentId, disputeId, amountNanoUsd };
      return { ...said, ...result, atMs };
    }
  }
}

function noPayments(): Refusal {
  return refusal('not_found', 'No payment processor is configured here.', {
    reason: 'payments_not_configured',
  });
}

async function listIntents(
  { payments }: Pick<ApiCall['parts'], 'payments'>,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  account: string | undefined,
): Promise<Page<IntentAnswer> | Refusal> {
  const intents = await payments.intents({
    limit: limit + 1,
    ...(account === undefined ? {} : { account }),
    ...(cursor === undefined ? {} : { before: cursor }),
  });
  if (intents === undefined) return unknownCursor();
  const data = intents.slice(0, limit).map((intent) => encodeIntent(intent));
  return { data, next_cursor: intents.length > limit ? (data.at(-1)?.id ?? null) : null };
}

function encodeEvent(event: PaymentEventRecord): PaymentEventAnswer {
  return {
    id: event.eventId,
    provider: event.provider,
    type: event.type,
    payment_id: event.paymentId ?? null,
    outcome: event.outcome,
    account: event.account ?? null,
    amount_nano: event.amountNanoUsd === undefined ? null : String(event.amountNanoUsd),
    detail: event.detail,
    at: timeText(event.atMs),
  };
}
