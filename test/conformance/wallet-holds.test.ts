import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { administer } from '../support/admin-client.ts';
import { bodyOfBound } from '../support/billing-rig.ts';
import { HeldAnswers } from '../support/held-answers.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { Script } from '../support/scripted-upstream.ts';
import { upstreamYaml } from '../support/scripted-upstream.ts';
import { answersWith } from '../support/start-billed-gateway.ts';
import type { Customer, SellingGateway, SellingOptions } from '../support/start-selling-gateway.ts';
import { ledgerOf, startSellingGateway } from '../support/start-selling-gateway.ts';
import { makeDataDir } from '../support/make-data-dir.ts';
import { startTestGatewayIn } from '../support/start-test-gateway.ts';

/** Wallet reference §13.B: what is held, what refuses, and what wallets are made of; over sockets. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function start(script: Script, options: SellingOptions = {}): Promise<SellingGateway> {
  const selling = await startSellingGateway(script, options);
  cleanUp.push(() => selling.stop());
  return selling;
}

const ONE_USD = 1_000_000_000n;
/** What a request of 1,000 tokens at most, and 4,096 of output, can cost. */
const W02 = 64_440_000n;
const fine = answersWith({ input_tokens: 87, output_tokens: 24 });
const body = (cacheControl?: object): Uint8Array =>
  bodyOfBound(1000, { maxTokens: 4096, cacheControl });

