import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANY_METHOD, unservedRoutes } from '../../src/http/unserved-routes.ts';
import { accountApiRoutes, adminRoutes } from '../../src/admin/routes.ts';
import { apiRoutes } from '../../src/ai-gateway/api-routes.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { routes } from '../../src/http/routes.ts';
import { startGateway } from '../../src/main.ts';
import { StartProblem } from '../../src/start-problem.ts';
import { Secret } from '../../src/std/secret.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { temporaryDirectory } from '../support/cli.ts';
import { askIn, formNames } from '../support/every-form.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';

/**
 * What holds where nobody configured anything; reliability §3.10, numbers 1 to 9: who is let in. Each test
 * has its number; number 5 is with the console's own, in `console-session-defaults`.
 */

let gateway: AdministeredGateway;

beforeAll(async () => {
  gateway = await startAdministeredGateway();
});
afterAll(async () => {
  await gateway.stop();
});

type ConfigParts = Readonly<Record<string, string | number>>;

/** Starts as the command does, on a store that may have been there before. */
function startFrom(
  dataDir: string,
  flags: ConfigParts,
  developmentKey?: string,
): ReturnType<typeof startGateway> {
  const ports = { 'listen.port': 0, 'admin.port': 0 };
  const parsed = parseConfig({ env: {}, flags: { ...ports, ...flags, data_dir: dataDir } });
  if (parsed.kind === 'issues') throw new Error(JSON.stringify(parsed.issues));
  return startGateway({
    config: parsed.config,
    secrets: { env: {}, readFile: () => undefined },
    ...(developmentKey === undefined ? {} : { developmentKey: new Secret(developmentKey) }),
    writeLog: () => {},
    onFatal: (reason) => {
      throw new Error(reason);
    },
  });
}

async function withDirectory<Answer>(work: (path: string) => Promise<Answer>): Promise<Answer> {
  const place = temporaryDirectory();
  try {
    return await work(place.path);
  } finally {
    place.remove();
  }
}

const addressOf = (server: Server): AddressInfo => server.address() as AddressInfo;

describe('secure default 1: loopback until there is an admin', () => {
  test('both listeners are on loopback', () => {
    const { api, admin } = gateway.gateway.parts;
    expect([addressOf(api).address, addressOf(admin).address]).toEqual(['127.0.0.1', '127.0.0.1']);
  });

  test.each([['listen.host'], ['admin.host']])('%s beyond it is refused before', async (option) => {
    await withDirectory(async (path) => {
      for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
        await expect(startFrom(path, { [option]: host })).rejects.toThrow(/admin/);
      }
    });
  });

  test('an active admin key is what lifts that, and no other key', async () => {
    const host = { 'listen.host': '192.0.2.1' };
    const started = await startAdministeredGateway();
    try {
      await started.makeKey({ kind: 'management' });
      // It would listen now: nobody has that address (RFC 5737), so it cannot.
      await expect(startFrom(started.dataDir, host)).rejects.toThrow(/EADDRNOTAVAIL/);
      const { json } = await started.ask('GET', '/admin/v1/keys');
      const admin = (json['data'] as readonly { id: string; kind: string }[]).find(
        ({ kind }) => kind === 'admin',
      );
      await started.order(`/admin/v1/keys/${String(admin?.id)}/revoke`);
      await expect(startFrom(started.dataDir, host)).rejects.toThrow(StartProblem);
    } finally {
      await started.stop();
    }
  });

  test('so does an operator of the console', async () => {
    const host = { 'listen.host': '192.0.2.1' };
    await withDirectory(async (path) => {
      const started = await startFrom(path, {});
      const client = new ConsoleClient(started.adminUrl);
      const set = await client.setUp(started.gateway.parts.setupToken?.()?.reveal() ?? '');
      await started.gateway.stop();
      expect(set.status).toBe(201);
      await expect(startFrom(path, host)).rejects.toThrow(/EADDRNOTAVAIL/);
    });
  });
});

describe('secure default 2: no default credential', () => {
  const words =
    'admin administrator root password changeme secret quatrain test development sk-1234 undefined null';
  const guesses = [
    '',
    ...words.split(' '),
    'sk-ant-api03-test',
    '$QUATRAIN_API_KEY',
    `qtn_live_${'0'.repeat(59)}`,
    `qtn_dev_${'0'.repeat(59)}`,
  ];

  test('what people try first opens nothing', async () => {
    for (const guess of guesses) {
      const headers = { 'x-api-key': guess, authorization: `Bearer ${guess}` };
      for (const [name, value] of Object.entries(headers)) {
        const own = { headers: { [name]: value } };
        const asked = await sendRaw(`${gateway.url}/v1/messages`, { ...own, body: '{}' });
        const admin = await sendRaw(`${gateway.adminUrl}/admin/v1/accounts`, own);
        expect([guess, asked.status, admin.status]).toEqual([guess, 401, 401]);
      }
    }
  });

  test('the key of a first start is drawn anew each time, and is not the operator’s', async () => {
    const keys: string[] = [];
    for (let start = 0; start < 2; start += 1) {
      await withDirectory(async (path) => {
        const { gateway: running, firstKey, adminUrl } = await startFrom(path, {});
        const key = firstKey?.reveal() ?? '';
        keys.push(key);
        const answer = await sendRaw(`${adminUrl}/admin/v1/accounts`, {
          headers: { 'x-api-key': key },
        });
        await running.stop();
        expect(answer.status).toBe(401);
      });
    }
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^qtn_dev_[0-9A-Za-z]{59}$/);
  });

  test('a fixed key for development works on loopback only', async () => {
    await withDirectory(async (path) => {
      const started = startFrom(path, { 'listen.host': '192.0.2.1' }, 'fixed');
      await expect(started).rejects.toThrow(/loopback only/);
    });
  });
});

