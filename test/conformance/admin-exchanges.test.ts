import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestAnswer } from '../../src/admin/contract.ts';
import type { ExchangeAnswer, LiveAnswer } from '../../src/admin/contract-exchanges.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { makeGateway } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';

/** What an operator sees of single requests and of the last minutes. */

const KEEPING = 'request_log: { bodies: { enabled: true, bytes_max: 4096 } }\n';
const asked = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'A word that stands nowhere else: zanzibar' }],
};

function post(
  { url, headers }: AdministeredGateway,
  more: object = {},
  extra: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  return sendRaw(`${url}/v1/messages`, {
    headers: { ...headers, ...extra },
    body: JSON.stringify({ ...asked, ...more }),
  });
}

function idOf(answer: RawAnswer): string {
  return String(answer.headers['x-quatrain-request-id']);
}

async function exchangeOf(gateway: AdministeredGateway, id: string): Promise<ExchangeAnswer> {
  await gateway.gateway.parts.walk.settling?.idle();
  const { status, json, text } = await gateway.ask('GET', `/admin/v1/requests/${id}/exchange`);
  if (status !== 200) throw new Error(text);
  return json as unknown as ExchangeAnswer;
}

describe('where bodies are switched on', () => {
  let gateway: AdministeredGateway;
  beforeAll(async () => {
    gateway = await startAdministeredGateway(KEEPING);
  });
  afterAll(() => gateway.stop());

  test('an answer that is given again cost nothing, and so its lists say', async () => {
    const again = { 'idempotency-key': 'asked-twice' };
    await post(gateway, {}, again);
    await gateway.gateway.parts.walk.settling?.idle();
    await post(gateway, {}, again);
    await gateway.gateway.parts.walk.settling?.idle();
    const { json } = await gateway.ask('GET', '/admin/v1/requests?upstream=idempotency');
    const [row] = json['data'] as unknown as readonly RequestAnswer[];
    expect(row).toMatchObject({ cost_nano: '0', charged_nano: '0', attempts: null });
    const { request, billed } = await exchangeOf(gateway, row?.id ?? '');
    expect([request.cost_nano, billed.billed, billed.outcome]).toEqual(['0', 'no', 'replayed']);
  });

  test('an answer in one piece is there as it was said, its credentials are not', async () => {
    const extra = { 'x-secret': 'sk-hidden', cookie: 'sid=sk-hidden', 'user-agent': 'a-test/1' };
    const answer = await post(gateway, {}, extra);
    const { content, content_reason: reason } = await exchangeOf(gateway, idOf(answer));
    expect(reason).toBe('stored');
    expect(content?.source).toBe('request_log');
    expect(JSON.parse(content?.request.text ?? '')).toEqual(asked);
    expect(content?.response.text).toBe(answer.body.toString());
    expect(content?.events).toBeNull();
    expect(content?.request.headers).toMatchObject({ 'user-agent': 'a-test/1' });
    expect(content?.response.headers).toMatchObject({ 'x-quatrain-request-id': idOf(answer) });
    const all = JSON.stringify(content);
    for (const secret of ['sk-hidden', gateway.key, 'x-api-key', 'cookie'])
      expect(all).not.toContain(secret);
  });

  test('a stream is there with its events and their times', async () => {
    const answer = await post(gateway, { stream: true });
    const { content } = await exchangeOf(gateway, idOf(answer));
    expect(content?.response.text).toBe(answer.body.toString());
    expect(content?.are_events_timed).toBe(true);
    expect(content?.are_events_cut).toBe(false);
    const events = content?.events ?? [];
    expect(events.map(({ event }) => event)).toContain('content_block_delta');
    expect(events[0]?.event).toBe('message_start');
    expect(events.at(-1)).toMatchObject({ event: 'message_stop', data: '{"type":"message_stop"}' });
    const times = events.map(({ at_ms: atMs }) => atMs ?? -1);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(times[0]).toBeGreaterThanOrEqual(0);
  });

  test('what is longer than the bound is cut, and says so', async () => {
    const long = 'long '.repeat(4000);
    const answer = await post(gateway, { messages: [{ role: 'user', content: long }] });
    const { content } = await exchangeOf(gateway, idOf(answer));
    expect(content?.request.is_cut).toBe(true);
    expect(content?.request.text).toHaveLength(4096);
    expect(content?.request.bytes).toBeGreaterThan(long.length);
  });

  test('a body that is no JSON is there: it is why the request was refused', async () => {
    const answer = await sendRaw(`${gateway.url}/v1/messages`, {
      headers: gateway.headers,
      body: '{"model": ',
    });
    const { content, billed, request } = await exchangeOf(gateway, idOf(answer));
    expect(content?.request.text).toBe('{"model": ');
    expect(request.http_status).toBe(400);
    expect(billed).toMatchObject({ outcome: 'refused', billed: 'no' });
  });

  test('of callers that nobody knows nothing is kept', async () => {
    const answer = await post(gateway, {}, { 'x-api-key': 'nobody' });
    const { content, content_reason: reason } = await exchangeOf(gateway, idOf(answer));
    expect([answer.status, content, reason]).toEqual([401, null, 'not_kept']);
  });
});

