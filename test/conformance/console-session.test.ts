import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OperatorSetupToken } from '../../src/access/operator-setup-token.ts';
import { systemRandom } from '../../src/std/random.ts';
import type { JsonObject } from '../../src/std/json.ts';
import { textIn } from '../support/admin-client.ts';
import { ConsoleClient, PASSWORD } from '../support/console-client.ts';
import type { StartedConsole } from '../support/start-console.ts';
import { startConsole } from '../support/start-console.ts';

/** Set-up, sign-in, and how long a session lasts: reliability §3.3, with a clock that the test moves. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let started: StartedConsole;
let client: ConsoleClient;

beforeEach(async () => {
  started = await startConsole();
  client = new ConsoleClient(started.url);
});
afterEach(() => started.stop());

const stateOf = async (asking: ConsoleClient): Promise<unknown> =>
  (await asking.ask('GET', '/admin/v1/session')).json['state'];

describe('before there is an operator', () => {
  test('the session says so, and no name signs in', async () => {
    const { status, json } = await client.ask('GET', '/admin/v1/session');
    expect(status).toBe(200);
    expect(json).toMatchObject({ state: 'setup', operator: null, csrf_token: null });
    expect(json).toMatchObject({ expires_at: null, public_url: 'http://127.0.0.1:4114' });
    expect(await client.signIn()).toMatchObject({ status: 403, code: 'setup_needed' });
    expect((await client.ask('GET', '/admin/v1/operators')).status).toBe(401);
  });

  test('the token lies in a file for its owner alone, and goes when it is used', async () => {
    const path = join(started.dataDir, 'setup-token');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe(`${started.token}\n`);
    expect((await client.setUp(started.token)).status).toBe(201);
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('the token makes one operator, who is signed in', async () => {
    const { status, json } = await client.setUp(started.token, ' Ada ');
    expect([status, json['state'], json['operator']]).toEqual([201, 'signed-in', 'ada']);
    expect((await client.ask('GET', '/admin/v1/operators')).json).toMatchObject({
      data: [{ name: 'ada', created_by: 'setup-token' }],
    });
    const again = await new ConsoleClient(started.url).setUp(started.token, 'eve');
    expect(again).toMatchObject({ status: 409, code: 'setup_done' });
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  test('of two who use it at once, one is made', async () => {
    const both = await Promise.all(
      ['ada', 'eve'].map((name) => new ConsoleClient(started.url).setUp(started.token, name)),
    );
    expect(both.map(({ status }) => status)).toEqual(expect.arrayContaining([201, 409]));
    expect(started.store.operators.list()).toHaveLength(1);
  });

  test.each([
    ['another token', () => `qtn_setup_${'A'.repeat(43)}`],
    ['none', () => ''],
    ['the beginning of it', () => started.token.slice(0, -1)],
    ['more than it', () => `${started.token}x`],
  ])('%s is refused', async (_what, token) => {
    expect(await client.setUp(token())).toMatchObject({ status: 403, code: 'setup_token' });
    expect(started.store.operators.hasAny()).toBe(false);
    expect((await client.setUp(started.token)).status).toBe(201);
  });

  test('after 15 minutes it works no more', async () => {
    started.clock.advance(15 * MINUTE_MS - 1);
    expect(started.sessions.setupToken.token).toBeDefined();
    started.clock.advance(1);
    expect(await client.setUp(started.token)).toMatchObject({ status: 403, code: 'setup_token' });
  });

  test('the next start makes another', () => {
    const next = new OperatorSetupToken(started.clock, systemRandom());
    expect(next.token?.reveal()).not.toBe(started.token);
    expect(next.token?.reveal()).toMatch(/^qtn_setup_[A-Za-z0-9_-]{43}$/);
  });

  test.each([
    ['eleven letters', 'abcdefghijk'],
    ['one letter', 'a'.repeat(20)],
    ['more than 1024 bytes', 'äbcd'.repeat(300)],
    ['what stands in documents', 'Correct Horse Battery Staple'],
    ['what stands in documents, too', 'your-password-here'],
  ])('a password of %s is refused, and the token stays', async (_what, password) => {
    const answer = await client.setUp(started.token, 'ada', password);
    expect(answer).toMatchObject({ status: 400, code: 'weak_password' });
    expect((await client.setUp(started.token)).status).toBe(201);
  });

  test.each(['', '..', 'a b', 'a/b', '-x', 'x'.repeat(65), 'ada\n'.repeat(2)])(
    'the name %j is refused',
    async (name) => {
      expect((await client.setUp(started.token, name)).status).toBe(400);
    },
  );
});

describe('a session', () => {
  beforeEach(async () => {
    client = await started.operator();
  });

  test('is a cookie that scripts, other hosts and other sites do not get', async () => {
    const answer = await new ConsoleClient(started.url).signIn();
    const [cookie = '', ...more] = answer.headers['set-cookie'] ?? [];
    expect(more).toEqual([]);
    expect(cookie).toMatch(/^__Host-quatrain_session=[A-Za-z0-9_-]{43}; /);
    expect(cookie.split('; ').slice(1).toSorted()).toEqual(
      ['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure'].toSorted(),
    );
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json).toMatchObject({ state: 'signed-in', operator: 'ada' });
  });

  test('has a token of its own, the same for as long as it lasts', async () => {
    const { csrf } = client;
    await client.ask('GET', '/admin/v1/session');
    expect(client.csrf).toBe(csrf);
    const other = await client.another();
    expect(other.csrf).not.toBe(csrf);
  });

  test('is another one after each sign-in: the one before is over', async () => {
    const before = client.cookie;
    await client.signIn();
    expect(client.cookie).not.toBe(before);
    expect(await stateOf(client)).toBe('signed-in');
    client.cookie = before;
    expect(await stateOf(client)).toBe('signed-out');
  });

  test('ends with the sign-out, and the cookie goes', async () => {
    const { cookie, csrf } = client;
    const answer = await client.ask('DELETE', '/admin/v1/session');
    expect([answer.status, answer.json['state']]).toEqual([200, 'signed-out']);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-quatrain_session=; .*Max-Age=0$/);
    client.cookie = cookie;
    client.csrf = csrf;
    expect(await client.ask('GET', '/admin/v1/keys')).toMatchObject({
      status: 401,
      code: 'session_ended',
    });
  });

  test('ends after 30 minutes in which nothing was done', async () => {
    started.clock.advance(30 * MINUTE_MS - 1);
    expect(await stateOf(client)).toBe('signed-in');
    await expect.poll(() => seenMs()).toBe(started.clock.wallMs());
    started.clock.advance(30 * MINUTE_MS);
    expect(await client.ask('GET', '/admin/v1/keys')).toMatchObject({
      status: 401,
      code: 'session_ended',
    });
  });

  test('is not kept by a page that asks by itself', async () => {
    const headers = { 'x-quatrain-poll': '1' };
    started.clock.advance(20 * MINUTE_MS);
    const { json } = await client.ask('GET', '/admin/v1/session', { headers });
    expect(Date.parse(textIn(json, 'expires_at'))).toBe(started.clock.wallMs() + 10 * MINUTE_MS);
    started.clock.advance(10 * MINUTE_MS);
    expect(await stateOf(client)).toBe('signed-out');
  });

  test('ends after 12 hours, whatever is done', async () => {
    for (let hour = 0; hour < 12; hour += 1) {
      for (let half = 0; half < 3; half += 1) {
        expect(await stateOf(client)).toBe('signed-in');
        await expect.poll(() => seenMs()).toBe(started.clock.wallMs());
        started.clock.advance(HOUR_MS / 3);
      }
    }
    expect(await stateOf(client)).toBe('signed-out');
  });

  test('lies in the database without its id', async () => {
    const id = client.cookie?.split('=')[1] ?? '';
    expect(id).toHaveLength(43);
    const [record] = started.store.sessions.ofOperator('ada');
    expect(record?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(record)).not.toContain(id);
  });

  test('an operator has sixteen of them at most: the oldest ends', async () => {
    for (let index = 0; index < 16; index += 1) {
      started.clock.advance(1000);
      await client.another();
    }
    expect(started.store.sessions.ofOperator('ada')).toHaveLength(16);
    expect(await stateOf(client)).toBe('signed-out');
  });

  test.each([
    ['two of them', (cookie: string) => `${cookie}; ${cookie}`],
    ['none of its form', () => '__Host-quatrain_session=short'],
    ['another name', (cookie: string) => cookie.replace('__Host-', '')],
    ['a long header', (cookie: string) => `${'x=y; '.repeat(2000)}${cookie}`],
  ])('%s is no session', async (_what, change) => {
    client.cookie = change(client.cookie ?? '');
    expect(await stateOf(client)).toBe('signed-out');
  });

  function seenMs(): number | undefined {
    return started.store.sessions.ofOperator('ada')[0]?.seenAtMs;
  }
});

describe('what wants a fresh sign-in', () => {
  beforeEach(async () => {
    client = await started.operator();
  });

  const adminKey = { name: 'root', kind: 'admin' };

  test('is refused ten minutes after the last one, until the password is said again', async () => {
    expect((await client.ask('POST', '/admin/v1/keys', { body: adminKey })).status).toBe(201);
    started.clock.advance(10 * MINUTE_MS);
    const stale = await client.ask('POST', '/admin/v1/keys', { body: adminKey });
    expect(stale).toMatchObject({ status: 403, code: 'confirm_needed' });
    const wrong = await client.ask('POST', '/admin/v1/session/confirm', {
      body: { password: 'not the password' },
    });
    expect(wrong).toMatchObject({ status: 401, code: 'wrong_password' });
    const right = { body: { password: PASSWORD } };
    expect((await client.ask('POST', '/admin/v1/session/confirm', right)).status).toBe(200);
    expect((await client.ask('POST', '/admin/v1/keys', { body: adminKey })).status).toBe(201);
  });

  test('is what gives power away, and nothing else', async () => {
    const made = await client.ask('POST', '/admin/v1/keys', { body: adminKey });
    const plain = await client.ask('POST', '/admin/v1/keys', { body: { name: 'plain' } });
    started.clock.advance(10 * MINUTE_MS);
    const rotating = (json: JsonObject): string => `/admin/v1/keys/${textIn(json, 'id')}/rotate`;
    const asked = [
      await client.ask('POST', rotating(made.json), { body: {} }),
      await client.ask('PATCH', `/admin/v1/keys/${textIn(made.json, 'id')}`, {
        body: { name: 'x' },
      }),
      await client.ask('POST', '/admin/v1/operators', { body: { name: 'b', password: PASSWORD } }),
      await client.ask('PUT', '/admin/v1/operators/ada/password', { body: { password: PASSWORD } }),
      await client.ask('DELETE', '/admin/v1/operators/ada'),
    ];
    expect(asked.map(({ code }) => code)).toEqual(asked.map(() => 'confirm_needed'));
    const free = [
      await client.ask('POST', rotating(plain.json), { body: {} }),
      await client.ask('POST', '/admin/v1/keys', { body: { name: 'another' } }),
    ];
    expect(free.map(({ status }) => status)).toEqual([200, 201]);
  });
});
