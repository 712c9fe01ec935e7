import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey } from '../../src/access/create-key.ts';
import { systemClock } from '../../src/std/clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { temporaryDirectory } from '../support/cli.ts';
import type { FormName } from '../support/every-form.ts';
import { askIn, formNames } from '../support/every-form.ts';
import { makeGateway } from '../support/gateway-host.ts';
import { sendRaw } from '../support/post.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * What is kept, given out and taken for money where nobody configured anything; reliability §3.10,
 * numbers 8, 16 to 18, 20 and 22. Each test has its number.
 */

let gateway: AdministeredGateway;

beforeAll(async () => {
  gateway = await startAdministeredGateway();
});
afterAll(async () => {
  await gateway.stop();
});

/** Every byte below the data directory, but for the pepper. */
function bytesKept(dataDir: string): Buffer {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true });
  return Buffer.concat(
    files
      .filter((file) => file.isFile() && file.name !== 'pepper')
      .map((file) => readFileSync(join(file.parentPath, file.name))),
  );
}

describe('secure default 8: what was said is kept nowhere', () => {
  // Gateways keep logs, which is what they are for (docs/ai-gateway.md): what names none, and every
  // form where that is off, leaves nothing.
  test.each<[string, string, readonly FormName[]]>([
    ['the API’s own forms', '', ['messages', 'messages below a folder', 'chat']],
    ['all forms, without logs of gateways', 'gateway_log: { enabled: false }\n', formNames],
  ])('%s', async (_what, yaml, names) => {
    const quiet = await startTestGateway(`log_level: debug\n${yaml}`);
    try {
      for (const name of names) {
        for (const stream of [false, true]) {
          const text = `Please repeat: nobody-keeps-this-${name}`;
          const { status } = await askIn(name, quiet.url, { key: quiet.key, text, stream });
          expect([name, status]).toEqual([name, 200]);
        }
      }
      // What was to be written is written once the gateway has ended.
      await quiet.gateway.stop();
      const kept = bytesKept(quiet.dataDir);
      expect(kept.includes('claude-sonnet-4-6')).toBe(true);
      expect(kept.includes('nobody-keeps')).toBe(false);
      expect(quiet.logLines.join('\n')).not.toContain('nobody-keeps');
    } finally {
      await quiet.stop();
    }
  });
});

test('secure default 16: keys are hashed, and shown once', async () => {
  for (const kind of ['inference', 'management', 'admin']) {
    const made = await gateway.order('/admin/v1/keys', { name: kind, kind });
    const secret = textIn(made, 'key').slice(19, -6);
    const id = textIn(made, 'id');
    const seen = await Promise.all(
      ['/admin/v1/keys?limit=1000', `/admin/v1/keys/${id}`, '/admin/v1/audit-log'].map((path) =>
        gateway.ask('GET', path),
      ),
    );
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(seen.some(({ text }) => text.includes(secret))).toBe(false);
    const rotated = await gateway.order(`/admin/v1/keys/${id}/rotate`);
    const kept = bytesKept(gateway.dataDir);
    expect(kept.includes(id)).toBe(true);
    for (const text of [secret, textIn(rotated, 'key').slice(19, -6)]) {
      expect(kept.includes(text)).toBe(false);
    }
  }
});

describe('secure default 17: a key gives out no more than it has', () => {
  const rights = {
    scopes: ['messages', 'keys:write'],
    models: ['claude-sonnet-4-6'],
    allowed_cidrs: ['127.0.0.0/8'],
    budget: { limit_nano: '1000', period: 'day' },
    rate: { requests_per_minute: 100 },
    expires_at: '2090-01-01T00:00:00Z',
  };
  const child = { name: 'child', ...rights, scopes: ['messages'] };
  let key = '';

  beforeAll(async () => {
    const made = await gateway.order('/admin/v1/keys', {
      name: 'maker',
      kind: 'management',
      account: 'development',
      ...rights,
    });
    key = textIn(made, 'key');
  });

  test('as much is given', async () => {
    expect((await gateway.ask('POST', '/v1/keys', { key, body: child })).status).toBe(201);
  });

  test.each<[string, object]>([
    ['another scope', { scopes: ['messages', 'chat'] }],
    ['all scopes, by saying nothing', { scopes: undefined }],
    ['another model', { models: ['claude-opus-4-6'] }],
    ['all models', { models: null }],
    ['another range', { allowed_cidrs: ['127.0.0.0/8', '10.0.0.0/8'] }],
    ['a wider range', { allowed_cidrs: ['0.0.0.0/0'] }],
    ['all addresses', { allowed_cidrs: null }],
    ['a larger budget', { budget: { limit_nano: '1001', period: 'day' } }],
    ['no budget', { budget: null }],
    ['a higher rate', { rate: { requests_per_minute: 101 } }],
    ['no rate', { rate: null }],
    ['a longer life', { expires_at: '2090-01-01T00:00:01Z' }],
    ['a life without end', { expires_at: undefined }],
  ])('%s is not', async (_what, more) => {
    const { status, json } = await gateway.ask('POST', '/v1/keys', {
      key,
      body: { ...child, ...more },
    });
    expect([status, json]).toMatchObject([403, { error: { code: 'rights_exceeded' } }]);
  });
});

