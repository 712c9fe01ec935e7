import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../std/secret.ts';
import type { ReadEvent } from '../payment-provider.ts';
import { createStripeProvider } from './stripe-provider.ts';
import { isSignedBy } from './verify-signature.ts';

const atMs = 1_767_225_600_000;
const secret = new Secret('whsec_test');
const provider = createStripeProvider(secret);

function signed(body: string, { time = atMs / 1000, by = 'whsec_test' } = {}): string {
  const v1 = createHmac('sha256', by)
    .update(`${String(time)}.${body}`)
    .digest('hex');
  return `t=${String(time)},v1=${v1}`;
}

function read(type: string, object: object): ReturnType<typeof provider.readEvent> {
  const body = JSON.stringify({ id: 'evt_1', type, data: { object } });
  return provider.readEvent(Buffer.from(body), { 'stripe-signature': signed(body) }, atMs);
}

describe('a signature', () => {
  const body = Buffer.from('{"a":1}');
  const good = signed('{"a":1}');
  const [time, value] = good.split(',');

  test.each<readonly [string, string, boolean]>([
    ['as it is made', good, true],
    ['with spaces', good.replace(',', ', '), true],
    ['among others', `${time ?? ''},v1=${'a'.repeat(64)},v0=x,${value ?? ''}`, true],
    ['300 seconds old', signed('{"a":1}', { time: atMs / 1000 - 300 }), true],
    ['301 seconds old', signed('{"a":1}', { time: atMs / 1000 - 301 }), false],
    ['of 301 seconds ahead', signed('{"a":1}', { time: atMs / 1000 + 301 }), false],
    ['by another secret', signed('{"a":1}', { by: 'other' }), false],
    ['of another body', signed('{"a":2}'), false],
    ['without a time', value ?? '', false],
    ['with two times', `${time ?? ''},${good}`, false],
    ['in capitals', good.replace(/v1=.*/, (v1) => v1.toUpperCase()), false],
    ['of another scheme', good.replace('v1=', 'v0='), false],
    ['that is cut', good.slice(0, -1), false],
    ['that is empty', '', false],
    ['with more values than are looked at', `${`v1=${'0'.repeat(64)},`.repeat(20)}${good}`, false],
  ])('%s', (_name, header, isGood) => {
    expect(isSignedBy(secret, { body, header, atMs })).toBe(isGood);
  });

  test('comes before everything else', () => {
    const garbage = Buffer.from('{not json');
    expect(provider.readEvent(garbage, {}, atMs)).toMatchObject({ reason: 'signature_invalid' });
    const header = { 'stripe-signature': signed('{not json') };
    expect(provider.readEvent(garbage, header, atMs)).toMatchObject({ code: 'invalid_request' });
  });
});

const paid = {
  payment_intent: 'pi_1',
  payment_status: 'paid',
  amount_total: 2500,
  currency: 'usd',
};

describe('an event', () => {
  test.each<readonly [string, object, Partial<ReadEvent> | object]>([
    [
      'checkout.session.completed',
      { ...paid, metadata: { intent: 'topup_1' } },
      {
        event: {
          kind: 'paid',
          paymentId: 'pi_1',
          amountNanoUsd: 25_000_000_000n,
          intentId: 'topup_1',
        },
      },
    ],
    ['checkout.session.completed', { ...paid, payment_status: 'unpaid' }, { kind: 'ignored' }],
    [
      'checkout.session.async_payment_succeeded',
      paid,
      { event: { kind: 'paid', intentId: undefined } },
    ],
    [
      'payment_intent.succeeded',
      { id: 'pi_1', amount: 1, amount_received: 2500, currency: 'usd' },
      { event: { kind: 'paid', paymentId: 'pi_1', amountNanoUsd: 25_000_000_000n } },
    ],
    ['checkout.session.completed', { ...paid, currency: 'eur' }, { kind: 'unusable' }],
    ['checkout.session.completed', { ...paid, payment_intent: null }, { kind: 'unusable' }],
    ['checkout.session.completed', { ...paid, amount_total: -1 }, { kind: 'unusable' }],
    ['checkout.session.completed', { ...paid, amount_total: 1.5 }, { kind: 'unusable' }],
    ['checkout.session.completed', { ...paid, amount_total: 2 ** 53 }, { kind: 'unusable' }],
    ['checkout.session.completed', { ...paid, amount_total: '2500' }, { kind: 'unusable' }],
    [
      'charge.refunded',
      { payment_intent: 'pi_1', amount_refunded: 1, currency: 'usd' },
      { event: { kind: 'refunded', refundedNanoUsd: 10_000_000n } },
    ],
    [
      'charge.dispute.created',
      { id: 'dp_1', payment_intent: 'pi_1', amount: 1, currency: 'usd' },
      { event: { kind: 'disputed', disputeId: 'dp_1', amountNanoUsd: 10_000_000n } },
    ],
    [
      'charge.dispute.created',
      { payment_intent: 'pi_1', amount: 1, currency: 'usd' },
      { kind: 'unusable' },
    ],
    ['invoice.paid', {}, { kind: 'ignored', type: 'invoice.paid' }],
    ['toString', {}, { kind: 'ignored' }],
  ])('%s of %j', (type, object, wanted) => {
    expect(read(type, object)).toMatchObject(wanted);
  });
});
