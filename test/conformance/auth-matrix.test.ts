import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey } from '../../src/access/create-key.ts';
import type { KeyKind } from '../../src/access/key-store.ts';
import type { Scope } from '../../src/access/scopes.ts';
import { usableScopes } from '../../src/access/scopes.ts';
import type { ApiRoute } from '../../src/admin/api-route.ts';
import { accountApiRoutes, adminRoutes } from '../../src/admin/routes.ts';
import { scopeOfRoute } from '../../src/ai-gateway/api-route.ts';
import { apiRoutes } from '../../src/ai-gateway/api-routes.ts';
import { scopeOfCall } from '../../src/gateway/scope-of-call.ts';
import { routes } from '../../src/http/routes.ts';
import { systemClock } from '../../src/std/clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { sendRaw } from '../support/post.ts';

/**
 * Who may ask what: every route of every table, with every kind of key and without one. What is made
 * of the tables cannot forget a route that somebody adds to them.
 */

/** 401, 403, or whatever else: whoever is let in hears what is wrong with the rest. */
type Verdict = 'in' | 401 | 403;
type Caller = 'none' | 'inference' | 'unscoped' | 'management' | 'admin';

interface Row {
  readonly name: string;
  readonly listener: 'public' | 'admin';
  readonly method: string;
  readonly path: string;
  readonly wanted: Readonly<Record<Caller, Verdict>>;
}

/** What an account's keys may do with a route that takes a scope. */
function scoped(
  scope: Scope | undefined,
  kinds: readonly KeyKind[] = ['inference', 'management'],
): Row['wanted'] {
  const verdict = (kind: KeyKind): Verdict => {
    const mayUse = scope === undefined || usableScopes[kind].includes(scope);
    return kinds.includes(kind) && mayUse ? 'in' : 403;
  };
  return {
    none: 401,
    inference: verdict('inference'),
    unscoped: scope === undefined ? 'in' : 403,
    management: verdict('management'),
    // The public listener does not know admin keys at all.
    admin: 401,
  };
}

const everybody = {
  none: 'in',
  inference: 'in',
  unscoped: 'in',
  management: 'in',
  admin: 'in',
} as const;
const operators = {
  none: 401,
  inference: 401,
  unscoped: 401,
  management: 401,
  admin: 'in',
} as const;

/** A session alone: no key is one. */
const nobodyByKey = { ...operators, admin: 401 } as const;

function wantedOf({ access }: ApiRoute): Row['wanted'] {
  switch (access.kind) {
    case 'admin':
      return operators;
    case 'session':
      return nobodyByKey;
    case 'account':
      return scoped(access.scope, access.keyKinds);
    case 'anyone':
    case 'sign-in':
    case 'signed':
      return everybody;
  }
}

/** Something that fits every place of every path, and is nobody's. */
const concrete = (path: string): string =>
  path.replaceAll(/\{[a-z]+…?\}/g, (place) => (place === '{month}' ? '2026-01' : 'nobody1'));

/** A path of the API about gateways and one of the walk may be the same: the walk's comes first. */
const walked = new Set(routes.map(({ method, path }) => `${method} ${path}`));

const rows: readonly Row[] = [
  ...routes.map(({ method, path, dialect, operation }): Row => ({
    name: `${method} ${path}`,
    listener: 'public',
    method,
    path: concrete(path),
    wanted: scoped(scopeOfCall(dialect, operation)),
  })),
  ...apiRoutes
    .filter(({ method, path }) => !walked.has(`${method} ${path}`))
    .map((route): Row => ({
      name: `${route.method} ${route.path}`,
      listener: 'public',
      method: route.method,
      path: concrete(route.path),
      wanted: scoped(scopeOfRoute(route)),
    })),
  ...accountApiRoutes.map((route): Row => ({
    name: `${route.method} ${route.path}`,
    listener: 'public',
    method: route.method,
    path: concrete(route.path),
    wanted: wantedOf(route),
  })),
  ...adminRoutes.map((route): Row => ({
    name: `${route.method} ${route.path}`,
    listener: 'admin',
    method: route.method,
    path: concrete(route.path),
    wanted: wantedOf(route),
  })),
  ...['models/search', 'catalog/models', 'models/schema', 'authors/search', 'tasks/search'].map(
    (path): Row => ({
      name: `GET the catalog's ${path}`,
      listener: 'public',
      method: 'GET',
      path: `/client/v4/accounts/a/ai/${path}`,
      wanted: scoped('models:read'),
    }),
  ),
];

