import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiRoute } from '../../src/admin/api-route.ts';
import { accountApiRoutes, adminRoutes } from '../../src/admin/routes.ts';
import type { JsonObject } from '../../src/std/json.ts';
import { matchPath } from '../../src/std/match-path.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { sendRaw } from '../support/post.ts';

/** What holds for every route of the admin API and of what accounts ask about themselves. */

let gateway: AdministeredGateway;
const keys = { inference: '', management: '' };

beforeAll(async () => {
  gateway = await startAdministeredGateway();
  await gateway.order('/admin/v1/accounts', { id: 'acme', name: 'Acme', plan: 'prepaid' });
  keys.inference = await gateway.makeKey({ kind: 'inference', account: 'acme' });
  keys.management = await gateway.makeKey({ kind: 'management', account: 'acme' });
});
afterAll(() => gateway.stop());

const routes = [...adminRoutes, ...accountApiRoutes];
const paths = [...new Set(routes.map(({ path }) => path))];
const named = ({ method, path }: ApiRoute): readonly [string, ApiRoute] => [
  `${method} ${path}`,
  routes.find((route) => route.method === method && route.path === path)!,
];

const places: Readonly<Record<string, string>> = { '{month}': '2026-01', '{file}': 'csv' };
const concrete = (path: string): string =>
  path.replaceAll(/\{[a-z]+\}/g, (place) => places[place] ?? 'nobody1');

/** What lets somebody in: of an account's own routes the kind of key that they are for. */
function keyFor({ access }: ApiRoute): string | undefined {
  if (access.kind !== 'account') return undefined;
  return keys[access.keyKinds.includes('management') ? 'management' : 'inference'];
}

const errorOf = (json: JsonObject): JsonObject => json['error'] as JsonObject;

describe('a method that a path does not have', () => {
  test.each(paths)('%s says which it has', async (path) => {
    const at = concrete(path);
    const here = routes
      .filter((route) => matchPath(route.path, at) !== undefined)
      .map(({ method }) => method as string);
    const answer = await gateway.ask('TRACE', at);
    expect([answer.status, errorOf(answer.json)['code']]).toEqual([405, 'method_not_allowed']);
    const allowed = String(answer.headers['allow']).split(', ');
    const reading = here.includes('GET') ? ['HEAD'] : [];
    expect(allowed.toSorted()).toEqual([...here, ...reading].toSorted());
  });

  test.each(['/metrics', '/healthz', '/readyz'])('%s is only read', async (path) => {
    const sent = { method: 'POST', body: '' };
    const { status, headers } = await sendRaw(`${gateway.adminUrl}${path}`, sent);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test.each([
    '/healthz',
    '/readyz',
    '/models',
    '/models/',
    '/models/llms.txt',
    '/models/models.json',
    '/models/openapi.json',
    '/models/reference/',
    '/models/anthropic/claude-sonnet-4.6/',
    '/models/claude-sonnet-4-6',
  ])('%s of the public listener is only read', async (path) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
      const { status, headers } = await sendRaw(`${gateway.url}${path}?q=1`, { method });
      expect([method, status, headers.allow]).toEqual([method, 405, 'GET']);
    }
  });

  test.each(['/', '/healthz/more', '/models.json'])('%s is nowhere by any', async (path) => {
    const { status } = await sendRaw(`${gateway.url}${path}`, { method: 'POST', body: '' });
    expect(status).toBe(404);
  });
});

describe('what a route does not take', () => {
  const readers = routes.filter(({ method }) => method === 'GET');

  const refusedIn = async (route: ApiRoute, query: string): Promise<readonly unknown[]> => {
    const path = `${concrete(route.path)}?${query}`;
    const { status, json } = await gateway.ask('GET', path, { key: keyFor(route) });
    return [status, errorOf(json)['param']];
  };

  test.each(readers.map(named))('%s refuses twice in a query', async (_name, route) => {
    expect(await refusedIn(route, 'limit=1&limit=2')).toEqual([400, 'limit']);
  });

  const wantNothing = readers.filter(({ query }) => query?.safeParse({}).success !== false);
  test.each(wantNothing.map(named))('%s refuses in a query', async (_name, route) => {
    expect(await refusedIn(route, 'nonsense=1')).toEqual([400, 'nonsense']);
  });

  const bodiless = routes.filter(
    ({ method, body, access }) =>
      !['GET', 'DELETE'].includes(method) && body === undefined && access.kind !== 'signed',
  );
  test.each(bodiless.map(named))('%s refuses in a body', async (_name, route) => {
    const path = concrete(route.path);
    const asking = { key: keyFor(route), headers: { 'idempotency-key': `${route.operationId}-1` } };
    const refused = await gateway.ask(route.method, path, { ...asking, body: { reason: 'x' } });
    expect([refused.status, errorOf(refused.json)['param']]).toEqual([400, 'reason']);
    const text = await gateway.ask(route.method, path, { ...asking, body: 'no JSON' });
    expect([text.status, errorOf(text.json)['code']]).toEqual([400, 'malformed_json']);
    const empty = await gateway.ask(route.method, path, { ...asking, body: {} });
    expect(empty.status).not.toBe(400);
  });
});

