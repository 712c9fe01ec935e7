import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdminAnswer, AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';

/** Payments as a processor tells of them: wallet reference §4.7, §13 W24 and W25. */

const secret = 'whsec_for_this_test';
const yaml = 'payments:\n  stripe:\n    webhook_secret: env:STRIPE_WEBHOOK_SECRET\n';
let gateway: AdministeredGateway;
let events = 0;

beforeAll(async () => {
  gateway = await startAdministeredGateway(yaml, { STRIPE_WEBHOOK_SECRET: secret });
});

afterAll(async () => {
  await gateway.stop();
});

function signature(body: string, atMs = Date.now(), by = secret): string {
  const time = String(Math.floor(atMs / 1000));
  const v1 = createHmac('sha256', by).update(`${time}.${body}`).digest('hex');
  return `t=${time},v1=${'0'.repeat(64)},v1=${v1}`;
}

function tell(
  type: string,
  object: object,
  { id, sign = (body) => signature(body) }: { id?: string; sign?: (body: string) => string } = {},
): Promise<AdminAnswer> {
  events += 1;
  const body = JSON.stringify({ id: id ?? `evt_${String(events)}`, type, data: { object } });
  const headers = { 'stripe-signature': sign(body) };
  return gateway.ask('POST', '/v1/webhooks/stripe', { key: '', body, headers });
}

/** An account with a management key and an intent to pay 25 USD. */
async function intend(account: string): Promise<string> {
  await gateway.order('/admin/v1/accounts', { id: account, name: account });
  const key = await gateway.makeKey({ kind: 'management', account });
  const asking = {
    key,
    body: { amount_nano: '25000000000' },
    headers: { 'idempotency-key': 'intent' },
  };
  const { status, json } = await gateway.ask('POST', '/v1/wallet/top-ups', asking);
  expect([status, json]).toMatchObject([201, { status: 'pending', usd: '25.000000000' }]);
  return textIn(json, 'id');
}

const session = (payment: string, intent: string, more: object = {}): object => ({
  id: `cs_${payment}`,
  payment_intent: payment,
  payment_status: 'paid',
  amount_total: 2500,
  currency: 'usd',
  metadata: { intent },
  ...more,
});

async function posted(account: string): Promise<string> {
  const { json } = await gateway.ask('GET', `/admin/v1/wallets/${account}`);
  return textIn(json, 'posted_nano');
}

async function outcomes(account: string): Promise<readonly unknown[]> {
  const { json } = await gateway.ask('GET', `/admin/v1/payments/events?account=${account}`);
  return (json['data'] as readonly { outcome: string }[]).map(({ outcome }) => outcome);
}

