import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiRoutes } from '../../src/ai-gateway/api-routes.ts';
import { makeGateway } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { makeSecondKey } from '../support/second-key.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import { keptPolicy, keptSecret, shopSettings, wayElements } from '../support/workers-ai-places.ts';

/**
 * Two accounts, of which one has gateways with all that gateways can have: the other can neither see
 * nor change nor guess any of it, on any route of the table. Keys for providers and what was said
 * stay where they belong.
 */

const MODEL = 'anthropic/claude-sonnet-4.6';
const PROMPT = 'a-prompt-of-nobody-else';
const SECRET = 'sk-ant-canary-0123456789abcdefghijkl';
const GATEWAY = 'mine';
const ACCOUNT = '/client/v4/accounts/a/ai-gateway/gateways';

interface Owned {
  readonly log: string;
  readonly route: string;
  readonly version: string;
  readonly policy: string;
  readonly key: string;
}

let gateway: TestGateway;
let other = '';
let owned: Owned;
/** All that the owner can read, before anybody else tried anything. */
let before: readonly string[];

beforeAll(async () => {
  gateway = await startTestGateway();
  other = await makeSecondKey(gateway);
  await makeGateway(gateway, { ...shopSettings, id: GATEWAY });
  const below = `${ACCOUNT}/${GATEWAY}`;
  const { route, version } = await made(`${below}/routes`, { name: 'way', elements: wayElements });
  const policy = await made(`${below}/policies`, { name: 'all', action: 'allow' });
  const key = await made(`${below}/provider_configs`, { ...keptSecret, secret: SECRET });
  // The last of it: an answer that was cached before there was a key is not one of that key.
  const log = String((await runAs(gateway.key)).headers['cf-aig-log-id']);
  owned = { log, route, version, policy: policy.route, key: key.route };
  before = await readAll();
});
afterAll(() => gateway.stop());

function ask(key: string, method: string, path: string, body?: object): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function made(
  path: string,
  body: object,
): Promise<{ readonly route: string; readonly version: string }> {
  const answer = await ask(gateway.key, 'POST', path, body);
  expect(answer.status).toBe(200);
  const { result } = JSON.parse(answer.body.toString()) as {
    readonly result: { readonly id: string; readonly version?: { readonly version_id: string } };
  };
  return { route: result.id, version: result.version?.version_id ?? '' };
}