describe('a cursor', () => {
  const lists = routes.filter(
    ({ method, query, operationId }) =>
      method === 'GET' && operationId.startsWith('list') && query !== undefined,
  );
  const without = new Set(['listHolds']);

  test.each(lists.filter(({ operationId }) => !without.has(operationId)).map(named))(
    '%s refuses one of another list',
    async (_name, route) => {
      const path = `${concrete(route.path)}?cursor=nothing.of-this`;
      const { status, json } = await gateway.ask('GET', path, { key: keyFor(route) });
      expect([status, errorOf(json)['param']]).toEqual([400, 'cursor']);
    },
  );

  test('is whatever the page before has', async () => {
    const odd = ['ada@example.com', 'arn:aws:iam::1', 'x'.repeat(64)];
    for (const id of odd) await gateway.order('/admin/v1/accounts', { id, name: id });
    const seen: string[] = [];
    let query = '?limit=1';
    do {
      const { json } = await gateway.ask('GET', `/admin/v1/accounts${query}`);
      seen.push(...(json['data'] as readonly JsonObject[]).map((row) => textIn(row, 'id')));
      const { next_cursor: next } = json;
      query = typeof next === 'string' ? `?limit=1&cursor=${encodeURIComponent(next)}` : '';
    } while (query !== '');
    expect(seen).toEqual(expect.arrayContaining([...odd, 'acme']));
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('a name in a path', () => {
  test('may be written with escapes', async () => {
    const id = 'grace@example.com';
    await gateway.order('/admin/v1/accounts', { id, name: 'Grace' });
    const path = `/admin/v1/accounts/${encodeURIComponent(id)}`;
    expect((await gateway.ask('GET', path)).json).toMatchObject({ id });
    const changed = await gateway.ask('PATCH', path, { body: { name: 'Hopper' } });
    expect(changed.json).toMatchObject({ id, name: 'Hopper' });
  });

  test.each([
    ['GET', '/v1/keys/%C2%84'],
    ['POST', '/v1/keys/%C2%84/revoke'],
    ['GET', '/v1/invoices/%ff'],
    ['GET', '/v1/wallet/top-ups/%2F'],
    ['GET', '/admin/v1/keys/%00'],
  ])('%s %s is nobody’s, in the form of this API', async (method, path) => {
    const body = method === 'POST' ? { body: {} } : {};
    const key = path.startsWith('/admin/') ? undefined : keys.management;
    const { status, json } = await gateway.ask(method, path, { key, ...body });
    expect([status, errorOf(json)['code']]).toEqual([404, 'not_found']);
  });
});

test('an idempotency key counts for what writes, and not for a look by HEAD', async () => {
  const headers = { 'idempotency-key': 'looked-once', 'x-api-key': gateway.adminKey };
  const look = (): ReturnType<typeof sendRaw> =>
    sendRaw(`${gateway.adminUrl}/admin/v1/plans`, { method: 'HEAD', headers });
  const [first, second] = [await look(), await look()];
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.headers['idempotent-replayed']).toBeUndefined();
});

describe('words that have no UTF-8', () => {
  const half = 'half \ud83d of it';

  test.each([
    ['/admin/v1/accounts', { name: half }, 'name'],
    ['/admin/v1/accounts', { name: 'cut\0off' }, 'name'],
    ['/admin/v1/keys', { name: half, account: 'acme' }, 'name'],
    ['/admin/v1/wallets/acme/top-ups', { amount_nano: '1', reason: half }, 'reason'],
    [
      '/admin/v1/wallets/acme/top-ups',
      { amount_nano: '1', reason: 'gift', ticket: half },
      'ticket',
    ],
    ['/admin/v1/wallets/acme/freeze', { reason: half }, 'reason'],
  ])('%s %j', async (path, body, param) => {
    const headers = { 'idempotency-key': `half-${param}` };
    const { status, json } = await gateway.ask('POST', path, { body, headers });
    expect([status, errorOf(json)['param']]).toEqual([400, param]);
    for (const books of ['ledger', 'audit-log']) {
      const check = await gateway.ask('GET', `/admin/v1/${books}/check`);
      expect(check.json['is_sound']).toBe(true);
    }
  });
});

test('what is described of it is what is taken', async () => {
  const { json } = await gateway.ask('GET', '/admin/v1/openapi.json');
  const at = (...way: readonly (string | number)[]): unknown =>
    way.reduce<unknown>((value, name) => (value as Record<string | number, unknown>)[name], json);
  const limit = at('paths', '/admin/v1/keys', 'get', 'parameters', 0);
  expect(limit).toMatchObject({
    name: 'limit',
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  });
  const body = ['requestBody', 'content', 'application/json', 'schema'];
  const password = at('paths', '/admin/v1/operators', 'post', ...body, 'properties', 'password');
  expect(password).toMatchObject({ minLength: 12 });
  const gatewayPath = '/admin/v1/gateways/{account}/{gateway}';
  const needed = at('paths', gatewayPath, 'post', ...body, 'required') as readonly string[];
  expect(needed).toContain('cache_ttl');
  expect(at('paths', gatewayPath, 'put', ...body, 'required')).toEqual(needed);
  for (const left of needed) {
    const settings = Object.fromEntries(
      needed.map((name) => [name, name === left ? undefined : 1]),
    );
    const no = await gateway.ask('POST', '/admin/v1/gateways/acme/none', { body: settings });
    expect([no.status, needed]).toEqual([
      400,
      expect.arrayContaining([textIn(errorOf(no.json), 'param')]),
    ]);
  }
  const topUp = at('paths', '/v1/wallet/top-ups', 'post', ...body, 'properties', 'amount_nano');
  const { pattern } = topUp as { readonly pattern: string };
  const amounts = ['10000000', '1230000000', '1', '10000001', '0', '00000000'];
  expect(amounts.filter((amount) => new RegExp(pattern).test(amount))).toEqual(amounts.slice(0, 2));
  const key = (at('paths', '/admin/v1/plans', 'post', 'parameters') as readonly JsonObject[])[0];
  expect(key).toMatchObject({ name: 'Idempotency-Key', required: false });
});
