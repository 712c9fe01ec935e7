import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveAnswer } from '../../src/admin/contract-exchanges.ts';
import {
  freePort,
  RunningCommand,
  runCommand,
  startServe,
  temporaryDirectory,
} from '../support/cli.ts';
import { hasPseudoTerminal, PseudoTerminal } from '../support/pseudo-terminal.ts';

/** `quatrain top` beside a gateway that answers. */

const directory = temporaryDirectory();
let gateway: Awaited<ReturnType<typeof startServe>>;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  gateway = await startServe(directory.path, ['--port', '0', '--admin-port', '0']);
  const made = await runCommand(directory.path, ['keys', 'create', '--admin', '--json']);
  const { key } = JSON.parse(made.stdout) as { key: string };
  env = { QUATRAIN_ADMIN_URL: gateway.metricsUrl ?? '', QUATRAIN_ADMIN_KEY: key };
  for (const text of ['One', 'Two']) {
    const answer = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': gateway.key ?? '', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({
        model: 'claude-sonnet-4-6',
        max_tokens: 64,
        messages: [{ role: 'user', content: text }],
      }),
    });
    // Whether both were answered is what the first look tells.
    await answer.text();
  }
});

afterAll(async () => {
  await gateway.kill();
  directory.remove();
});

test('without a terminal it is one look, without escapes', async () => {
  const { code, stdout, stderr } = await runCommand(directory.path, ['top'], env);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^5 min: 2 requests {3}failed 0 .* spent \$0\.00\d+ {3}in \d+, out \d+$/m);
  expect(stdout).toMatch(/^claude-sonnet-4-6 +2 +· /m);
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d +200 {2}claude-sonnet-4-6 /m);
  expect(stdout).not.toContain('\u{1B}');
});

test('--json --once is one object, as the admin API has it', async () => {
  const { code, stdout } = await runCommand(directory.path, ['top', '--json', '--once'], env);
  const live = JSON.parse(stdout) as LiveAnswer;
  expect(code).toBe(0);
  expect(live.recent).toHaveLength(2);
  expect(live.models).toMatchObject([{ name: 'claude-sonnet-4-6', requests: 2 }]);
});

test('--json goes on, an object a line, until it is told to end', async () => {
  const command = new RunningCommand(directory.path, ['top', '--json'], env);
  await expect
    .poll(() => command.stdout.split('\n').length, { timeout: 20_000 })
    .toBeGreaterThan(2);
  command.signal('SIGTERM');
  const { code, stdout } = await command.ended;
  expect(code).toBe(0);
  const looks = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LiveAnswer);
  expect(new Set(looks.map(({ at }) => at)).size).toBe(looks.length);
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['no key', { QUATRAIN_ADMIN_KEY: '' }, /--admin-key or QUATRAIN_ADMIN_KEY/],
  ['a wrong key', { QUATRAIN_ADMIN_KEY: 'nope' }, /authentication_error/],
  ['no gateway', { QUATRAIN_ADMIN_URL: 'http://127.0.0.1:9' }, /nothing answers at/],
])('with %s it says so', async (_name, change, words) => {
  const { code, stdout, stderr } = await runCommand(directory.path, ['top', '--json'], {
    ...env,
    ...change,
  });
  expect([code, stdout]).toEqual([1, '']);
  const { error } = JSON.parse(stderr) as { error: { type: string; message: string } };
  expect(`${error.type}: ${error.message}`).toMatch(words);
});

test('the admin listener is where the configuration has it', async () => {
  const port = await freePort();
  writeFileSync(join(directory.path, 'away.yaml'), `admin: { port: ${String(port)} }`);
  const { stderr } = await runCommand(directory.path, ['top', '--config', 'away.yaml'], {
    ...env,
    QUATRAIN_ADMIN_URL: '',
  });
  expect(stderr).toBe(
    `quatrain: nothing answers at http://127.0.0.1:${String(port)}; start the gateway with "npm start"\n`,
  );
});

describe.runIf(hasPseudoTerminal)('on a terminal', () => {
  test.each<[string, string]>([
    ['q', 'q'],
    ['Ctrl-C', '\u{3}'],
  ])('it is drawn over in place, and %s leaves everything as it was', async (_name, key) => {
    const terminal = new PseudoTerminal(directory.path, ['top'], env);
    try {
      const draws = (): number => terminal.raw.split('\u{1B}[H').length - 1;
      await expect.poll(draws, { timeout: 20_000 }).toBeGreaterThan(1);
      expect(terminal.raw).toContain('\u{1B}[?1049h\u{1B}[?25l');
      expect(terminal.raw).not.toContain('\u{1B}[2J');
      terminal.press(key);
      await expect.poll(() => terminal.code, { timeout: 20_000 }).toBe(0);
      await terminal.ended;
      expect(terminal.raw).toContain('\u{1B}[?25h\u{1B}[?1049l');
      expect(terminal.isRestored).toBe(true);
      // 30 rows: what is drawn at once has no more lines than that.
      const [, drawn = ''] = terminal.raw.split('\u{1B}[H');
      expect(drawn.split('\n').length).toBeLessThanOrEqual(30);
    } finally {
      await terminal.kill();
    }
  });
});
