import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConsoleClient } from '../support/console-client.ts';
import { sendRaw } from '../support/post.ts';
import type { StartedConsole } from '../support/start-console.ts';
import { startConsole } from '../support/start-console.ts';

/**
 * What holds of the console where nobody configured anything; reliability §3.10, numbers 2, 5 and 25 to
 * 27. Each test has its number.
 */

let started: StartedConsole;
let client: ConsoleClient;

beforeAll(async () => {
  started = await startConsole();
  client = new ConsoleClient(started.url);
});
afterAll(() => started.stop());

test('secure default 2: nobody can sign in before somebody set it up', async () => {
  const tried = ['admin', 'root', 'operator', 'quatrain'].flatMap((name) =>
    [name, 'admin', 'password', ''].map((password) => client.signIn(name, password)),
  );
  const statuses = (await Promise.all(tried)).map(({ status }) => status);
  expect(statuses.filter((status) => status < 400)).toEqual([]);
  expect(started.store.operators.list()).toEqual([]);
  expect((await client.setUp(started.token)).status).toBe(201);
});

test('secure default 5: the cookie goes over TLS alone beyond loopback, and the log says so', async () => {
  const answer = await client.signIn();
  expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-.*; Secure/);
  expect(started.logLines.join('')).not.toContain('console_needs_tls');
  const beyond = await startConsole({ yaml: 'admin: { host: 0.0.0.0 }\n' });
  await beyond.stop();
  expect(beyond.logLines.join('')).toContain('console_needs_tls');
});

test('secure default 25: pages run our own files and stand in no other page', async () => {
  const { headers } = await sendRaw(`${started.url}/console/`);
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});

test('secure default 26: a session is over after half an hour', async () => {
  await client.signIn();
  started.clock.advance(30 * 60_000);
  expect((await client.ask('GET', '/admin/v1/operators')).status).toBe(401);
});

test('secure default 27: guesses have to wait', async () => {
  const statuses: number[] = [];
  for (let index = 0; index < 6; index += 1) {
    statuses.push((await client.signIn('ada', 'a wrong password')).status);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});
