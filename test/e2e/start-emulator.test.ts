import { execFile } from 'node:child_process';
import { join } from 'node:path';
import Anthropic, { AuthenticationError, RateLimitError, toFile } from '@anthropic-ai/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import type { EmulatorSettings, StartedEmulator } from '../../src/start-emulator.ts';
import { startEmulator } from '../../src/start-emulator.ts';
import { projectRoot } from '../support/source-files.ts';

/** The package entry `quatrain/emulator`, as a test suite of somebody else uses it. */

const running: StartedEmulator[] = [];
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.stop();
});

async function start(
  settings: EmulatorSettings = {},
): Promise<{ readonly emulator: StartedEmulator; readonly client: Anthropic }> {
  const emulator = await startEmulator(settings);
  running.push(emulator);
  const { baseURL, apiKey } = emulator;
  return { emulator, client: new Anthropic({ baseURL, apiKey, maxRetries: 0 }) };
}

const hello = {
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'Hello' }],
};

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

describe('startEmulator', () => {
  test('answers, and says what it was asked', async () => {
    const { emulator, client } = await start();
    const message = await client.messages.create(hello);
    expect(textOf(message)).toMatch(/emulat/i);
    expect(emulator.requests).toHaveLength(1);
    expect(emulator.requests[0]).toMatchObject({
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      status: 200,
      body: hello,
    });
    expect(emulator.requests[0]?.headers['x-stainless-lang']).toBe('js');
    emulator.clearRequests();
    expect(emulator.requests).toEqual([]);
  });

  test('the same seed gives the same answer in two emulators, another seed another one', async () => {
    const answers: string[] = [];
    for (const seed of ['a', 'a', 'b']) {
      const { client } = await start({ seed });
      answers.push(JSON.stringify(await client.messages.create(hello)));
    }
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).not.toBe(answers[2]);
  });

  test('a scenario answers; strict refuses what none matches', async () => {
    const { emulator, client } = await start({
      strict: true,
      scenario: { name: 'hi', match: { last_user_text: 'Hello' }, respond: { content: 'Hi!' } },
    });
    expect(textOf(await client.messages.create(hello))).toBe('Hi!');
    const other = { ...hello, messages: [{ role: 'user' as const, content: 'Bye' }] };
    await expect(client.messages.create(other)).rejects.toThrow(/no scenario/i);
    emulator.useScenario({ name: 'bye', respond: { content: 'Bye!' } });
    expect(textOf(await client.messages.create(other))).toBe('Bye!');
  });

  test('its clock can be set forward: what was cached is not any more', async () => {
    const { emulator, client } = await start();
    const cached = {
      ...hello,
      system: [
        {
          type: 'text' as const,
          text: 'A long word of caution. '.repeat(600),
          cache_control: { type: 'ephemeral' as const },
        },
      ],
    };
    const read = async (): Promise<number | null> =>
      (await client.messages.create(cached)).usage.cache_read_input_tokens;
    expect(await read()).toBe(0);
    expect(await read()).toBeGreaterThan(1000);
    const before = emulator.clock.now().getTime();
    emulator.clock.advance(5 * 60_000 + 1);
    expect(emulator.clock.now().getTime() - before).toBeGreaterThanOrEqual(300_000);
    expect(await read()).toBe(0);
  });

  test('limits refuse, and the clock refills them', async () => {
    const { emulator, client } = await start({ limits: { requests: 1 } });
    await client.messages.create(hello);
    await expect(client.messages.create(hello)).rejects.toThrow(RateLimitError);
    emulator.clock.advance(60_000);
    await client.messages.create(hello);
  });

  test('a slow answer comes at once when the clock is set forward', async () => {
    const { emulator, client } = await start({ pace: { firstTokenMs: 3_600_000 } });
    let isDone = false;
    const asked = client.messages.create(hello).then(() => {
      isDone = true;
    });
    await expect.poll(() => emulator.requests.length).toBe(1);
    await expect
      .poll(() => {
        emulator.clock.advance(3_600_000);
        return isDone;
      })
      .toBe(true);
    await asked;
  });

  test('batches run, and expire by its clock', async () => {
    const { emulator, client } = await start();
    const requests = [{ custom_id: 'one', params: hello }];
    const batch = await client.messages.batches.create({ requests });
    const ended = async (): Promise<string> =>
      (await client.messages.batches.retrieve(batch.id)).processing_status;
    await expect.poll(ended).toBe('ended');
    const results = await client.messages.batches.results(batch.id);
    for await (const { result } of results) expect(result.type).toBe('succeeded');
    emulator.clock.advance(30 * 24 * 3_600_000);
    await expect
      .poll(async () => {
        emulator.clock.advance(10_000);
        return (await client.messages.batches.retrieve(batch.id)).archived_at;
      })
      .not.toBeNull();
  });

  test('files can be uploaded and used', async () => {
    const { client } = await start();
    const file = await client.beta.files.upload({
      file: await toFile(Buffer.from('The sky is green.'), 'sky.txt', { type: 'text/plain' }),
    });
    const source = { type: 'file' as const, file_id: file.id };
    const content = [
      { type: 'document' as const, source },
      { type: 'text' as const, text: 'Which colour?' },
    ];
    const messages = [{ role: 'user' as const, content }];
    const message = await client.beta.messages.create({
      ...hello,
      messages,
      betas: ['files-api-2025-04-14'],
    });
    expect(message.usage.input_tokens).toBeGreaterThan(10);
    await client.beta.files.delete(file.id);
    await expect(client.beta.messages.create({ ...hello, messages })).rejects.toThrow(/not found/);
  });

  test('a file of scenarios', async () => {
    const scenarioFile = join(projectRoot, 'examples/weather.yaml');
    const { client } = await start({ scenarioFile });
    const asked = [{ role: 'user' as const, content: 'Rain in Oslo?' }];
    const tool = {
      name: 'get_weather',
      input_schema: { type: 'object' as const, properties: {} },
    };
    const message = await client.messages.create({ ...hello, tools: [tool], messages: asked });
    expect(message.stop_reason).toBe('tool_use');
    await expect(start({ scenarioFile: '/nowhere.yaml' })).rejects.toThrow(/cannot be read/);
  });

  test('only the keys that were given', async () => {
    const { emulator } = await start({ apiKeys: ['right'] });
    const { baseURL } = emulator;
    const wrong = new Anthropic({ baseURL, apiKey: 'wrong', maxRetries: 0 });
    await expect(wrong.messages.create(hello)).rejects.toThrow(AuthenticationError);
    const right = new Anthropic({ baseURL, apiKey: emulator.apiKey, maxRetries: 0 });
    expect((await right.messages.create(hello)).role).toBe('assistant');
  });

  test('stops once, cuts what is open, and frees its port', async () => {
    const { emulator, client } = await start({ pace: { firstTokenMs: 3_600_000 } });
    const asked = client.messages.create({ ...hello, stream: true });
    await expect.poll(() => emulator.requests.length).toBe(1);
    await Promise.all([emulator.stop(), emulator.stop()]);
    await expect(
      asked.then(async (stream) => {
        for await (const event of stream) expect(event.type).not.toBe('message_stop');
      }),
    ).rejects.toThrow(/before it was complete|terminated/);
    const again = await startEmulator({ port: Number(new URL(emulator.baseURL).port) });
    running.push(again);
    expect(again.baseURL).toBe(emulator.baseURL);
  });
});

describe('the examples run as they are', () => {
  test.each([
    ['node-test.test.ts', ['--test']],
    ['vitest.test.ts', ['node_modules/vitest/vitest.mjs', 'run', '--root', 'examples']],
  ])('%s', async (name, runner) => {
    const output = await new Promise<string>((resolve, reject) => {
      const { NODE_ENV: _env, VITEST: _vitest, NODE_TEST_CONTEXT: _context, ...env } = process.env;
      const file = name.startsWith('vitest') ? name : join('examples', name);
      execFile(
        process.execPath,
        [...runner, file],
        { cwd: projectRoot, env },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(`${stdout}\n${stderr}`));
        },
      );
    });
    expect(output).toMatch(/pass/);
  });
});