describe('a payment', () => {
  test('W24 is credited once, whatever and however many events say that it was made', async () => {
    const intent = await intend('w24');
    const same = Array.from({ length: 5 }, () =>
      tell('checkout.session.completed', session('pi_w24', intent), { id: 'evt_w24' }),
    );
    const others = [
      tell('checkout.session.async_payment_succeeded', session('pi_w24', intent)),
      tell('payment_intent.succeeded', {
        id: 'pi_w24',
        amount_received: 2500,
        currency: 'usd',
        metadata: {},
      }),
    ];
    const answers = await Promise.all([...same, ...others]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await posted('w24')).toBe('25000000000');
    const { json } = await gateway.ask('GET', '/admin/v1/wallets/w24/transactions');
    expect(json['data']).toMatchObject([{ type: 'top_up', id: 'pi_w24' }]);
    const check = await gateway.ask('GET', '/admin/v1/ledger/check');
    expect(check.json).toMatchObject({ is_sound: true });
  });

  test.each([
    ['by another secret', (body: string) => signature(body, Date.now(), 'whsec_other')],
    ['of another body', () => signature('{}')],
    ['of an hour ago', (body: string) => signature(body, Date.now() - 3_600_000)],
    ['without a time', (body: string) => signature(body).replace(/^t=\d+,/, '')],
    ['of another scheme', (body: string) => signature(body).replaceAll('v1=', 'v0=')],
    ['that is empty', () => ''],
  ])('W25 with a signature %s is refused, and nothing is written', async (name, sign) => {
    const account = `w25-${name.replaceAll(' ', '-')}`;
    const intent = await intend(account);
    const answer = await tell('checkout.session.completed', session(`pi_${account}`, intent), {
      sign,
    });
    expect([answer.status, answer.json]).toMatchObject([
      400,
      { error: { code: 'signature_invalid' } },
    ]);
    expect(await posted(account)).toBe('0');
    expect(await outcomes(account)).toEqual([]);
  });

  test('that has not settled yet is not credited', async () => {
    const intent = await intend('unsettled');
    const unpaid = session('pi_unsettled', intent, { payment_status: 'unpaid' });
    expect((await tell('checkout.session.completed', unpaid)).status).toBe(200);
    expect(await posted('unsettled')).toBe('0');
  });

  test.each([
    ['of another amount', { amount_total: 2400 }],
    ['of another currency', { currency: 'eur' }],
    ['for an intent of nobody', { metadata: { intent: 'topup_none' } }],
    ['for no intent', { metadata: {} }],
    ['with a fraction of a cent', { amount_total: 2500.5 }],
  ])('%s is kept for somebody to look at, and moves nothing', async (name, change) => {
    const account = `odd-${name.replaceAll(' ', '-')}`;
    const intent = await intend(account);
    const answer = await tell(
      'checkout.session.completed',
      session(`pi_${account}`, intent, change),
    );
    expect(answer.status).toBe(200);
    expect(await posted(account)).toBe('0');
    const all = await gateway.ask('GET', '/admin/v1/payments/events?outcome=unmatched&limit=1');
    expect(all.json['data']).toMatchObject([{ outcome: 'unmatched' }]);
  });

  test('is not credited for an intent that another one paid', async () => {
    const intent = await intend('twice');
    await tell('checkout.session.completed', session('pi_twice_1', intent));
    await tell('checkout.session.completed', session('pi_twice_2', intent));
    expect(await posted('twice')).toBe('25000000000');
    expect(await outcomes('twice')).toEqual(['unmatched', 'credited']);
  });

  test('that is given back bit by bit leaves the wallet once, in whatever order that is told', async () => {
    const intent = await intend('back');
    await tell('checkout.session.completed', session('pi_back', intent));
    const refund = (cents: number): Promise<AdminAnswer> =>
      tell('charge.refunded', {
        id: 'ch_1',
        payment_intent: 'pi_back',
        amount: 2500,
        amount_refunded: cents,
        currency: 'usd',
      });
    await Promise.all([refund(500), refund(1500), refund(500), refund(1500)]);
    expect(await posted('back')).toBe('10000000000');
    await refund(500);
    expect(await posted('back')).toBe('10000000000');
    await gateway.order('/admin/v1/wallets/back/adjustments', {
      amount_nano: '9000000000',
      reason: 'spent meanwhile',
      ticket: 'T-1',
      direction: 'out',
    });
    await refund(2500);
    expect(await posted('back')).toBe('-9000000000');
    const intents = await gateway.ask('GET', '/admin/v1/payments/intents?account=back');
    expect(intents.json['data']).toMatchObject([
      { status: 'paid', payment_id: 'pi_back', refunded_nano: '25000000000' },
    ]);
  });

  test('that is disputed leaves the wallet once, below zero where it was spent', async () => {
    const intent = await intend('disputed');
    await tell('checkout.session.completed', session('pi_disputed', intent));
    await gateway.order('/admin/v1/wallets/disputed/adjustments', {
      amount_nano: '20000000000',
      reason: 'spent meanwhile',
      ticket: 'T-1',
      direction: 'out',
    });
    const dispute = { id: 'dp_1', payment_intent: 'pi_disputed', amount: 2500, currency: 'usd' };
    await Promise.all([1, 2, 3].map(() => tell('charge.dispute.created', dispute)));
    expect(await posted('disputed')).toBe('-20000000000');
  });

  test('that was given back and disputed before it is told of is credited, and leaves once', async () => {
    const intent = await intend('early');
    const refund = (cents: number): Promise<AdminAnswer> =>
      tell('charge.refunded', {
        id: 'ch_early',
        payment_intent: 'pi_early',
        amount_refunded: cents,
        currency: 'usd',
      });
    const dispute = { id: 'dp_early', payment_intent: 'pi_early', amount: 700, currency: 'usd' };
    await refund(1500);
    await refund(500);
    await tell('charge.dispute.created', dispute, { id: 'evt_dp_early' });
    expect([await posted('early'), await outcomes('early')]).toEqual(['0', []]);

    await tell('checkout.session.completed', session('pi_early', intent));
    expect(await posted('early')).toBe('3000000000');
    expect(await outcomes('early')).toEqual(['credited', 'returned', 'returned', 'returned']);

    await Promise.all([
      tell('checkout.session.completed', session('pi_early', intent)),
      tell('charge.dispute.created', dispute, { id: 'evt_dp_early' }),
      refund(1500),
    ]);
    expect(await posted('early')).toBe('3000000000');
    const intents = await gateway.ask('GET', '/admin/v1/payments/intents?account=early');
    expect(intents.json['data']).toMatchObject([{ refunded_nano: '15000000000' }]);
    const check = await gateway.ask('GET', '/admin/v1/ledger/check');
    expect(check.json).toMatchObject({ is_sound: true });
  });

  test('that is told of together with what went back of it is left with the rest', async () => {
    for (const attempt of [1, 2, 3, 4, 5, 6]) {
      const account = `together-${String(attempt)}`;
      const intent = await intend(account);
      const payment = `pi_${account}`;
      const dispute = { id: `dp_${account}`, payment_intent: payment, amount: 700 };
      await Promise.all([
        tell('charge.refunded', {
          payment_intent: payment,
          amount_refunded: 1500,
          currency: 'usd',
        }),
        tell('checkout.session.completed', session(payment, intent)),
        tell('charge.dispute.created', { ...dispute, currency: 'usd' }),
      ]);
      expect(await posted(account)).toBe('3000000000');
    }
  });

  test('does not concern us where it is about something else', async () => {
    const answer = await tell('invoice.finalized', { id: 'in_1' });
    expect([answer.status, answer.json]).toEqual([200, { received: true }]);
  });
});

test('without a secret there is no such webhook', async () => {
  const closed = await startAdministeredGateway();
  try {
    const answer = await closed.ask('POST', '/v1/webhooks/stripe', { key: '', body: '{}' });
    expect([answer.status, answer.json]).toMatchObject([
      404,
      { error: { code: 'payments_not_configured' } },
    ]);
  } finally {
    await closed.stop();
  }
});

test('a body that is larger than any event is refused unread', async () => {
  const body = `{"pad":"${'x'.repeat(300_000)}"}`;
  const headers = { 'stripe-signature': signature(body) };
  const answer = await gateway.ask('POST', '/v1/webhooks/stripe', { key: '', body, headers });
  expect(answer.status).toBe(413);
});
