import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountApiRoutes, adminRoutes } from '../../src/admin/routes.ts';
import { routes } from '../../src/http/routes.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway } from '../support/admin-client.ts';
import { ConsoleClient } from '../support/console-client.ts';

/**
 * What a cookie alone is not enough for (reliability §3.3): every write of the admin API, with every
 * way in which a request can come from somewhere else. Made of the table of routes.
 */

type Headers = Readonly<Record<string, string | undefined>>;

let gateway: AdministeredGateway;
let client: ConsoleClient;

beforeAll(async () => {
  gateway = await startAdministeredGateway();
  client = new ConsoleClient(gateway.adminUrl);
  const token = gateway.gateway.parts.setupToken?.()?.reveal() ?? '';
  await client.setUp(token);
});
afterAll(async () => {
  await gateway.stop();
});

const concrete = (path: string): string => path.replaceAll(/\{\w+\}/g, 'nobody1');

const foreign: readonly (readonly [string, (url: string) => Headers])[] = [
  ['without the token', () => ({ 'x-csrf-token': undefined })],
  ['with an empty token', () => ({ 'x-csrf-token': '' })],
  ['with another token', () => ({ 'x-csrf-token': 'A'.repeat(43) })],
  ['from another origin', () => ({ origin: 'https://evil.example' })],
  ['from another port', () => ({ origin: 'http://127.0.0.1:1' })],
  ['from a page without an origin', () => ({ origin: 'null' })],
  ['from an origin that begins alike', (url) => ({ origin: `${url}.evil.example` })],
  ['from a page of another site', () => ({ 'sec-fetch-site': 'cross-site' })],
  ['from a page of the same site', () => ({ 'sec-fetch-site': 'same-site' })],
  ['from nowhere', () => ({ origin: undefined, 'sec-fetch-site': undefined })],
  ['to a name that is not ours', () => ({ host: 'evil.example', origin: 'http://evil.example' })],
];

const writes = adminRoutes.filter(
  ({ method, access }) => method !== 'GET' && access.kind !== 'sign-in',
);
const reads = adminRoutes.filter(({ method }) => method === 'GET');

describe.each(writes)('$method $path', ({ method, path }) => {
  const target = concrete(path);

  test('is refused from elsewhere', async () => {
    const codes: Record<string, unknown> = {};
    for (const [name, headers] of foreign) {
      const asked = { body: {}, headers: headers(gateway.adminUrl) };
      const { status, code } = await client.ask(method, target, asked);
      codes[name] = [status, code];
    }
    expect(codes).toEqual(Object.fromEntries(foreign.map(([name]) => [name, [403, 'csrf']])));
  });

  test('is let in from our own page, by origin or by what the browser says of it', async () => {
    for (const headers of [{ 'sec-fetch-site': undefined }, { origin: undefined }]) {
      // One of them is the sign-out, which would end the session of all the others.
      const asking = target === '/admin/v1/session' ? await client.another() : client;
      const { status, code } = await asking.ask(method, target, { body: {}, headers });
      expect([401, 500]).not.toContain(status);
      expect(code).not.toBe('csrf');
    }
  });
});

describe.each(reads)('GET $path', ({ path, access }) => {
  test.each([
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 'in'],
    ['none', 'in'],
    [undefined, 'in'],
  ])('from %s', async (site, wanted) => {
    const headers = { 'sec-fetch-site': site };
    const { status, json, code } = await client.ask('GET', concrete(path), { headers });
    const isRefused = status === 403 && code === 'csrf';
    // The session route answers everybody from our own pages, and says nothing of it to others.
    expect(isRefused ? 403 : 'in').toBe(wanted);
    expect([401, 500]).not.toContain(status);
    const state = access.kind === 'sign-in' && wanted === 'in' ? 'signed-in' : undefined;
    expect(json['state']).toBe(state);
  });
});

describe('who has no session yet', () => {
  let guesses = 0;
  // Another name each time: guesses at one have to wait.
  const signIn = (headers: Headers): ReturnType<ConsoleClient['ask']> =>
    new ConsoleClient(gateway.adminUrl).ask('POST', '/admin/v1/session', {
      body: { name: `nobody-${String((guesses += 1))}`, password: 'a wrong password' },
      headers,
    });

  test.each([
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a name that is not ours', { host: 'evil.example', origin: 'http://evil.example' }, 403],
    ['our own page', {}, 401],
    ['a program', { origin: undefined, 'sec-fetch-site': undefined }, 401],
  ])('from %s', async (_what, headers, wanted) => {
    expect((await signIn(headers)).status).toBe(wanted);
  });

  test.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('%s is ours', async (name) => {
    const host = `${name}:${new URL(gateway.adminUrl).port}`;
    const headers = { host, origin: `http://${host.toLowerCase()}` };
    expect((await signIn(headers)).status).toBe(401);
  });
});

describe('in the place of an admin key', () => {
  test('what is ordered with an idempotency key is done once, in the operator’s name', async () => {
    const headers = { 'idempotency-key': 'the-same' };
    const ask = (path: string, body: object): ReturnType<ConsoleClient['ask']> =>
      client.ask('POST', path, { body, headers });
    await ask('/admin/v1/accounts', { id: 'acme', name: 'Acme' });
    await ask('/admin/v1/wallets/acme/open', {});
    const order = { amount_nano: '1000', reason: 'for the test' };
    const first = await ask('/admin/v1/wallets/acme/top-ups', order);
    const again = await ask('/admin/v1/wallets/acme/top-ups', order);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const other = { ...order, amount_nano: '2000' };
    expect((await ask('/admin/v1/wallets/acme/top-ups', other)).status).toBe(422);
    const wallet = await client.ask('GET', '/admin/v1/wallets/acme');
    expect(wallet.text).toContain('"1000"');
    const { json } = await client.ask('GET', '/admin/v1/audit-log?account=acme');
    const actors = (json['data'] as readonly { actor: string }[]).map(({ actor }) => actor);
    expect(actors).toEqual(['operator:ada', 'operator:ada', 'operator:ada']);
  });
});

describe('a session is not a key', () => {
  test('a key that is shown counts alone', async () => {
    const asked = (headers: Headers): ReturnType<ConsoleClient['ask']> =>
      client.ask('GET', '/admin/v1/keys', { headers });
    expect((await asked({ 'x-api-key': 'wrong' })).status).toBe(401);
    expect((await asked({ authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await asked({})).status).toBe(200);
    expect((await asked({ cookie: undefined, 'x-api-key': gateway.adminKey })).status).toBe(200);
  });

  const everyPublic = [
    ...routes.filter(({ path }) => !path.includes('…')),
    ...accountApiRoutes.filter(({ access }) => access.kind === 'account'),
  ];

  test.each(everyPublic)('not for $method $path of the public listener', async (route) => {
    const { url } = gateway;
    const stranger = new ConsoleClient(url);
    stranger.cookie = client.cookie;
    stranger.csrf = client.csrf;
    // Clients of another form may list models without a key.
    const headers = { 'anthropic-version': '2023-06-01' };
    const answer = await stranger.ask(route.method, concrete(route.path), { body: {}, headers });
    expect(answer.status).toBe(401);
  });

  test.each(adminRoutes)('and $method $path is not there', async ({ method, path }) => {
    const stranger = new ConsoleClient(gateway.url);
    stranger.cookie = client.cookie;
    stranger.csrf = client.csrf;
    const { status, text } = await stranger.ask(method, concrete(path), { body: {} });
    expect([401, 404, 405]).toContain(status);
    expect(text).not.toContain('signed-in');
  });
});
