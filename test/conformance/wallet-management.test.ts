import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdminAnswer, AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { keyRecord } from '../support/key-record.ts';
import { sendRaw } from '../support/post.ts';

/** What management keys might get out of the self-service that is not theirs, and the admin listener. */

let gateway: AdministeredGateway;

beforeAll(async () => {
  gateway = await startAdministeredGateway();
});
afterAll(async () => {
  await gateway.stop();
});

async function managementKey(account: string, more: object = {}): Promise<string> {
  const body = { name: 'manager', kind: 'management', account, ...more };
  return textIn(await gateway.order('/admin/v1/keys', body), 'key');
}

async function openAccount(id: string): Promise<string> {
  await gateway.order('/admin/v1/accounts', { id, name: id });
  return id;
}

function makeKey(key: string, idempotencyKey: string): Promise<AdminAnswer> {
  const headers = { 'idempotency-key': idempotencyKey };
  return gateway.ask('POST', '/v1/keys', { key, body: { name: 'app' }, headers });
}

describe('a key that is made with an idempotency key', () => {
  test('is shown again to the key that made it, and to no other one of the account', async () => {
    const account = await openAccount('shown-once');
    const maker = await managementKey(account);
    const narrow = await managementKey(account, { scopes: ['keys:read', 'keys:write', 'chat'] });
    const made = await makeKey(maker, 'the-same');
    expect(made.status).toBe(201);
    expect((await makeKey(maker, 'the-same')).json).toEqual(made.json);
    const other = await makeKey(narrow, 'the-same');
    expect(other.status).toBe(422);
    expect(other.text).not.toContain(textIn(made.json, 'key'));
  });

  test('is another one in another account', async () => {
    const [one, other] = await Promise.all(['first-of-two', 'second-of-two'].map(openAccount));
    const first = await makeKey(await managementKey(String(one)), 'theirs');
    const second = await makeKey(await managementKey(String(other)), 'theirs');
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.json['account']).toBe(other);
    expect(second.json['key']).not.toBe(first.json['key']);
  });
});

test('an account makes a thousand keys and no more, until some are revoked', async () => {
  const account = await openAccount('many-keys');
  const key = await managementKey(account);
  const ids = Array.from({ length: 999 }, (_, index) => `many${String(index).padStart(6, '0')}`);
  await gateway.withStore(async ({ keys }) => {
    const records = ids.map((id) => keyRecord(id, { accountId: account }));
    await Promise.all(records.map((record) => keys.insert(record)));
  });
  const full = await makeKey(key, 'one-too-many');
  expect([full.status, full.json]).toMatchObject([409, { error: { code: 'too_many_keys' } }]);
  const [oldest = ''] = ids;
  expect((await gateway.ask('POST', `/v1/keys/${oldest}/revoke`, { key })).status).toBe(200);
  expect((await makeKey(key, 'one-more')).status).toBe(201);
});

describe('metrics on loopback, which ask for no key', () => {
  test.each<[string, number]>([
    ['127.0.0.1', 200],
    ['127.0.0.1:9090', 200],
    ['localhost:80', 200],
    ['[::1]:9090', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example:9090', 403],
    ['localhost.evil.example', 403],
  ])('by the name %s: %i', async (host, status) => {
    const answer = await sendRaw(`${gateway.adminUrl}/metrics`, { headers: { host } });
    expect(answer.status).toBe(status);
  });
});
