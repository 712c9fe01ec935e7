import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConsoleClient, PASSWORD } from '../support/console-client.ts';
import type { StartedConsole } from '../support/start-console.ts';
import { startConsole } from '../support/start-console.ts';

/** How often a password or the token may be tried, with a clock that the test moves. */

let started: StartedConsole;
let client: ConsoleClient;

beforeEach(async () => {
  started = await startConsole();
  client = new ConsoleClient(started.url);
});
afterEach(() => started.stop());

const outcome = async (asked: ReturnType<ConsoleClient['signIn']>): Promise<unknown> => {
  const { status, code, headers } = await asked;
  return [status, code, headers['retry-after']];
};
const wrong = [401, 'wrong_password', undefined];
const tooMany = (seconds: number): unknown => [429, 'too_many_sign_ins', String(seconds)];

async function guess(times: number, name: (index: number) => string): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    expect(await outcome(client.signIn(name(index), 'a wrong password'))).toEqual(wrong);
  }
}

test('a name waits from its fifth guess on, each time twice as long', async () => {
  await started.operator();
  await guess(5, () => 'ada');
  for (const seconds of [1, 2, 4, 8]) {
    expect(await outcome(client.signIn('ada', 'a wrong password'))).toEqual(tooMany(seconds));
    // The right one waits as well: whoever guesses is not told that it was right.
    expect(await outcome(client.signIn('ada', PASSWORD))).toEqual(tooMany(seconds));
    started.clock.advance(seconds * 1000);
    expect(await outcome(client.signIn('ada', 'a wrong password'))).toEqual(wrong);
  }
  started.clock.advance(16_000);
  expect((await client.signIn()).status).toBe(200);
  await guess(4, () => 'ada');
  expect((await client.signIn()).status).toBe(200);
});

test('the wait is five minutes at most, and forgotten after an hour', async () => {
  await started.operator();
  await guess(5, () => 'ada');
  for (let round = 0; round < 10; round += 1) {
    started.clock.advance(300_000);
    await guess(1, () => 'ada');
  }
  expect(await outcome(client.signIn())).toEqual(tooMany(300));
  started.clock.advance(3_600_001);
  await guess(4, () => 'ada');
});

test('a name that nobody has is answered and held up like any other', async () => {
  await started.operator();
  await guess(5, () => 'nobody');
  expect(await outcome(client.signIn('nobody', PASSWORD))).toEqual(tooMany(1));
  expect((await client.signIn()).status).toBe(200);
});

test('an address waits from its twentieth guess on, whatever the names', async () => {
  await started.operator();
  await guess(20, (index) => `name-${String(index)}`);
  expect(await outcome(client.signIn('name-20', PASSWORD))).toEqual(tooMany(1));
  expect(await outcome(client.signIn())).toEqual(tooMany(1));
  started.clock.advance(1000);
  expect((await client.signIn()).status).toBe(200);
});

test('guesses at once are as many as guesses in turn', async () => {
  await started.operator();
  const all = await Promise.all(
    Array.from({ length: 12 }, () => client.signIn('ada', 'a wrong password')),
  );
  const tried = all.filter(({ status }) => status === 401);
  expect(tried).toHaveLength(5);
  expect(all.filter(({ status }) => status === 429)).toHaveLength(7);
});

test('the set-up token is guessed no more often', async () => {
  for (let index = 0; index < 5; index += 1) {
    expect((await client.setUp(`guess ${String(index)}`)).status).toBe(403);
  }
  expect(await outcome(client.setUp(started.token))).toEqual(tooMany(1));
  started.clock.advance(1000);
  expect((await client.setUp(started.token)).status).toBe(201);
});

test('the password that is said again is guessed no more often either', async () => {
  const operator = await started.operator();
  const confirm = (): ReturnType<ConsoleClient['ask']> =>
    operator.ask('POST', '/admin/v1/session/confirm', { body: { password: 'a wrong password' } });
  for (let index = 0; index < 5; index += 1) expect((await confirm()).status).toBe(401);
  expect(await outcome(confirm())).toEqual(tooMany(1));
});
