import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finished } from '../support/cli.ts';
import { commandEntry, runCommand, temporaryDirectory } from '../support/cli.ts';
import { hasPseudoTerminal, PseudoTerminal } from '../support/pseudo-terminal.ts';
import { pdfOf, pngOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** `quatrain chat`, run as a user runs it, against a gateway with the emulator. */

const directory = temporaryDirectory();
const slowScenario = `scenarios:
  - name: slow
    match: { last_user_text: slowly }
    respond: { content: ${'word '.repeat(400).trim()} }
    pace: { tokens_per_second: 20 }
`;
let gateway: TestGateway;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  const yaml = 'emulator: { scenarios_file: slow.yaml }';
  gateway = await startTestGateway(yaml, {}, { 'slow.yaml': slowScenario });
  env = { QUATRAIN_URL: gateway.url, QUATRAIN_API_KEY: gateway.key };
});

afterAll(async () => {
  await gateway.stop();
  directory.remove();
});

/** Runs it with something piped in. */
async function piped(input: string, ...args: readonly string[]): Promise<Finished> {
  const { PATH = '', HOME = '' } = process.env;
  const command = spawn(process.execPath, [commandEntry, 'chat', ...args], {
    cwd: directory.path,
    env: { PATH, HOME, ...env },
  });
  const said = { stdout: '', stderr: '' };
  command.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  command.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  command.stdin.end(input);
  const [code] = (await once(command, 'close')) as [number | null];
  return { code, ...said };
}

interface Answer {
  readonly text: string;
  readonly thinking: string | null;
  readonly usage: Readonly<Record<string, number>>;
  readonly cost_nano: string;
  readonly [field: string]: unknown;
}

async function answers(input: string, ...args: readonly string[]): Promise<readonly Answer[]> {
  const { code, stdout } = await piped(input, ...args, '--json');
  expect(code).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

/** A model that thinks whenever it may. */
const thinking = ['--thinking', '--model', 'claude-haiku-4-5', '--system', 'Be kind.'];

describe('a question', () => {
  test('has the answer alone on one stream, and what it took on the other', async () => {
    const { code, stdout, stderr } = await runCommand(directory.path, ['chat', 'Hi'], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/emulat[^(]*\n$/i);
    expect(stderr).toMatch(
      /^\(end_turn, \d+ tokens in, \d+ out, \$0\.\d+, first after [\d.]+ m?s, [\d.]+ m?s\)\n$/,
    );
  });

  test('may be piped in, beside what is asked of it', async () => {
    const [both] = await answers('the text of a file', 'Sum it up');
    const [alone] = await answers('what is piped alone');
    expect(both?.text).toContain('the text of a file');
    expect(both?.text).toContain('Sum it up');
    expect(alone?.text).toContain('what is piped alone');
  });

  test.each(['messages', 'chat'])('in the form %s tells usage, cost and ids', async (form) => {
    const [answer] = await answers('', 'Hi', '--form', form, ...thinking);
    expect(answer).toMatchObject({
      type: 'answer',
      id: expect.stringMatching(/^\w/) as string,
      request_id: expect.stringMatching(/^req_/) as string,
      thinking: expect.stringMatching(/./) as string,
      stop_reason: expect.stringMatching(/^(?:end_turn|stop)$/) as string,
      cost_nano: expect.stringMatching(/^\d+$/) as string,
      is_interrupted: false,
    });
    expect(Object.keys(answer?.usage ?? {})).toContain(
      form === 'chat' ? 'completion_tokens' : 'output_tokens',
    );
  });

  test.each(['messages', 'chat'])('in the form %s takes files along', async (form) => {
    const files = {
      'a.png': Buffer.from(pngOf(200, 200), 'base64'),
      'b.pdf': Buffer.from(pdfOf(1), 'base64'),
      'c.txt': 'plain words',
    };
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(directory.path, name), content);
    }
    const named = Object.keys(files).flatMap((name) => ['--file', name]);
    const [withFiles] = await answers('', 'Look', '--form', form, ...named);
    const [without] = await answers('', 'Look', '--form', form);
    const input = (answer: Answer | undefined): number =>
      answer?.usage['input_tokens'] ?? answer?.usage['prompt_tokens'] ?? 0;
    expect(input(withFiles)).toBeGreaterThan(input(without) + 20);
  });

  test.each<[string, readonly string[], string]>([
    ['no such form', ['Hi', '--form', 'odd'], '--form is one of messages, chat'],
    ['no such file', ['Hi', '--file', 'none.txt'], 'none.txt cannot be read'],
    ['no such model', ['Hi', '--model', 'nope'], 'not_found_error: model: nope'],
    ['a wrong key', ['Hi', '--key', 'nope'], 'authentication_error: invalid x-api-key'],
    ['nothing asked', [], 'give a question'],
  ])('with %s is a problem, for programs too', async (_name, args, words) => {
    const { code, stdout, stderr } = await piped('', ...args, '--json');
    expect([code, stdout]).toEqual([1, '']);
    const { error } = JSON.parse(stderr) as { error: { type: string; message: string } };
    expect(`${error.type}: ${error.message}`).toContain(words);
  });
});

