import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { RunningCommand } from '../support/cli.ts';
import { startServe, temporaryDirectory } from '../support/cli.ts';

/** A scenario file that is worked on while the gateway runs. */

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0).toReversed()) await stop();
});

interface Served extends RunningCommand {
  readonly url: string;
  readonly file: string;
  readonly write: (name: string, text: string) => void;
}

async function serve(scenarios: string): Promise<Served> {
  const { path: directory, remove } = temporaryDirectory();
  cleanUp.push(remove);
  const write = (name: string, text: string): void => {
    writeFileSync(join(directory, name), text);
  };
  write('scenarios.yaml', scenarios);
  write('quatrain.yaml', 'emulator: { scenarios_file: scenarios.yaml }\n');
  const flags = ['--port', '0', '--admin-port', '0', '--dev-key', 'key'];
  const started = await startServe(directory, flags);
  cleanUp.push(() => started.kill());
  return Object.assign(started, { write, file: join(directory, 'scenarios.yaml') });
}

async function answerOf({ url }: { readonly url: string }): Promise<string> {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: {
      'x-api-key': 'key',
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      model: 'claude-sonnet-4-6',
      max_tokens: 60,
      messages: [{ role: 'user', content: 'Hi' }],
    }),
  });
  const { content } = (await response.json()) as { content?: readonly { text: string }[] };
  return content?.[0]?.text ?? `status ${String(response.status)}`;
}

const saying = (text: string): string =>
  `scenarios:\n  - { name: one, respond: { content: ${text} } }\n`;

/** Writes until it is seen: a change before the first look at the file would not count as one. */
async function change(gateway: Served, name: string, text: string, seen: string): Promise<void> {
  let writes = 0;
  const rewrite = (): Promise<string> => {
    writes += 1;
    gateway.write(name, `${text}# ${String(writes)}\n`);
    return answerOf(gateway);
  };
  await expect.poll(rewrite, { interval: 300, timeout: 10_000 }).toBe(seen);
}

describe('a scenario file', () => {
  test('that changes is taken over without a restart', async () => {
    const gateway = await serve(saying('before'));
    expect(await answerOf(gateway)).toBe('before');
    await change(gateway, 'scenarios.yaml', saying('after'), 'after');
  });

  test('that breaks or vanishes changes nothing, and is reported with its line', async () => {
    const gateway = await serve(saying('kept'));
    const reasons = (): string =>
      gateway.events
        .filter(({ event }) => event === 'config_rejected')
        .map(({ reason }) => String(reason))
        .join('\n');
    await change(gateway, 'scenarios.yaml', saying('kept on'), 'kept on');
    gateway.write('scenarios.yaml', 'scenarios:\n  - { name: one, reply: none }\n');
    await expect.poll(reasons, { timeout: 5000 }).toContain('scenarios.yaml:2: scenarios.0.reply');
    rmSync(gateway.file);
    await expect.poll(reasons, { timeout: 5000 }).toContain('scenarios.yaml cannot be read');
    expect(await answerOf(gateway)).toBe('kept on');
  });

  test('another one that the configuration names is followed', async () => {
    const gateway = await serve(saying('first'));
    expect(await answerOf(gateway)).toBe('first');
    gateway.write('other.yaml', saying('second'));
    const naming = 'emulator: { scenarios_file: other.yaml }\n';
    await change(gateway, 'quatrain.yaml', naming, 'second');
    await change(gateway, 'other.yaml', saying('third'), 'third');
  });
});
