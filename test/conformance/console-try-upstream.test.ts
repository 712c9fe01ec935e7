import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConsoleClient } from '../support/console-client.ts';
import { sendRaw } from '../support/post.ts';
import type { RoutedGateway } from '../support/start-routed-gateway.ts';
import { askedOfRoute, startRoutedGateway } from '../support/start-routed-gateway.ts';

/** The upstream that the console’s playground chooses for one request, which nobody else can. */

const UPSTREAM = 'x-quatrain-upstream';
const HAIKU = 'claude-haiku-4-5-20251001';
const yaml = `
routes:
  - name: haiku
    models: [claude-haiku-4-5]
    targets: [{ upstream: a, weight: 1 }, { upstream: b, weight: 0, model: own-haiku }]
    affinity: none
  - name: opus
    models: [claude-opus-4-5]
    targets: [{ upstream: a }]
policies:
  - name: short
    when: { accounts: [short] }
    parameters: { limits: { max_tokens_max: 8 } }
`;

let routed: RoutedGateway;
let client: ConsoleClient;

beforeAll(async () => {
  routed = await startRoutedGateway({ yaml });
  client = new ConsoleClient(routed.gateway.adminUrl);
  await client.setUp(routed.gateway.gateway.parts.setupToken?.()?.reveal() ?? '');
});
afterAll(async () => {
  await routed.stop();
});

/** How many requests for an answer each of the two had. */
function counts(): readonly [a: number, b: number] {
  const { a, b } = routed;
  return [a.received.length, b.received.length];
}

function ask(
  upstream: string | undefined,
  { path = '/v1/messages', ...body }: { readonly path?: string; readonly [field: string]: unknown },
): ReturnType<ConsoleClient['ask']> {
  return client.ask('POST', `/console/try${path}`, {
    body: { ...askedOfRoute, ...body },
    headers: { 'anthropic-version': '2023-06-01', [UPSTREAM]: upstream },
  });
}

test.each(['a', 'b'])('%s alone answers where it is chosen', async (name) => {
  const answer = await ask(name, { model: HAIKU });
  expect([answer.status, answer.json['content']]).toEqual([200, [{ type: 'text', text: name }]]);
});

test('the way to it is that of its route, and the choice goes no further', async () => {
  const { received } = routed.b;
  await ask('b', { model: HAIKU });
  const last = received.at(-1);
  expect(JSON.parse(last?.body.toString() ?? '')).toMatchObject({ model: 'own-haiku' });
  expect(last?.headers[UPSTREAM]).toBeUndefined();
});

test('the request log says who answered', async () => {
  const { headers } = await ask('b', { model: HAIKU });
  const id = String(headers['x-quatrain-request-id']);
  await expect
    .poll(async () => (await client.ask('GET', `/admin/v1/requests/${id}`)).json, {
      timeout: 10_000,
    })
    .toMatchObject({ upstream: 'b', http_status: 200 });
});

const chat = { path: '/v1/chat/completions', model: 'anthropic/claude-opus-4.5' };
const run = { path: '/client/v4/accounts/x/ai/run/anthropic/claude-opus-4.5', model: undefined };

test.each<[what: string, upstream: string, asked: Parameters<typeof ask>[1], text: RegExp]>([
  [
    'an unknown one',
    'nowhere',
    { model: HAIKU },
    /no upstream is called .*nowhere.*; there are: .*a, b/,
  ],
  ['an empty name', '', { model: HAIKU }, /no upstream is called/],
  ['an unknown one, in another form', 'nowhere', chat, /no upstream is called/],
  ['an unknown one, in a third form', 'nowhere', run, /no upstream is called/],
  ['one that routes lead other models to', 'b', { model: 'claude-opus-4-5' }, /no route leads/],
  ['what is no question to a model', 'b', { path: '/v1/messages/batches' }, /only messages/],
])('%s is refused, and nobody is asked', async (_what, upstream, asked, text) => {
  const before = counts();
  const answer = await ask(upstream, asked);
  expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(text)]);
  expect(answer.text).toContain(UPSTREAM);
  expect(counts()).toEqual(before);
});

test('in Chat Completions the refusal names its field', async () => {
  const { json } = await ask('nowhere', chat);
  expect(json['error']).toMatchObject({ param: UPSTREAM });
});

test.each([
  ['short', {}, 400, 'max_tokens'],
  ['broke', { plan: 'prepaid' }, 402, 'wallet_exhausted'],
])('the rules of the account %s hold, and nobody is asked', async (id, more, status, word) => {
  await client.ask('POST', '/admin/v1/accounts', { body: { id, name: id, ...more } });
  const before = counts();
  const answer = await client.ask('POST', '/console/try/v1/messages', {
    body: { ...askedOfRoute, model: HAIKU },
    headers: {
      'anthropic-version': '2023-06-01',
      'x-quatrain-account': id,
      [UPSTREAM]: 'b',
    },
  });
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(word)]);
  expect(counts()).toEqual(before);
});

test('a drained one is refused, and the other does not answer in its place', async () => {
  await client.ask('POST', '/admin/v1/upstreams/b/drain', { body: {} });
  const before = counts();
  const answer = await ask('b', { model: HAIKU });
  expect([answer.status, answer.text]).toEqual([
    503,
    expect.stringContaining('The upstream \\"b\\" is drained'),
  ]);
  expect(counts()).toEqual(before);
  const id = String(answer.headers['x-quatrain-request-id']);
  await expect
    .poll(async () => (await client.ask('GET', `/admin/v1/requests/${id}`)).json, {
      timeout: 10_000,
    })
    .toMatchObject({ http_status: 503, charged_nano: '0', upstream: null });
  await client.ask('POST', '/admin/v1/upstreams/b/resume', { body: {} });
  expect((await ask('b', { model: HAIKU })).status).toBe(200);
});

test('without the header the routes choose', async () => {
  const before = counts();
  expect((await ask(undefined, { model: HAIKU })).status).toBe(200);
  expect(counts()).toEqual([before[0] + 1, before[1]]);
});

test.each(['b', 'nowhere'])('on the public listener %s is no choice', async (name) => {
  const before = counts();
  const answer = await sendRaw(`${routed.gateway.url}/v1/messages`, {
    headers: { ...routed.gateway.headers, [UPSTREAM]: name },
    body: JSON.stringify({ ...askedOfRoute, model: HAIKU }),
  });
  expect(answer.status).toBe(200);
  expect(counts()).toEqual([before[0] + 1, before[1]]);
  expect(routed.a.received.at(-1)?.headers[UPSTREAM]).toBeUndefined();
});

test('with an idempotency key another upstream is another question', async () => {
  const headers = { 'anthropic-version': '2023-06-01', 'idempotency-key': 'compare-1' };
  const body = { ...askedOfRoute, model: HAIKU };
  const send = (upstream: string): ReturnType<ConsoleClient['ask']> =>
    client.ask('POST', '/console/try/v1/messages', {
      body,
      headers: { ...headers, [UPSTREAM]: upstream },
    });
  expect((await send('a')).status).toBe(200);
  expect((await send('b')).status).toBe(422);
});
