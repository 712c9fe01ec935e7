import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConsoleClient } from '../support/console-client.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { makeDataDir } from '../support/make-data-dir.ts';
import { startTestGatewayIn } from '../support/start-test-gateway.ts';

/** What a restart of the gateway does to the token, to sessions and to where it may listen. */

const tokenOf = ({ gateway }: TestGateway): string | undefined =>
  gateway.parts.setupToken?.()?.reveal();

test('a restart makes another token while there is no operator, and none once there is one', async () => {
  const dataDir = makeDataDir();
  const path = join(dataDir, 'setup-token');
  const first = await startTestGatewayIn(dataDir);
  const before = tokenOf(first) ?? '';
  await first.gateway.stop();
  const second = await startTestGatewayIn(dataDir);
  const token = tokenOf(second) ?? '';
  expect(token).not.toBe(before);
  expect(readFileSync(path, 'utf8').trim()).toBe(token);
  const client = new ConsoleClient(second.adminUrl);
  expect(await client.setUp(before)).toMatchObject({ status: 403, code: 'setup_token' });
  expect((await client.setUp(token)).status).toBe(201);
  expect(tokenOf(second)).toBeUndefined();
  await second.gateway.stop();
  const third = await startTestGatewayIn(dataDir);
  expect(tokenOf(third)).toBeUndefined();
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  await third.stop();
});

test('a session outlives a restart, and its playground gets another key', async () => {
  const dataDir = makeDataDir();
  const body = {
    model: 'claude-sonnet-4-6',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'Hi' }],
  };
  const attempt = (client: ConsoleClient): ReturnType<ConsoleClient['ask']> =>
    client.ask('POST', '/console/try/v1/messages', {
      body,
      headers: { 'anthropic-version': '2023-06-01' },
    });
  const first = await startTestGatewayIn(dataDir);
  const client = new ConsoleClient(first.adminUrl);
  await client.setUp(tokenOf(first) ?? '');
  expect((await attempt(client)).status).toBe(200);
  await first.gateway.stop();
  const second = await startTestGatewayIn(dataDir);
  const same = new ConsoleClient(second.adminUrl);
  same.cookie = client.cookie;
  expect((await same.ask('GET', '/admin/v1/session')).json).toMatchObject({ operator: 'ada' });
  expect(same.csrf).toBe(client.csrf);
  expect((await attempt(same)).status).toBe(200);
  const { json } = await same.ask('GET', '/admin/v1/keys?account=development');
  expect(json['data']).toHaveLength(2);
  await second.stop();
});