const anthropic = 'upstreams:\n  up:\n    kind: anthropic\n';
const stripe = 'payments:\n  stripe:\n    webhook_secret: ';

describe('secure default 18: an unset secret refuses', () => {
  test.each<[string, string, Readonly<Record<string, string>>, RegExp]>([
    ['an upstream’s key that is not named', anthropic, {}, /api_key/],
    ['one that is not set', `${anthropic}    api_key: env:UP\n`, {}, /UP/],
    ['one that is empty', `${anthropic}    api_key: env:UP\n`, { UP: ' ' }, /UP/],
    ['one in a file that is not there', `${anthropic}    api_key: file:/nowhere\n`, {}, /nowhere/],
    ['one that stands in the file itself', `${anthropic}    api_key: sk-ant-1\n`, {}, /api_key/],
    ['a webhook’s secret that is not set', `${stripe}env:HOOK\n`, {}, /webhook_secret/],
    ['one that is empty', `${stripe}env:HOOK\n`, { HOOK: '' }, /webhook_secret/],
    ['an option that does not exist', 'admin:\n  no_auth: true\n', {}, /no_auth/],
  ])('%s', async (_what, yaml, env, says) => {
    await expect(startTestGateway(yaml, env)).rejects.toThrow(says);
  });

  test('a webhook of nobody’s is not there', async () => {
    const { status } = await sendRaw(`${gateway.url}/v1/webhooks/stripe`, { body: '{}' });
    expect(status).toBe(404);
  });
});

test('secure default 20: no amount is negative, none overflows, and none is anything but digits', async () => {
  await gateway.order('/admin/v1/accounts', { id: 'amounts', name: 'amounts' });
  await gateway.order('/admin/v1/wallets/amounts/open');
  const management = await gateway.makeKey({ kind: 'management', account: 'amounts' });
  const texts = '0 -1 +1 1.5 1e3 0x10 05 1_000 ١ NaN 9223372036854775807 18446744073709551617';
  const odd = ['', ' 5', '5 ', '9'.repeat(40), 5, -5, 0.1, 1e30, true, null, ['5'], { nano: '5' }];
  const amounts = [...texts.split(' '), ...odd];
  const more = { reason: 'for the test', ticket: 'T-1', direction: 'in', expires_at: '2090-01-01' };
  const kinds = ['top-ups', 'grants', 'adjustments', 'refunds', 'chargebacks'];
  const routes = kinds.map((kind) => `/admin/v1/wallets/amounts/${kind}`);
  for (const path of [...routes, '/v1/wallet/top-ups']) {
    for (const [at, amount_nano] of amounts.entries()) {
      const isOwn = path.startsWith('/v1/');
      const answer = await gateway.ask('POST', path, {
        body: { ...(isOwn ? {} : more), amount_nano },
        headers: { 'idempotency-key': `amount-${String(at)}` },
        ...(isOwn ? { key: management } : {}),
      });
      expect([path, amount_nano, answer.status]).toEqual([path, amount_nano, 400]);
    }
  }
  const wallet = await gateway.ask('GET', '/admin/v1/wallets/amounts');
  expect(wallet.json).toMatchObject({ posted_nano: '0', held_nano: '0' });
});

describe('secure default 22: credentials are sealed', () => {
  const keys = '/client/v4/accounts/a/ai-gateway/gateways/sealed/provider_configs';
  const secret = 'sk-ant-sealed-credential-0123456789';

  test('a provider’s key is nowhere in what is kept, and is not shown again', async () => {
    await makeGateway(gateway, { id: 'sealed' });
    const headers = {
      authorization: `Bearer ${gateway.key}`,
      'content-type': 'application/json',
    };
    const config = { provider_slug: 'anthropic', alias: 'default', secret, default_config: true };
    const body = JSON.stringify(config);
    const stored = await sendRaw(`${gateway.url}${keys}`, { headers, body });
    const listed = await sendRaw(`${gateway.url}${keys}`, { headers });
    expect([stored.status, listed.status]).toEqual([200, 200]);
    expect(`${stored.body.toString()}${listed.body.toString()}`).not.toContain(secret);
    expect(bytesKept(gateway.dataDir).includes(secret.slice(8))).toBe(false);
  });

  test('without the secret that they are sealed by, nothing starts', async () => {
    const place = temporaryDirectory();
    const open = (): ReturnType<typeof openStore> => openStore(place.path, () => {});
    try {
      const store = await open();
      const { keys: keyStore, pepper } = store;
      await createKey(
        { kind: 'inference', environment: 'live', name: 'kept' },
        { store: keyStore, pepper, clock: systemClock, random: systemRandom() },
      );
      await store.close();
      const file = join(place.path, 'pepper');
      rmSync(file);
      await expect(open()).rejects.toThrow(/pepper is missing/);
      writeFileSync(file, 'not a pepper');
      await expect(open()).rejects.toThrow(/pepper is damaged/);
    } finally {
      place.remove();
    }
  });
});
