import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OperatorAnswer } from '../../src/admin/contract-session.ts';
import type { Finished } from '../support/cli.ts';
import { runCommand, startServe, temporaryDirectory } from '../support/cli.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { hasPseudoTerminal, PseudoTerminal } from '../support/pseudo-terminal.ts';

/** `quatrain operators`, on the store of a gateway that runs. */

const OPERATORS = '/admin/v1/operators';
const OWN = 'nine herons, at dusk';

const directory = temporaryDirectory();
let gateway: Awaited<ReturnType<typeof startServe>>;

beforeAll(async () => {
  gateway = await startServe(directory.path, ['--port', '0', '--admin-port', '0']);
});

afterAll(async () => {
  await gateway.kill();
  directory.remove();
});

const run = (args: readonly string[], input?: string): Promise<Finished> =>
  runCommand(directory.path, ['operators', ...args], {}, input);

async function json<Answer>(args: readonly string[], input?: string): Promise<Answer> {
  const { code, stdout, stderr } = await run([...args, '--json'], input);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Answer;
}

type WithPassword = OperatorAnswer & { readonly password: string };

/** A browser at the console of the gateway that runs. */
const browser = (): ConsoleClient => new ConsoleClient(gateway.metricsUrl ?? '');

const signIn = async (name: string, password: string): Promise<number> =>
  (await browser().signIn(name, password)).status;

test('the first one makes the set-up token useless, and signs in', async () => {
  const token = join(directory.path, '.quatrain', 'setup-token');
  expect(existsSync(token)).toBe(true);
  expect(await json(['list'])).toEqual([]);
  const ada = await json<WithPassword>(['add', 'Ada']);
  expect(ada).toMatchObject({ name: 'ada', created_by: 'command', last_sign_in_at: null });
  expect(ada.password).toMatch(/^[\w-]{24}$/);
  expect(existsSync(token)).toBe(false);
  expect((await browser().ask('GET', '/admin/v1/session')).json).toMatchObject({
    state: 'signed-out',
  });
  expect(await signIn('ada', ada.password)).toBe(200);
});

test('another password ends every session, of a gateway that runs too', async () => {
  const { password } = await json<WithPassword>(['reset-password', 'ada']);
  const ada = browser();
  await ada.signIn('ada', password);
  expect((await ada.ask('GET', OPERATORS)).status).toBe(200);
  const tried = await ada.ask('POST', '/console/try/v1/messages/count_tokens', {
    body: { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hi' }] },
    headers: { 'anthropic-version': '2023-06-01' },
  });
  expect(tried.status).toBe(200);
  expect(await playgroundKeys()).toEqual(['active']);
  const changed = await json<OperatorAnswer>(['reset-password', 'ada', '--password-stdin'], OWN);
  expect(changed).not.toHaveProperty('password');
  expect((await ada.ask('GET', OPERATORS)).status).toBe(401);
  expect(await signIn('ada', password)).toBe(401);
  expect(await signIn('ada', OWN)).toBe(200);
  // The gateway hears of the end when the session asks, and its key for the playground goes with it.
  await expect.poll(playgroundKeys, { timeout: 20_000 }).toEqual(['revoked']);
});

async function playgroundKeys(): Promise<readonly string[]> {
  const { stdout } = await runCommand(directory.path, ['keys', 'list', '--json']);
  const keys = JSON.parse(stdout) as readonly { readonly name: string; readonly status: string }[];
  return keys.filter(({ name }) => name.startsWith('playground')).map(({ status }) => status);
}

test('one who is removed is out; the last one stays', async () => {
  const eve = await json<WithPassword>(['add', 'eve']);
  const session = browser();
  await session.signIn('eve', eve.password);
  const listed = await json<readonly OperatorAnswer[]>(['list']);
  expect(listed.map(({ name }) => name)).toEqual(['ada', 'eve']);
  expect(listed[1]?.last_sign_in_at).not.toBeNull();
  const removed = await run(['remove', 'eve']);
  expect([removed.code, removed.stdout]).toEqual([0, expect.stringContaining('eve is removed')]);
  expect((await session.ask('GET', OPERATORS)).status).toBe(401);
  const last = await run(['remove', 'ada', '--json']);
  expect(last.code).toBe(1);
  expect(JSON.parse(last.stderr)).toMatchObject({ error: { code: 'last_operator' } });
  expect(await signIn('ada', OWN)).toBe(200);
});

test.each<[string, readonly string[], string | undefined, string]>([
  ['a name that there is', ['add', 'ada'], undefined, 'There is an operator of this name'],
  ['no name', ['add', 'a b'], undefined, 'a b is no name: letters, digits and'],
  ['nobody', ['reset-password', 'mallory'], undefined, 'There is no operator of this name'],
  ['nobody to remove', ['remove', 'mallory'], undefined, 'There is no operator of this name'],
  ['a short password', ['reset-password', 'ada', '--password-stdin'], 'short\n', 'at least 12'],
  ['no password', ['add', 'eve', '--password-stdin'], '\n', 'a password is wanted'],
  ['two lines', ['add', 'eve', '--password-stdin'], `${OWN}\n${OWN}\n`, 'one line'],
  ['a file', ['add', 'eve', '--password-stdin'], 'x'.repeat(5000), 'more than 4096 bytes'],
])('%s is a problem, and nothing is done', async (_name, args, input, words) => {
  const { code, stdout, stderr } = await run(args, input);
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(words)]);
  expect(await json(['list'])).toMatchObject([{ name: 'ada' }]);
});

test('the audit log has all of it, and no password', async () => {
  const client = browser();
  await client.signIn('ada', OWN);
  const { json: answer, text } = await client.ask('GET', '/admin/v1/audit-log?limit=100');
  const entries = answer['data'] as readonly Record<string, unknown>[];
  const byCommand = entries
    .filter(({ actor }) => actor === 'command')
    .map(({ action, subject }) => `${String(action)} ${String(subject)}`);
  expect(byCommand.toReversed()).toEqual([
    'operator.create ada',
    'operator.change_password ada',
    'operator.change_password ada',
    'operator.create eve',
    'operator.delete eve',
  ]);
  expect(text).not.toContain(OWN);
});

test.runIf(hasPseudoTerminal)('on a terminal a password is typed twice and not seen', async () => {
  const args = ['operators', 'reset-password', 'ada', '--password-stdin'];
  const typed = 'eleven foxes in snow';
  const answers = async (again: string): Promise<PseudoTerminal> => {
    const terminal = new PseudoTerminal(directory.path, args);
    const shows = async (text: RegExp): Promise<void> => {
      await expect.poll(() => terminal.text, { timeout: 20_000, interval: 50 }).toMatch(text);
    };
    try {
      await shows(/Password: $/);
      terminal.press(`${typed}\r`);
      await shows(/Again: $/);
      terminal.press(`${again}\r`);
      await expect.poll(() => terminal.code, { timeout: 20_000 }).not.toBeNull();
      return terminal;
    } finally {
      await terminal.kill();
    }
  };
  const wrong = await answers(`${typed}s`);
  expect([wrong.code, wrong.text]).toEqual([1, expect.stringContaining('not the same')]);
  const right = await answers(typed);
  expect([right.code, right.text]).toEqual([0, expect.stringContaining('ada signs in')]);
  expect(right.text).not.toContain(typed);
  expect(right.isRestored).toBe(true);
  expect(await signIn('ada', typed)).toBe(200);
});