let gateway: AdministeredGateway;
const keys = new Map<Caller, string>();
let mine: { key: string; keyId: string; request: string; intent: string };
let theirs: { inference: string; management: string };

beforeAll(async () => {
  gateway = await startAdministeredGateway(
    'payments:\n  stripe:\n    webhook_secret: env:STRIPE_WEBHOOK_SECRET\n',
    { STRIPE_WEBHOOK_SECRET: 'whsec' },
  );
  for (const id of ['mine', 'theirs']) {
    await gateway.order('/admin/v1/accounts', { id, name: id });
    await gateway.order(`/admin/v1/wallets/${id}/open`);
  }
  const made = (kind: KeyKind, account: string): Promise<string> =>
    gateway.makeKey({ kind, account });
  keys.set('none', '');
  keys.set('inference', await made('inference', 'mine'));
  keys.set('management', await made('management', 'mine'));
  keys.set('admin', gateway.adminKey);
  keys.set('unscoped', await unscopedKey());
  theirs = {
    inference: await made('inference', 'theirs'),
    management: await made('management', 'theirs'),
  };
  mine = await thingsOf('mine');
});

afterAll(async () => {
  await gateway.stop();
});

function unscopedKey(): Promise<string> {
  return gateway.withStore(async ({ keys: store, pepper }) => {
    const rights = { scopes: [], modelIds: null, allowedCidrs: null, budget: null, rate: null };
    const made = await createKey(
      { kind: 'inference', environment: 'live', name: 'unscoped', accountId: 'mine', rights },
      { store, pepper, clock: systemClock, random: systemRandom() },
    );
    return made.key.reveal();
  });
}

/** A key, a request and a top-up of an account, by its own keys. */
async function thingsOf(account: string): Promise<typeof mine> {
  const management = keys.get('management') ?? '';
  const created = await gateway.ask('POST', '/v1/keys', {
    key: management,
    body: { name: `secret of ${account}` },
  });
  const topUp = await gateway.ask('POST', '/v1/wallet/top-ups', {
    key: management,
    body: { amount_nano: '10000000' },
    headers: { 'idempotency-key': 'one' },
  });
  const asked = await gateway.ask('POST', '/v1/messages', {
    key: keys.get('inference'),
    headers: { 'anthropic-version': '2023-06-01' },
    body: { model: 'claude-sonnet-4-6', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] },
  });
  expect([created.status, topUp.status, asked.status]).toEqual([201, 201, 200]);
  return {
    key: textIn(created.json, 'key'),
    keyId: textIn(created.json, 'id'),
    request: String(asked.headers['x-quatrain-request-id']),
    intent: textIn(topUp.json, 'id'),
  };
}

async function ask(
  row: Pick<Row, 'listener' | 'method' | 'path'>,
  key: string,
): Promise<{ status: number; body: string }> {
  const answer = await sendRaw(
    `${row.listener === 'admin' ? gateway.adminUrl : gateway.url}${row.path}`,
    {
      method: row.method,
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        'idempotency-key': 'matrix',
        ...(key === '' ? {} : { 'x-api-key': key }),
      },
      ...(row.method === 'GET' || row.method === 'DELETE' ? {} : { body: '{}' }),
    },
  );
  return { status: answer.status, body: answer.body.toString() };
}

const verdictOf = (status: number): Verdict => (status === 401 || status === 403 ? status : 'in');
const callers: readonly Caller[] = ['none', 'inference', 'unscoped', 'management', 'admin'];