function send(
  { gateway }: SellingGateway,
  { headers }: Customer,
  sent = body(),
): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/v1/messages`, { headers, body: sent });
}

interface Refused {
  readonly error: Readonly<Record<string, unknown>>;
}
const refusalIn = (answer: RawAnswer): Refused['error'] =>
  (JSON.parse(answer.body.toString()) as Refused).error;

describe('what is held while a request runs', () => {
  test.each<[string, object | undefined, bigint]>([
    ['W02 input as it is, and all of the output', undefined, W02],
    ['W03 with cache_control, the price of writing', { type: 'ephemeral' }, 65_190_000n],
    ['W04 with a ttl of an hour, the price of that', { type: 'ephemeral', ttl: '1h' }, 67_440_000n],
  ])('%s', async (_name, cacheControl, held) => {
    const answers = new HeldAnswers();
    const selling = await start(answers.script);
    const customer = await selling.sellTo('acme');
    const running = send(selling, customer, body(cacheControl));
    await expect.poll(() => answers.count).toBe(1);
    expect(await customer.wallet()).toMatchObject({ postedNanoUsd: ONE_USD, heldNanoUsd: held });
    answers.release();
    expect((await running).headers['x-credits-held']).toBe(String(held));
    expect(await customer.balance()).toEqual([ONE_USD - 621_000n, 0n]);
  });

  test('W05 one nano-USD too little: 402, and no upstream hears of it', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { postedNanoUsd: W02 - 1n });
    const answer = await send(selling, customer);
    expect([answer.status, selling.upstream.received.length]).toEqual([402, 0]);
    expect(refusalIn(answer)).toMatchObject({
      type: 'billing_error',
      code: 'wallet_exhausted',
      required_nano: String(W02),
      available_nano: String(W02 - 1n),
      affordable_max_tokens: 4095,
    });
    expect(await customer.balance()).toEqual([W02 - 1n, 0n]);
  });

  test('W06 exactly enough: 200', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { postedNanoUsd: W02 });
    expect((await send(selling, customer)).status).toBe(200);
    expect(await customer.balance()).toEqual([W02 - 621_000n, 0n]);
  });

  test('W07 two of three calls with the default of 32,000 tokens fit: the third waits for them', async () => {
    const answers = new HeldAnswers();
    const selling = await start(answers.script);
    await selling.gateway.order('/admin/v1/plans', { name: 'long', is_prepaid: true });
    const customer = await selling.sellTo('acme', { plan: 'long' });
    const rich = await selling.sellTo('rich', { plan: 'long', postedNanoUsd: 2n * ONE_USD });
    const chat = ({ headers }: Customer, letters: number): Promise<RawAnswer> =>
      sendRaw(`${selling.gateway.url}/v1/chat/completions`, {
        headers,
        body: JSON.stringify({
          model: 'claude-sonnet-4-6',
          messages: [{ role: 'user', content: 'x'.repeat(letters) }],
        }),
      });
    const probe = chat(rich, 2);
    await expect.poll(() => answers.count).toBe(1);
    answers.release();
    const bound = (Number((await probe).headers['x-credits-held']) - 480_000_000) / 3000;
    const letters = 2 + 2 * (1000 - bound);
    const running = [chat(customer, letters), chat(customer, letters)];
    await expect.poll(() => answers.count).toBe(2);
    const refused = await chat(customer, letters);
    expect([refused.status, answers.count]).toEqual([402, 2]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refusalIn(refused)).toMatchObject({
      type: 'insufficient_quota',
      details: { code: 'wallet_held' },
    });
    answers.release();
    for (const { status, headers } of await Promise.all(running)) {
      expect([status, headers['x-credits-held']]).toEqual([200, '483000000']);
    }
    expect(await customer.balance()).toEqual([ONE_USD - 2n * 621_000n, 0n]);
  });

  test('W08 100 at once where 10 fit: 10 upstream calls', async () => {
    const answers = new HeldAnswers();
    const selling = await start(answers.script);
    const customer = await selling.sellTo('acme', { postedNanoUsd: 10n * W02 + 1n });
    const all = Array.from({ length: 100 }, () => send(selling, customer));
    let refused = 0;
    for (const call of all) {
      void call.then(({ status }) => {
        if (status === 402) refused += 1;
      });
    }
    await expect.poll(() => refused, { timeout: 10_000 }).toBe(90);
    await expect.poll(() => answers.count).toBe(10);
    expect(await customer.wallet()).toMatchObject({ heldNanoUsd: 10n * W02 });
    answers.release();
    await Promise.all(all);
    expect(selling.upstream.received).toHaveLength(10);
    expect(await customer.balance()).toEqual([10n * W02 + 1n - 6_210_000n, 0n]);
  });
});

describe('settlements', () => {
  test('W16 settle called twice: one posting', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme');
    const answer = await send(selling, customer);
    const holdId = String(answer.headers['x-quatrain-request-id']);
    const again = {
      holdId,
      amountNanoUsd: 5_000_000n,
      attempt: 1,
      upstreamCosts: [],
      charge: '{}',
      atMs: Date.now(),
    };
    const outcomes = await Promise.all([1, 2, 3].map(() => selling.ledger.settle(again)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['already', 'already', 'already']);
    expect(await customer.balance()).toEqual([ONE_USD - 621_000n, 0n]);
  });
});

/** The same store as it was on disk at that moment, under a gateway that has just started. */
async function restartedFrom({ gateway, upstream }: SellingGateway): ReturnType<typeof administer> {
  const dataDir = makeDataDir();
  for (const name of ['quatrain.db', 'quatrain.db-wal', 'pepper']) {
    cpSync(join(gateway.dataDir, name), join(dataDir, name));
  }
  const restarted = await startTestGatewayIn(dataDir, { yaml: upstreamYaml(upstream.url) });
  cleanUp.push(() => restarted.stop());
  return administer(restarted);
}

describe('a process that is killed', () => {
  test('W17 before it could settle: unresolved, the hold kept, then resolved once', async () => {
    const answers = new HeldAnswers();
    const selling = await start(answers.script);
    const customer = await selling.sellTo('acme');
    const running = send(selling, customer);
    await expect
      .poll(async () => (await selling.ledger.openHolds({ limit: 1 }))[0]?.checkpoint?.stage)
      .toBe('sent');
    const [open] = await selling.ledger.openHolds({ limit: 1 });
    const id = String(open?.holdId);
    const next = await restartedFrom(selling);
    answers.release();
    await running;
    const books = ledgerOf(next);
    expect((await books.hold(id))?.state).toBe('unresolved');
    expect(await books.wallet('acme')).toMatchObject({ heldNanoUsd: W02 });
    const { json } = await next.ask('GET', `/admin/v1/requests/${id}`);
    expect(json).toMatchObject({ status: 'unresolved', charged_nano: null });
    const release = { reason: 'the upstream never had it' };
    await next.order(`/admin/v1/holds/${id}/release`, release);
    const again = await next.ask('POST', `/admin/v1/holds/${id}/release`, {
      body: release,
      headers: { 'idempotency-key': 'again' },
    });
    expect([again.status, again.json]).toMatchObject([
      409,
      { error: { code: 'hold_not_releasable' } },
    ]);
    expect(await books.wallet('acme')).toMatchObject({ postedNanoUsd: ONE_USD, heldNanoUsd: 0n });
    expect((await books.verify()).problems).toEqual([]);
  });

  test('W18 before anything was sent: the hold goes back as the next one starts', async () => {
    const selling = await start(fine);
    await selling.sellTo('acme');
    const atMs = Date.now();
    await selling.ledger.openHold({
      holdId: 'req_unsent',
      settlementKey: 'req_unsent',
      account: 'acme',
      keyId: 'key',
      amountNanoUsd: W02,
      isPrepaid: true,
      budgets: [],
      owner: 'a process that died',
      expiresAtMs: atMs + 3_600_000,
      atMs,
      memo: '{}',
    });
    const books = ledgerOf(await restartedFrom(selling));
    expect((await books.hold('req_unsent'))?.state).toBe('released');
    expect(await books.wallet('acme')).toMatchObject({ postedNanoUsd: ONE_USD, heldNanoUsd: 0n });
  });
});

describe('wallets', () => {
  test('W20 a frozen one: 402 that says so, until it is opened again', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme');
    await selling.gateway.order('/admin/v1/wallets/acme/freeze', { reason: 'fraud' });
    const answer = await send(selling, customer);
    expect([answer.status, selling.upstream.received.length]).toEqual([402, 0]);
    expect(refusalIn(answer)['message']).toContain('status: frozen');
    await selling.gateway.order('/admin/v1/wallets/acme/unfreeze', { reason: 'all is well' });
    expect((await send(selling, customer)).status).toBe(200);
  });

  test('W21 a chargeback takes it below zero: 402, and a top-up fills it from there', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { postedNanoUsd: W02 });
    expect((await send(selling, customer)).status).toBe(200);
    await selling.gateway.order('/admin/v1/wallets/acme/chargebacks', {
      amount_nano: String(W02),
      reason: 'the bank took it back',
      ticket: 'T-1',
    });
    expect(await customer.balance()).toEqual([-621_000n, 0n]);
    expect((await send(selling, customer)).status).toBe(402);
    const more = { amount_nano: '1000000', reason: 'paid' };
    await selling.gateway.order('/admin/v1/wallets/acme/top-ups', more);
    expect(await customer.balance()).toEqual([379_000n, 0n]);
    await selling.gateway.order('/admin/v1/wallets/acme/top-ups', {
      ...more,
      amount_nano: String(W02),
    });
    expect((await send(selling, customer)).status).toBe(200);
  });

  test('W22 what was granted goes first, the rest of a charge comes from what was paid', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme');
    await selling.gateway.order('/admin/v1/wallets/acme/grants', {
      amount_nano: '10000',
      reason: 'welcome',
      expires_at: '2090-01-01T00:00:00Z',
    });
    const answer = await send(selling, customer);
    const id = answer.headers['x-quatrain-request-id'];
    expect(await customer.balance()).toEqual([ONE_USD + 10_000n - 621_000n, 0n]);
    const { json } = await selling.gateway.ask('GET', '/admin/v1/wallets/acme/transactions');
    expect(json['data']).toMatchObject([
      { type: 'usage', direction: 'out', amount_nano: '611000', request_id: id },
      { type: 'usage', direction: 'out', amount_nano: '10000', request_id: id },
      { type: 'grant', direction: 'in', amount_nano: '10000' },
      { type: 'top_up' },
    ]);
  });

  test('W23 a grant that has lapsed is not spent, and leaves the wallet as breakage', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { postedNanoUsd: W02 - 1n });
    const atMs = Date.now() - 1000;
    await selling.ledger.transfer({
      transferId: 'lapsed',
      reason: 'grant',
      account: 'acme',
      amountNanoUsd: 10_000n,
      expiresAtMs: atMs + 500,
      note: 'welcome',
      actor: 'test',
      atMs,
    });
    expect((await send(selling, customer)).status).toBe(402);
    await selling.ledger.lapseGrants(Date.now(), 10);
    expect(await customer.balance()).toEqual([W02 - 1n, 0n]);
    const { json } = await selling.gateway.ask('GET', '/admin/v1/wallets/acme/transactions');
    expect(json['data']).toMatchObject([
      { type: 'breakage', direction: 'out', amount_nano: '10000' },
      { type: 'grant' },
      { type: 'top_up' },
    ]);
    expect((await selling.ledger.verify()).problems).toEqual([]);
  });
});

describe('the numbered refusals of the other references', () => {
  test('#20 an empty wallet: 402 billing_error, and nothing is billed', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { postedNanoUsd: 0n });
    const answer = await send(selling, customer);
    expect([answer.status, answer.headers['x-credits-charged']]).toEqual([402, '0']);
    expect(refusalIn(answer)).toMatchObject({ type: 'billing_error' });
    expect([await customer.balance(), selling.upstream.received.length]).toEqual([[0n, 0n], 0]);
  });

  test('#21 an address that is not listed: 403 permission_error, and nothing is held', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { key: { allowed_cidrs: ['10.0.0.0/8'] } });
    const answer = await send(selling, customer);
    expect([answer.status, selling.upstream.received.length]).toEqual([403, 0]);
    expect(refusalIn(answer)).toMatchObject({ type: 'permission_error', code: 'ip_not_allowed' });
    expect(await customer.balance()).toEqual([ONE_USD, 0n]);
  });

  test('#22 an upstream that fails once: 200 after a try that nobody sees', async () => {
    let asked = 0;
    const selling = await start((request, response, raw) => {
      asked += 1;
      if (asked > 1) return fine(request, response, raw);
      response.writeHead(500).end('{"type":"error","error":{"type":"api_error","message":"x"}}');
    });
    const customer = await selling.sellTo('acme');
    const answer = await send(selling, customer);
    expect([answer.status, answer.headers['x-retry-attempts'], asked]).toEqual([200, '1', 2]);
    expect(await customer.balance()).toEqual([ONE_USD - 621_000n, 0n]);
  });

  test('F12 an empty wallet in the chat form: 402 insufficient_quota, and no upstream call', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { postedNanoUsd: 0n });
    const answer = await sendRaw(`${selling.gateway.url}/v1/chat/completions`, {
      headers: { authorization: `Bearer ${customer.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'claude-sonnet-4-6',
        max_tokens: 64,
        messages: [{ role: 'user', content: 'Hi' }],
      }),
    });
    expect([answer.status, selling.upstream.received.length]).toEqual([402, 0]);
    expect(refusalIn(answer)).toMatchObject({ type: 'insufficient_quota' });
    expect(answer.headers['x-should-retry']).toBe('false');
  });
});