/** Something that fits every place of a path. */
const concrete = (path: string): string => path.replaceAll(/\{[a-z]+…?\}/g, 'nobody1');

test('secure default 3: what operators do is on a listener of its own', async () => {
  const { api, admin } = gateway.gateway.parts;
  expect(addressOf(api).port).not.toBe(addressOf(admin).port);
  const headers = { 'x-api-key': gateway.adminKey };
  for (const path of ['/metrics', ...adminRoutes.map((route) => route.path)]) {
    const { status } = await sendRaw(`${gateway.url}${concrete(path)}`, { headers });
    expect([path, status]).toEqual([path, 404]);
  }
  for (const { path } of routes) {
    const { status } = await sendRaw(`${gateway.adminUrl}${concrete(path)}`, {
      headers,
      body: '{}',
    });
    expect([path, status]).toEqual([path, 404]);
  }
});

test('secure default 4: nobody is let in without a key, but where all is public', async () => {
  const all = [
    ...routes,
    ...unservedRoutes.map((route) => ({
      ...route,
      method: route.method.replace(ANY_METHOD, 'GET'),
    })),
    ...apiRoutes,
    ...accountApiRoutes,
    ...['/healthz', '/readyz', '/metrics', '/', '/console/', '/setup', '/models', '/model/x'].map(
      (path) => ({ method: 'GET', path }),
    ),
    ...['/ai/models/llms.txt', '/run', '/ai-api/models/search'].map((path) => ({
      method: 'GET',
      path,
    })),
  ];
  const open: string[] = [];
  for (const { method, path } of all) {
    const { status } = await sendRaw(`${gateway.url}${concrete(path)}`, {
      method,
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
    });
    const isServed = ![401, 404, 405].includes(status);
    const isUnserved = unservedRoutes.some((route) => route.path === path);
    if (isServed && !isUnserved) open.push(`${method} ${path}`);
  }
  expect(open).toEqual([
    // The list of models in the Chat Completions form, and pages about them: from the registry alone.
    'GET /v1/models',
    'GET /v1/pricing',
    'GET /healthz',
    'GET /readyz',
    'GET /models',
    'GET /ai/models/llms.txt',
  ]);
  const admin = adminRoutes.filter(({ method }) => method === 'GET');
  for (const { path, access } of admin) {
    const { status, body } = await sendRaw(`${gateway.adminUrl}${concrete(path)}`);
    // That nobody is signed in is all that whoever wants to sign in hears.
    const isOpen = access.kind === 'sign-in';
    expect([path, status]).toEqual([path, isOpen ? 200 : 401]);
    expect(body.includes('"operator":null')).toBe(isOpen);
  }
});

test('secure default 6: nobody’s word counts for where a caller is', async () => {
  const made = await gateway.order('/admin/v1/keys', {
    name: 'office',
    allowed_cidrs: ['203.0.113.0/24'],
  });
  const key = textIn(made, 'key');
  const claims = {
    'x-forwarded-for': '203.0.113.7',
    forwarded: 'for=203.0.113.7',
    'x-real-ip': '203.0.113.7',
    'cf-connecting-ip': '203.0.113.7',
    'true-client-ip': '203.0.113.7',
    'x-client-ip': '203.0.113.7',
  };
  for (const [name, value] of Object.entries({ ...claims, 'x-nothing': '' })) {
    const headers = { [name]: value };
    const answer = await askIn('messages', gateway.url, { key, text: 'Hi', headers });
    expect([name, answer.status]).toEqual([name, 403]);
  }
});

test('secure default 7: no page of another origin is let in', async () => {
  const page = { origin: 'https://evil.example' };
  const preflight = { ...page, 'access-control-request-method': 'POST' };
  const asked: readonly RawAnswer[] = [
    await askIn('messages', gateway.url, { key: gateway.key, text: 'Hi', headers: page }),
    await sendRaw(`${gateway.url}/v1/messages`, { method: 'OPTIONS', headers: preflight }),
    await sendRaw(`${gateway.url}/v1/keys`, { method: 'OPTIONS', headers: preflight }),
    await sendRaw(`${gateway.adminUrl}/admin/v1/keys`, { method: 'OPTIONS', headers: preflight }),
    await sendRaw(`${gateway.adminUrl}/metrics`, { headers: page }),
  ];
  for (const { headers } of asked) {
    const names = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
    // What may be read is said to pages that may read it, and to no others.
    expect(names.filter((name) => name !== 'access-control-expose-headers')).toEqual([]);
  }
  expect(asked.slice(1, 4).map(({ status }) => status >= 400)).toEqual([true, true, true]);
});

test('secure default 9: nothing is answered from a cache unless asked, and never to another account', async () => {
  const other = await gateway.makeKey({ kind: 'inference', account: 'other' });
  for (const name of formNames) {
    for (let time = 0; time < 2; time += 1) {
      const { headers, status } = await askIn(name, gateway.url, { key: gateway.key, text: 'Hi' });
      expect([name, status, headers['cf-aig-cache-status'] === 'HIT']).toEqual([name, 200, false]);
    }
  }
  const cached = { 'cf-aig-cache-ttl': '60', 'cf-aig-cache-key': 'the same' };
  const said: unknown[] = [];
  for (const key of [gateway.key, gateway.key, other, other]) {
    const asked = { key, text: 'Hi', headers: cached };
    const { headers } = await askIn('gateway host', gateway.url, asked);
    said.push(headers['cf-aig-cache-status']);
  }
  expect(said).toEqual(['MISS', 'HIT', 'MISS', 'HIT']);
});