describe('who may ask what', () => {
  test('is said of every route there is', () => {
    const all = [...routes, ...apiRoutes, ...accountApiRoutes, ...adminRoutes];
    const names = new Set(rows.map(({ name }) => name));
    expect(all.filter(({ method, path }) => !names.has(`${method} ${path}`))).toEqual([]);
    expect(names.size).toBe(rows.length);
  });

  test.each(rows)('$name', async (row) => {
    const verdicts: Partial<Record<Caller, Verdict>> = {};
    for (const caller of callers) {
      const { status } = await ask(row, keys.get(caller) ?? '');
      expect(status).not.toBe(500);
      verdicts[caller] = verdictOf(status);
    }
    expect(verdicts).toEqual(row.wanted);
  });

  test.each(adminRoutes)(
    '$method $path is not on the public listener',
    async ({ method, path }) => {
      const row = { listener: 'public', method, path: concrete(path) } as const;
      const { status, body } = await ask(row, gateway.adminKey);
      expect([401, 404, 405]).toContain(status);
      expect(body).not.toContain('"data"');
    },
  );

  test.each(accountApiRoutes)('$method $path is not on the admin one', async ({ method, path }) => {
    const row = { listener: 'admin', method, path: concrete(path) } as const;
    expect((await ask(row, gateway.adminKey)).status).toBe(404);
  });
});

const withIds = accountApiRoutes.filter(
  ({ path, access }) => access.kind === 'account' && /\{(?:key|request|intent)\}/.test(path),
);

describe('what is of one account', () => {
  test.each(withIds)('$method $path does not show it to another', async ({ method, path }) => {
    const target = path
      .replace('{key}', mine.keyId)
      .replace('{request}', mine.request)
      .replace('{intent}', mine.intent);
    const row = { listener: 'public', method, path: target } as const;
    for (const key of Object.values(theirs)) {
      const { status, body } = await ask(row, key);
      expect([403, 404]).toContain(status);
      expect(body).not.toContain('secret of mine');
    }
    expect((await ask(row, theirs.management)).status).toBe(404);
  });

  test('lists show their own account alone', async () => {
    for (const path of ['/v1/keys', '/v1/wallet/top-ups', '/v1/requests']) {
      const { json } = await gateway.ask('GET', path, { key: theirs.management });
      expect(JSON.stringify(json)).not.toMatch(/mine/);
    }
    const own = await gateway.ask('GET', `/v1/requests/${mine.request}`, {
      key: keys.get('inference'),
    });
    expect(own.json).toMatchObject({ account: 'mine', status: 'settled', http_status: 200 });
  });

  test('a key is made with rights that its maker has, and no others', async () => {
    const key = keys.get('management') ?? '';
    const self = await gateway.ask('GET', '/v1/key', { key });
    await gateway.ask('PATCH', `/admin/v1/keys/${textIn(self.json, 'id')}`, {
      body: { allowed_cidrs: ['127.0.0.0/8'], budget: { limit_nano: '1000', period: 'day' } },
    });
    const within = {
      name: 'child',
      allowed_cidrs: ['127.0.0.1'],
      budget: { limit_nano: '1000', period: 'day' },
    };
    const make = (body: object): Promise<{ status: number }> =>
      gateway.ask('POST', '/v1/keys', { key, body });
    // The rights of a key are looked up at most once a second.
    expect((await make({ ...within, budget: { limit_nano: '1001', period: 'day' } })).status).toBe(
      403,
    );
    expect((await make({ ...within, allowed_cidrs: null })).status).toBe(403);
    expect((await make({ name: 'child' })).status).toBe(403);
    expect((await make(within)).status).toBe(201);
    expect((await make({ ...within, kind: 'admin' })).status).toBe(400);
    expect((await make({ ...within, account: 'theirs' })).status).toBe(400);
    // A key of before has more than that: its new secret would be theirs.
    const rotate = await gateway.ask('POST', `/v1/keys/${mine.keyId}/rotate`, { key, body: {} });
    expect([rotate.status, rotate.json]).toMatchObject([
      403,
      { error: { code: 'rights_exceeded' } },
    ]);
    const revoke = await gateway.ask('POST', `/v1/keys/${mine.keyId}/revoke`, { key });
    expect(revoke.status).toBe(403);
  });
});
