import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import { commandEntry, freePort, runCommand, temporaryDirectory } from '../support/cli.ts';

/** Commands whose output nobody reads any more, as behind `head`, and those that cannot be read themselves. */

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

/** Runs a command whose readers are gone before it says anything. */
function unheard(args: readonly string[]): { readonly child: ChildProcess; errors: () => string } {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [commandEntry, ...args], {
    cwd: directory.path,
    env: { PATH, HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return { child, errors: () => errors };
}

test.each([['keys list'], ['prices show --json'], ['--help']])(
  '%s ends without a word where nobody reads it',
  async (line) => {
    const { child, errors } = unheard(line.split(' '));
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, errors()]).toEqual([0, '']);
  },
);

test('a gateway goes on where nobody reads what it says', async () => {
  const port = String(await freePort());
  const { child } = unheard(['serve', '--port', port, '--admin-port', '0', '--dev-key', 'key']);
  child.stderr?.destroy();
  const statusNow = async (): Promise<number> => {
    const headers = { 'x-api-key': 'key', 'anthropic-version': '2023-06-01' };
    const answer = await fetch(`http://127.0.0.1:${port}/v1/models`, { headers }).catch(() => null);
    await answer?.arrayBuffer();
    return answer?.status ?? 0;
  };
  try {
    await expect.poll(statusNow, { timeout: 60_000 }).toBe(200);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
});

test.each<[string, RegExp]>([
  ['kesy list', /^unknown command 'kesy'; is it keys\?$/],
  ['frobnicate', /^unknown command 'frobnicate'; "quatrain --help"/],
  ['keys create --kind root', /--kind: one of inference, management, admin/],
  ['keys create --rpm many', /A whole number is wanted\.$/],
  ['keys create --rpm 12345678901', /It has more than 9 digits\.$/],
  ['accounts change acme', /--name, --plan or --status$/],
  ['accounts change acme --status odd', /^--status is one of open, closed$/],
  ['wallets top-up acme much --reason x', /^much is no amount/],
  ['prices show --plan none', /^no plan is called "none"; there are: standard, prepaid$/],
  ['usage count --from yesterday --to today', /^yesterday is no date/],
  ['operators add a/b', /^a\/b is no name/],
  ['chat Hi --key k --url nowhere', /^nowhere is no URL/],
  ['chat Hi --key k --form odd', /^--form is one of messages, chat$/],
])('%s is a usage_error for programs, and one sentence for people', async (line, words) => {
  const forPrograms = await runCommand(directory.path, [...line.split(' '), '--json']);
  expect([forPrograms.code, forPrograms.stdout]).toEqual([1, '']);
  const { error } = JSON.parse(forPrograms.stderr) as { error: { type: string; message: string } };
  expect(error).toEqual({ type: 'usage_error', message: expect.stringMatching(words) as string });
});

test.each<[string, RegExp]>([
  ['serve --config none.yaml', /none\.yaml cannot be read: there is no such file or directory$/m],
  ['serve --port 99999999', /command line: listen\.port: /],
  ['wallets transactions nobody', /The account "nobody" has no wallet\./],
  ['prices import .', /\. cannot be read: it is a directory$/m],
])('%s says what is wrong, in words', async (line, words) => {
  const { code, stdout, stderr } = await runCommand(directory.path, line.split(' '));
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(words)]);
});
