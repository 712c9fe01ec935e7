import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConsoleClient } from '../support/console-client.ts';
import { PASSWORD } from '../support/console-client.ts';
import type { StartedConsole } from '../support/start-console.ts';
import { startConsole } from '../support/start-console.ts';

/** Operators: who makes them, what ends their sessions, and that one always stays. */

const SECOND = 'eleven-herons-at-dusk';
const OPERATORS = '/admin/v1/operators';

let started: StartedConsole;
let ada: ConsoleClient;

beforeEach(async () => {
  started = await startConsole();
  ada = await started.operator();
});
afterEach(() => started.stop());

const make = (name: string, password = SECOND): ReturnType<ConsoleClient['ask']> =>
  ada.ask('POST', OPERATORS, { body: { name, password } });
const isIn = async (client: ConsoleClient): Promise<boolean> =>
  (await client.ask('GET', OPERATORS)).status === 200;

test('an operator makes another, who signs in', async () => {
  const made = await make('Eve');
  expect([made.status, made.json['name'], made.json['created_by']]).toEqual([
    201,
    'eve',
    'operator:ada',
  ]);
  expect(JSON.stringify(made.json)).not.toContain('argon2');
  const eve = await ada.another('eve', SECOND);
  expect(await isIn(eve)).toBe(true);
  const { json } = await eve.ask('GET', OPERATORS);
  expect(json['data']).toMatchObject([{ name: 'ada' }, { name: 'eve' }]);
  expect(JSON.stringify(json)).not.toContain('argon2');
});

test('of one name there is one, in whatever letters', async () => {
  expect(await make('ADA')).toMatchObject({ status: 409, code: 'operator_exists' });
  expect(await make('eve', 'short')).toMatchObject({ status: 400, code: 'weak_password' });
});

test('one who is removed is out at once, and does not come back', async () => {
  await make('eve');
  const eve = await ada.another('eve', SECOND);
  expect((await ada.ask('DELETE', `${OPERATORS}/eve`)).status).toBe(200);
  expect(await isIn(eve)).toBe(false);
  expect((await eve.signIn('eve', SECOND)).status).toBe(401);
  expect(await isIn(ada)).toBe(true);
});

test('the last one stays', async () => {
  expect(await ada.ask('DELETE', `${OPERATORS}/ada`)).toMatchObject({
    status: 409,
    code: 'last_operator',
  });
  expect(await ada.ask('DELETE', `${OPERATORS}/nobody`)).toMatchObject({
    status: 404,
    code: 'operator_not_found',
  });
  await make('eve');
  const eve = await ada.another('eve', SECOND);
  const both = await Promise.all([
    ada.ask('DELETE', `${OPERATORS}/eve`),
    eve.ask('DELETE', `${OPERATORS}/ada`),
  ]);
  expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(started.store.operators.list()).toHaveLength(1);
});

test('whoever changes their own password says the one before, and keeps this session alone', async () => {
  const elsewhere = await ada.another();
  const change = (body: object): ReturnType<ConsoleClient['ask']> =>
    ada.ask('PUT', `${OPERATORS}/ada/password`, { body });
  expect(await change({ password: SECOND })).toMatchObject({ code: 'wrong_password' });
  const wrong = { password: SECOND, current_password: SECOND };
  const no = await change(wrong);
  expect(no).toMatchObject({ status: 401, code: 'wrong_password' });
  expect(no.json).toMatchObject({ error: { param: 'current_password' } });
  const right = { password: SECOND, current_password: PASSWORD };
  expect((await change(right)).status).toBe(200);
  expect([await isIn(ada), await isIn(elsewhere)]).toEqual([true, false]);
  expect((await elsewhere.signIn('ada', PASSWORD)).status).toBe(401);
  expect((await elsewhere.signIn('ada', SECOND)).status).toBe(200);
});

test('whose password another operator changes is out everywhere', async () => {
  await make('eve');
  const eve = await ada.another('eve', SECOND);
  const body = { password: 'nine-doors-and-no-key' };
  expect((await ada.ask('PUT', `${OPERATORS}/eve/password`, { body })).status).toBe(200);
  expect(await isIn(eve)).toBe(false);
  expect((await eve.signIn('eve', 'nine-doors-and-no-key')).status).toBe(200);
});

test('all of it is in the audit log, with who did it', async () => {
  await make('eve');
  await ada.another('eve', 'a wrong password');
  await ada.another('a password by mistake', 'a wrong password');
  await ada.another('eve', SECOND);
  const body = { password: 'nine-doors-and-no-key' };
  await ada.ask('PUT', `${OPERATORS}/eve/password`, { body });
  await ada.ask('POST', '/admin/v1/session/confirm', { body: { password: PASSWORD } });
  await ada.ask('DELETE', `${OPERATORS}/eve`);
  await ada.ask('DELETE', '/admin/v1/session');
  const { records } = await started.store.auditLog.list({ limit: 100 });
  expect(
    records.toReversed().map(({ actor, action, subject }) => `${actor} ${action} ${subject}`),
  ).toEqual([
    'visitor console.set_up ada',
    'operator:ada operator.sign_in ada',
    'operator:ada operator.create eve',
    'visitor operator.sign_in_failed eve',
    'visitor operator.sign_in_failed unknown',
    'operator:eve operator.sign_in eve',
    'operator:ada operator.change_password eve',
    'operator:ada operator.confirm ada',
    'operator:ada operator.delete eve',
    'operator:ada operator.sign_out ada',
  ]);
  expect(records.every(({ address }) => address === '127.0.0.1')).toBe(true);
});