describe('a conversation', () => {
  test('goes on, and obeys its commands', async () => {
    const lines = [
      'One',
      'Two',
      '/model claude-haiku-4-5',
      'Three',
      '/clear',
      'Four',
      '/exit',
      'Five',
    ];
    const said = await answers(lines.join('\n'), '--lines');
    expect(said).toHaveLength(4);
    expect(said.map(({ model }) => model)).toEqual([
      'claude-sonnet-4-6',
      'claude-sonnet-4-6',
      expect.stringContaining('haiku'),
      expect.stringContaining('haiku'),
    ]);
    const [one, two, three, four] = said.map(({ usage }) => usage['input_tokens'] ?? 0);
    expect(two).toBeGreaterThan(one ?? 0);
    expect(three).toBeGreaterThan(two ?? 0);
    expect(four).toBeLessThan(three ?? 0);
  });

  test('is saved, and never over another file', async () => {
    const { stderr } = await piped(
      'Hi\n/save talk.md\n/save talk.md\n/save talk.json\n',
      '--lines',
    );
    expect(stderr).toMatch(
      /2 turns are in talk\.md[\s\S]*talk\.md cannot be written: there is a file of this name/,
    );
    const read = (name: string): string => readFileSync(join(directory.path, name), 'utf8');
    expect(read('talk.md')).toMatch(/^## You\n\nHi\n\n## claude-sonnet-4-6\n\n.*emulat/is);
    expect(JSON.parse(read('talk.json'))).toMatchObject({
      model: 'claude-sonnet-4-6',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'text' }] },
      ],
    });
  });

  test('says which commands there are', async () => {
    const { code, stderr } = await piped('/help\n/nope\n', '--lines');
    expect(code).toBe(1);
    for (const name of ['model', 'system', 'clear', 'save', 'file', 'thinking', 'exit']) {
      expect(stderr).toContain(`/${name}`);
    }
    expect(stderr).toContain('there is no command /nope');
  });
});

describe.runIf(hasPseudoTerminal)('on a terminal', () => {
  test('lines are asked one by one; Ctrl-C stops an answer and keeps the session', async () => {
    const terminal = new PseudoTerminal(directory.path, ['chat'], env);
    const shows = async (text: RegExp): Promise<void> => {
      await expect.poll(() => terminal.text, { timeout: 20_000, interval: 50 }).toMatch(text);
    };
    try {
      await shows(/› $/);
      terminal.press('slowly\r');
      await shows(/word word/);
      terminal.press('\u{3}');
      await shows(/\(stopped, .*\)\r+\n› $/);
      terminal.press('And now\\\r');
      await shows(/… $/);
      terminal.press('this\r');
      await shows(/And now this[\s\S]*\(end_turn, .*\)\r+\n› $/);
      expect(terminal.raw).toContain('\u{1B}[2m');
      terminal.press('/exit\r');
      await shows(/^code 0\r$/m);
      expect(await terminal.ended).toBe(0);
      expect(terminal.isRestored).toBe(true);
    } finally {
      await terminal.kill();
    }
  });
});
