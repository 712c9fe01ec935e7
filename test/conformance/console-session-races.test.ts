import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../src/std/secret.ts';
import type { ConsoleClient } from '../support/console-client.ts';
import { PASSWORD } from '../support/console-client.ts';
import type { StartedConsole } from '../support/start-console.ts';
import { startConsole } from '../support/start-console.ts';

/** What happens while a password is being checked, and when the clock of the machine is set. */

const SECOND = 'eleven-herons-at-dusk';
const OPERATORS = '/admin/v1/operators';

let started: StartedConsole;
let ada: ConsoleClient;

beforeEach(async () => {
  started = await startConsole();
  ada = await started.operator();
});
afterEach(() => started.stop());

const isIn = async (client: ConsoleClient): Promise<boolean> =>
  (await client.ask('GET', OPERATORS)).status === 200;

/** Has whoever checks a password wait until `work` is done. */
function whileChecking(work: () => Promise<unknown>): void {
  const { digests } = started.sessions;
  const matches = digests.matches.bind(digests);
  digests.matches = async (password, digest) => {
    digests.matches = matches;
    const isRight = await matches(password, digest);
    await work();
    return isRight;
  };
}

test.each([
  [
    'is changed',
    async () => {
      const { operators, digests } = started.sessions;
      const passwordDigest = (await digests.make(new Secret(SECOND))) ?? '';
      await operators.setPassword('eve', { passwordDigest, atMs: started.clock.wallMs() });
    },
  ],
  ['goes with its operator', () => started.sessions.operators.remove('eve')],
])('a password that %s while it is checked lets nobody in', async (_what, work) => {
  await ada.ask('POST', OPERATORS, { body: { name: 'eve', password: PASSWORD } });
  whileChecking(work);
  const eve = await ada.another('eve', PASSWORD);
  expect(eve.cookie).toBeUndefined();
  expect(started.store.sessions.ofOperator('eve')).toEqual([]);
});

test('who is removed while a digest is made makes no operator', async () => {
  await ada.ask('POST', OPERATORS, { body: { name: 'eve', password: SECOND } });
  const eve = await ada.another('eve', SECOND);
  const { digests, book, operators } = started.sessions;
  const make = digests.make.bind(digests);
  digests.make = async (password) => {
    await book.endedBy('eve', () => operators.remove('eve'));
    return make(password);
  };
  const made = await eve.ask('POST', OPERATORS, { body: { name: 'mallory', password: PASSWORD } });
  expect(made).toMatchObject({ status: 401, code: 'session_ended' });
  expect(operators.list().map(({ name }) => name)).toEqual(['ada']);
});

test('who is signed out while the password is said again is not signed in', async () => {
  const [session] = started.store.sessions.ofOperator('ada');
  whileChecking(() => started.store.sessions.remove(session?.digest ?? ''));
  const said = await ada.ask('POST', '/admin/v1/session/confirm', { body: { password: PASSWORD } });
  expect(said).toMatchObject({ status: 401, code: 'session_ended' });
});

test('a clock that is set back does not make sessions last longer', async () => {
  const { clock } = started;
  const nowMs = clock.wallMs();
  clock.wallMs = () => nowMs - 30_000;
  expect(await isIn(ada)).toBe(true);
  clock.wallMs = () => nowMs - 86_400_000;
  expect(await isIn(ada)).toBe(false);
  await expect.poll(() => started.store.sessions.ofOperator('ada')).toEqual([]);
});
