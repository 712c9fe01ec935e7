import { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { adminRoutes } from '../../src/admin/routes.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { createAdminServer } from '../../src/http/admin-server.ts';
import { listenOn } from '../../src/listen-on.ts';
import { refusal } from '../../src/messages/errors.ts';
import { systemClock } from '../../src/std/clock.ts';
import { systemRandom } from '../../src/std/random.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import type { FormName } from '../support/every-form.ts';
import { askIn, formNames } from '../support/every-form.ts';
import { sendRaw } from '../support/post.ts';
import { codeOf, sourceFiles } from '../support/source-files.ts';
import { answersWith, startBilledGateway } from '../support/start-billed-gateway.ts';
import { startClockedGateway } from '../support/start-clocked-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * What a running gateway does and says where nobody configured anything; reliability §3.10, numbers
 * 19, 21, 23, 24 and 28 to 30. Each test has its number.
 */

let gateway: AdministeredGateway;

beforeAll(async () => {
  gateway = await startAdministeredGateway();
});
afterAll(async () => {
  await gateway.stop();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('secure default 19: no money, no answer', () => {
  const paid = answersWith({ input_tokens: 10, output_tokens: 10 });

  test.each(formNames)('%s: an empty wallet refuses, and no upstream hears of it', async (name) => {
    const billed = await startBilledGateway(paid, { postedNanoUsd: 0n });
    try {
      const { url, key } = billed.gateway;
      const grant = await billed.wallet();
      await billed.ledger.setWalletStatus('development', 'frozen', Date.now());
      for (const stream of [false, true]) {
        const { status } = await askIn(name, url, { key, text: 'Hi', stream });
        expect(status).toBe(402);
      }
      expect(billed.upstream.received).toEqual([]);
      expect((await billed.wallet()).postedNanoUsd).toBe(grant.postedNanoUsd);
    } finally {
      await billed.stop();
    }
  });

  test.each(formNames)('%s: where the books fail, so does the request, unasked', async (name) => {
    const billed = await startBilledGateway(paid);
    try {
      vi.spyOn(billed.ledger, 'openHold').mockRejectedValue(new Error('disk I/O error'));
      const { url, key } = billed.gateway;
      for (const stream of [false, true]) {
        const { status, body } = await askIn(name, url, { key, text: 'Hi', stream });
        expect(status).toBe(503);
        expect(body.toString()).not.toMatch(/disk/);
      }
      expect(billed.upstream.received).toEqual([]);
    } finally {
      await billed.stop();
    }
  });
});

test('secure default 21: no key has all of the gateway to itself', async () => {
  const defaults = parseConfig({ env: {}, flags: {} });
  expect(defaults).toMatchObject({
    config: { limits: { concurrency_per_key: 10_000, connections_max: 20_000 } },
  });
  const limited = await startTestGateway(
    'limits:\n  concurrency_per_key: 2\nemulator:\n  first_token_ms: 300\n',
  );
  try {
    const { url, key } = limited;
    const asked = await Promise.all(
      [1, 2, 3, 4].map(() => askIn('messages', url, { key, text: 'Hi' })),
    );
    expect(asked.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 429, 429,
    ]);
  } finally {
    await limited.stop();
  }
});

describe('secure default 23: what operators do is written down', () => {
  test('and no option says that it is not', () => {
    const off = ['audit', 'audit_log', 'admin.audit', 'admin.audit_log'];
    for (const option of off) {
      expect(parseConfig({ env: {}, flags: { [option]: 'false' } }).kind).toBe('issues');
    }
  });

  test('what changed something has its row, and rows neither change nor go away', async () => {
    await gateway.order('/admin/v1/accounts', { id: 'audited', name: 'audited' });
    const made = await gateway.order('/admin/v1/keys', { name: 'k', account: 'audited' });
    const key = `/admin/v1/keys/${textIn(made, 'id')}`;
    for (const act of ['disable', 'enable', 'rotate', 'revoke'])
      await gateway.order(`${key}/${act}`);
    const wallet = '/admin/v1/wallets/audited';
    await gateway.order(`${wallet}/open`);
    await gateway.order(`${wallet}/top-ups`, { amount_nano: '5', reason: 'for the test' });
    await gateway.order(`${wallet}/freeze`, { reason: 'for the test' });
    const { json } = await gateway.ask('GET', '/admin/v1/audit-log?account=audited');
    const rows = json['data'] as readonly { action: string; actor: string; key_id: string }[];
    expect(rows.map(({ action }) => action)).toEqual([
      'wallet.freeze',
      'wallet.top_up',
      'wallet.open',
      'key.revoke',
      'key.rotate',
      'key.enable',
      'key.disable',
      'key.create',
      'account.create',
    ]);
    expect(rows.filter(({ key_id }) => key_id === null)).toEqual([]);
    const database = new DatabaseSync(join(gateway.dataDir, 'quatrain.db'));
    try {
      for (const order of ["UPDATE audit_log SET actor = 'nobody'", 'DELETE FROM audit_log']) {
        expect(() => {
          database.exec(order);
        }).toThrow(/audit/);
      }
    } finally {
      database.close();
    }
    const check = await gateway.ask('GET', '/admin/v1/audit-log/check');
    expect(check.json).toMatchObject({ is_sound: true });
  });
});

test('secure default 24: no process is started, and nothing becomes code', () => {
  const forbidden =
    /\beval\(|\bnew Function\(|\bnew AsyncFunction\(|child_process|node:vm\b|node:cluster\b|\bprocess\.(?:dlopen|binding)\b|\bimport\((?!')/;
  const house = [...sourceFiles('src'), ...sourceFiles('clients')];
  const files = house.filter(({ path }) => !path.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter(({ text }) => forbidden.test(codeOf(text))).map(({ path }) => path)).toEqual(
    [],
  );
});

describe('secure default 28: errors say nothing of the inside', () => {
  const inside = '/srv/inside/secret-path.ts:12:7 SQLITE_CORRUPT hunter2';
  const leaks = /inside|hunter2|SQLITE|node_modules|\.[tj]s:\d|\n\s+at /;

  const askedOf = async (name: FormName, url: string, key: string): Promise<readonly string[]> => {
    const answers = await Promise.all(
      [false, true].map((stream) => askIn(name, url, { key, text: 'Hi', stream })),
    );
    return answers.map(({ status, headers, body }) => {
      expect([name, status >= 500]).toEqual([name, true]);
      return `${JSON.stringify(headers)}${body.toString()}`;
    });
  };

  // The steps of a gateway's own URL are walks of the forms that they name.
  const walked = formNames.filter((name) => name !== 'several steps');

  test.each(walked)('%s: a fault of ours, and words of a driver', async (name) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    for (const answer of [
      () => Promise.reject(new Error(inside)),
      () => Promise.resolve(refusal('internal')),
    ]) {
      const clocked = await startClockedGateway({ answer, gateways: { default: {} } });
      const said = await askedOf(name, clocked.url, 'anybody');
      await clocked.stop();
      for (const text of said) expect(text).not.toMatch(leaks);
    }
  });

  test('the admin API and what accounts ask', async () => {
    const { ledger } = (
      gateway.gateway.parts.walk.billing as unknown as {
        readonly desk: { readonly ledger: object };
      }
    ).desk;
    vi.spyOn(ledger as { wallet: () => Promise<unknown> }, 'wallet').mockRejectedValue(
      new Error(inside),
    );
    const answer = await gateway.ask('GET', '/admin/v1/wallets/development');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toMatch(leaks);
    expect(gateway.logLines.join('')).toContain('hunter2');
  });

  test('what is no HTTP, no route and no JSON', async () => {
    const odd = adminRoutes.filter(({ method, path }) => method !== 'GET' || path.includes('{'));
    const asked = await Promise.all([
      sendRaw(`${gateway.url}/../../etc/passwd`),
      sendRaw(`${gateway.url}/v1/messages`, { headers: gateway.headers, body: '{"a"' }),
      sendRaw(`${gateway.adminUrl}/admin/v1/nothing`),
      ...odd.map(({ method, path }) =>
        sendRaw(`${gateway.adminUrl}${path.replaceAll(/\{\w+\}/g, '%00')}`, {
          method,
          headers: { 'x-api-key': gateway.adminKey, 'content-type': 'application/json' },
          ...(method === 'GET' ? {} : { body: '{"' }),
        }),
      ),
    ]);
    for (const { status, body } of asked) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).not.toBe(500);
      expect(body.toString()).not.toMatch(leaks);
    }
  });
});

test('secure default 29: metrics are on loopback, and ask for a key beyond it', async () => {
  const { admin, walk } = gateway.gateway.parts;
  expect((admin.address() as AddressInfo).address).toBe('127.0.0.1');
  expect((await sendRaw(`${gateway.adminUrl}/metrics`)).status).toBe(200);
  const { authenticator, log } = walk;
  const beyond = createAdminServer({
    log,
    metrics: { text: () => Promise.resolve('figures'), contentType: 'text/plain' } as never,
    isReady: () => true,
    authenticator: authenticator as never,
    needsKey: true,
    adminApi: { methodsAt: () => [], answer: () => Promise.reject(new Error('not asked')) },
    clock: systemClock,
    random: systemRandom(),
    clientStallMs: () => 1000,
  });
  const url = await listenOn(beyond, { host: '127.0.0.1', port: 0 });
  const statuses: number[] = [];
  for (const key of ['', gateway.key, gateway.adminKey]) {
    statuses.push((await sendRaw(`${url}/metrics`, { headers: { 'x-api-key': key } })).status);
  }
  beyond.close();
  expect(statuses).toEqual([401, 401, 200]);
});

test('secure default 30: nothing is called that nobody asked for', async () => {
  const connect = vi.spyOn(Socket.prototype, 'connect');
  const fresh = await startTestGateway();
  try {
    const { key, url } = fresh;
    expect(connect.mock.calls).toEqual([]);
    for (const name of formNames) {
      expect((await askIn(name, url, { key, text: 'Hi' })).status).toBe(200);
    }
    const { port } = new URL(url);
    const ports = connect.mock.calls.map((asked) => JSON.stringify(asked));
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((text) => !text.includes(port))).toEqual([]);
  } finally {
    await fresh.stop();
  }
});