function runAs(key: string, id = GATEWAY): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/run`, {
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'cf-consn-model-id': MODEL,
    },
    body: JSON.stringify({
      inputs: { messages: [{ role: 'user', content: PROMPT }], max_tokens: 4 },
      options: { gateway: { id } },
    }),
  });
}

/** The ids of what is there, or of what nobody has, in the places of a path. */
function pathOf(path: string, ids: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'a');
}

function owns(): Readonly<Record<string, string>> {
  return { gateway: GATEWAY, ...owned, owner: 'acme' };
}

function nobodys(): Readonly<Record<string, string>> {
  const strange = Object.entries(owns()).map(([name, id]) => [name, id.replace(/./g, 'f')]);
  return { ...Object.fromEntries(strange), owner: 'acme' } as Readonly<Record<string, string>>;
}

/** What the owner is shown; what changes by being asked for is left out. */
function readAll(): Promise<readonly string[]> {
  const paths = apiRoutes.filter(({ method }) => method === 'GET').map(({ path }) => path);
  return Promise.all(
    paths.map(async (path) => {
      const { status, body } = await ask(gateway.key, 'GET', pathOf(path, owns()));
      return `${path} ${String(status)} ${body.toString()}`;
    }),
  );
}

const bodies: Readonly<Record<string, object>> = {
  gateways: { ...shopSettings, id: 'stolen' },
  provider_configs: keptSecret,
  policies: keptPolicy,
  routes: { name: 'stolen', elements: wayElements },
  versions: { elements: wayElements },
  deployments: { version_id: 'x' },
  logs: { feedback: -1, score: 5, metadata: { a: 'stolen' } },
};
const step = {
  provider: 'anthropic',
  endpoint: 'v1/messages',
  query: { model: 'claude-sonnet-4-6', max_tokens: 4, messages: [{ role: 'user', content: 'Hi' }] },
};

function bodyFor(path: string): object {
  const named = path.split('/').findLast((segment) => segment in bodies);
  const isSteps = path.includes('universal') || path.startsWith('/v1/');
  return isSteps || named === undefined ? step : (bodies[named] ?? {});
}

/** Every route about one gateway; the one that makes and lists is looked at by itself. */
const aboutOne = apiRoutes.filter(({ path }) => path.includes('{gateway}'));

describe('another account', () => {
  test.each(aboutOne.map(({ method, path }) => [method, path] as const))(
    'is told of no difference between what is not its own and what is not there: %s %s',
    async (method, path) => {
      const body = method === 'GET' || method === 'DELETE' ? undefined : bodyFor(path);
      const send = (ids: Readonly<Record<string, string>>): Promise<RawAnswer> =>
        ask(other, method, pathOf(path, ids), body);
      const [mine, none] = [await send(owns()), await send(nobodys())];
      // 2001 where a gateway is to be used, 7002 where it is asked about.
      expect([400, 404]).toContain(mine.status);
      expect(mine.status).toBe(none.status);
      const shown = (answer: RawAnswer, ids: Readonly<Record<string, string>>): string =>
        Object.values(ids)
          .toSorted((one, two) => two.length - one.length)
          .reduce((text, id) => text.replaceAll(`"${id}"`, '…'), answer.body.toString())
          .replaceAll(/\\"[^"\\]*\\"/g, '…');
      expect(shown(mine, owns())).toBe(shown(none, nobodys()));
    },
  );

  test('is refused by the gateway of another in every form of a run', async () => {
    const refused = await runAs(other);
    expect(refused.status).toBe(400);
    expect(refused.body.toString()).toContain('2001');
    const overUrl = await ask(
      other,
      'POST',
      `/v1/acme/${GATEWAY}/anthropic/v1/messages`,
      step.query,
    );
    expect(overUrl.status).toBe(400);
  });

  test('has gateways of the same name, and none of what the others have', async () => {
    const under: readonly (readonly [string, RegExp])[] = [
      ['', /"total_count":0/],
      ['/provider_configs', /"total_count":0/],
      ['/policies', /"total_count":0/],
      ['/routes', /"routes":\[\]/],
      ['/logs', /"total_count":0/],
      ['/analytics', /"count":0/],
    ];
    await makeGateway({ url: gateway.url, key: other }, { ...shopSettings, id: GATEWAY });
    for (const [path, nothing] of under.slice(1)) {
      const { body } = await ask(other, 'GET', `${ACCOUNT}/${GATEWAY}${path}`);
      expect(body.toString()).toMatch(nothing);
    }
    const all = (await ask(other, 'GET', ACCOUNT)).body.toString();
    expect(all).toMatch(/"total_count":1/);
    for (const { method, path } of aboutOne) {
      // What has an id of its own below a gateway is nobody's but its account's.
      if (!/\{(?:log|route|policy|key|version)\}/.test(path)) continue;
      const body = method === 'GET' || method === 'DELETE' ? undefined : bodyFor(path);
      const { status } = await ask(other, method, pathOf(path, owns()), body);
      expect(`${method} ${path} ${String(status)}`).toBe(`${method} ${path} 404`);
    }
  });

  test('is given none of its cached answers, and draws on none of its limits', async () => {
    const [first, second] = [await runAs(gateway.key), await runAs(other)];
    expect(first.headers['cf-aig-cache-status']).toBe('HIT');
    expect(second.headers['cf-aig-cache-status']).not.toBe('HIT');
  });

  test('has left everything as it was', async () => {
    const after = await readAll();
    // The request before has left a log, which lists and sums count.
    const isAbout = (text: string): boolean => !/\/(?:logs|analytics) /.test(text);
    expect(after.filter(isAbout)).toEqual(before.filter(isAbout));
    const { body } = await ask(gateway.key, 'GET', `${ACCOUNT}/${GATEWAY}/logs`);
    expect(body.toString()).toMatch(/"total_count":2/);
  });
});

describe('what was entrusted to a gateway', () => {
  test('a key for a provider is in no answer, no log, no metric and nowhere on the disk', async () => {
    const asked = await readAll();
    const failed = await runAs(gateway.key);
    const metrics = await sendRaw(`${gateway.adminUrl}/metrics`);
    const said = [...asked, failed.body.toString(), metrics.body.toString(), ...gateway.logLines];
    const stored = readdirSync(gateway.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
    expect(stored.join('').length).toBeGreaterThan(0);
    expect([...said, ...stored].filter((text) => text.includes(SECRET))).toEqual([]);
    expect(asked.some((text) => text.includes(SECRET.slice(-4)))).toBe(true);
  });

  test('what was said is in the logs of its gateway, and in no line and no metric', async () => {
    const { body } = await ask(
      gateway.key,
      'GET',
      `${ACCOUNT}/${GATEWAY}/logs/${owned.log}/request`,
    );
    expect(body.toString()).toContain(PROMPT);
    const metrics = await sendRaw(`${gateway.adminUrl}/metrics`);
    const lines = [...gateway.logLines, metrics.body.toString()];
    expect(lines.filter((text) => text.includes(PROMPT))).toEqual([]);
  });
});