describe('where they are not', () => {
  let gateway: AdministeredGateway;
  beforeAll(async () => {
    gateway = await startAdministeredGateway();
  });
  afterAll(() => gateway.stop());

  test('nothing of what was said is there', async () => {
    const { text, json } = await gateway.ask(
      'GET',
      `/admin/v1/requests/${idOf(await post(gateway))}/exchange`,
    );
    expect(json).toMatchObject({ content: null, content_reason: 'off' });
    expect(text).not.toContain('zanzibar');
  });

  test('the log of an AI gateway has it, without times', async () => {
    const { url, key } = gateway;
    await makeGateway({ url, key }, { id: 'kept' });
    const answer = await sendRaw(`${url}/v1/a/kept/anthropic/v1/messages`, {
      headers: {
        'cf-aig-authorization': `Bearer ${key}`,
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
      },
      body: JSON.stringify({ ...asked, stream: true }),
    });
    expect(answer.status).toBe(200);
    const { content } = await exchangeOf(gateway, idOf(answer));
    expect(content?.source).toBe('gateway_log');
    expect(content?.request.text).toContain('zanzibar');
    expect(content?.are_events_timed).toBe(false);
    expect(content?.events?.at(-1)).toMatchObject({ at_ms: null, event: 'message_stop' });
  });

  test('one that was paid for has its hold, its transfers, its prices and why', async () => {
    await gateway.order('/admin/v1/accounts', { id: 'buyer', name: 'Buyer', plan: 'prepaid' });
    await gateway.order('/admin/v1/wallets/buyer/open');
    const credit = { amount_nano: '1000000000', reason: 'for the test' };
    await gateway.order('/admin/v1/wallets/buyer/top-ups', credit);
    const made = await gateway.order('/admin/v1/keys', { name: 'buyer', account: 'buyer' });
    const answer = await post(gateway, {}, { 'x-api-key': textIn(made, 'key') });
    const exchange = await exchangeOf(gateway, idOf(answer));
    expect(exchange.billed).toMatchObject({ outcome: 'answered', billed: 'yes' });
    expect(exchange.billed.situations).toContain('An answer in full.');
    expect(exchange.ledger.hold).toMatchObject({ state: 'settled', account: 'buyer' });
    const used = exchange.ledger.entries.filter(({ reason }) => reason === 'usage');
    const sum = used.reduce((total, entry) => total + BigInt(entry.amount_nano), 0n);
    expect(String(sum)).toBe(exchange.request.charged_nano);
    expect(used[0]).toMatchObject({ account: 'buyer', from: 'wallet:buyer:paid' });
    const lines = exchange.ledger.lines.reduce(
      (total, line) => total + BigInt(line.amount_nano),
      0n,
    );
    expect(String(lines)).toBe(exchange.request.cost_nano);
    expect(exchange.prices?.price_version).toBe(exchange.request.price_version);
    const output = exchange.prices?.rates.find((rate) => rate.class === 'output');
    const outputLine = exchange.ledger.lines.find((line) => line.class === 'output');
    expect(outputLine?.nano_per_mtok).toBe(output?.nano_per_mtok);
    expect(exchange.attempts).toHaveLength(1);
  });

  test.each([
    [
      'counting tokens is never billed',
      '/v1/messages/count_tokens',
      {},
      { outcome: 'none', billed: 'no' },
    ],
    [
      'an unknown model is refused',
      '/v1/messages',
      { model: 'no-such' },
      { outcome: 'refused', billed: 'no' },
    ],
    ['an answer is billed', '/v1/messages', {}, { outcome: 'answered', billed: 'yes' }],
  ])('%s', async (_what, path, more, billed) => {
    const { max_tokens: _max, ...counted } = asked;
    const body = path.endsWith('count_tokens') ? counted : asked;
    const answer = await sendRaw(`${gateway.url}${path}`, {
      headers: gateway.headers,
      body: JSON.stringify({ ...body, ...more }),
    });
    expect((await exchangeOf(gateway, idOf(answer))).billed).toMatchObject(billed);
  });

  test('a request that is not there is not found', async () => {
    const { status, json } = await gateway.ask('GET', '/admin/v1/requests/req_none/exchange');
    expect(status).toBe(404);
    expect(json['error']).toMatchObject({ code: 'request_not_found' });
  });

  test('the last minutes have what was just asked', async () => {
    const answer = await post(gateway);
    await exchangeOf(gateway, idOf(answer));
    const { json } = await gateway.ask('GET', '/admin/v1/live');
    const live = json as unknown as LiveAnswer;
    expect(live.steps).toHaveLength(60);
    const requests = live.steps.reduce((sum, step) => sum + step.requests, 0);
    expect(requests).toBeGreaterThan(0);
    expect(live.recent[0]?.id).toBe(idOf(answer));
    expect(live.models.map(({ name }) => name)).toContain('claude-sonnet-4-6');
    expect(live.models.map(({ name }) => name)).not.toContain('no-such');
    expect(live.upstreams.map(({ name }) => name)).toEqual(['emulator']);
    expect(live.keys[0]?.requests).toBeGreaterThan(0);
    expect(live.in_flight).toBe(0);
  });
});
