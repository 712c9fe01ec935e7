import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StartedEmulator } from '../../src/start-emulator.ts';
import { startEmulator } from '../../src/start-emulator.ts';
import { sendRaw } from '../support/post.ts';
import { eventsIn } from '../support/read-stream.ts';
import { projectRoot } from '../support/source-files.ts';
import { exampleFolder } from '../support/workerd.ts';
import type { WranglerDev } from '../support/wrangler-dev.ts';
import { startWranglerDev } from '../support/wrangler-dev.ts';

/** examples/worker as its README tells one to run it: `wrangler dev`, against an emulator. */

let emulator: StartedEmulator;
let wrangler: WranglerDev;
beforeAll(async () => {
  const scenarios = new URL('../../examples/weather.yaml', import.meta.url);
  emulator = await startEmulator({ scenarioFile: fileURLToPath(scenarios) });
  wrangler = await startWranglerDev({
    QUATRAIN_URL: emulator.baseURL,
    QUATRAIN_API_KEY: emulator.apiKey,
  });
});
afterAll(async () => {
  await wrangler.stop();
  await emulator.stop();
});

async function ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
  emulator.clearRequests();
  const question = new URLSearchParams({ q: 'How is the weather in Oslo?' }).toString();
  const { status, body } = await sendRaw(`${wrangler.url}${path}?${question}`);
  return { status, text: body.toString() };
}

describe('the example Worker, in wrangler dev', () => {
  test('starts without a login', () => {
    expect(wrangler.said()).toMatch(/env\.AI.*local/);
    expect(wrangler.said()).not.toMatch(/log ?in/i);
  });

  test('answers in one piece', async () => {
    const { status, text } = await ask('/ask');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      type: 'message',
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', name: 'get_weather' }],
    });
  });

  test('streams events', async () => {
    const { status, text } = await ask('/stream');
    expect(status).toBe(200);
    const types = eventsIn(text).map(({ type }) => type);
    expect([types[0], types.at(-1)]).toEqual(['message_start', 'message_stop']);
  });

  test('completes a tool loop with the Vercel AI SDK, and streams its words', async () => {
    expect(await ask('/agent')).toEqual({ status: 200, text: 'It is raining in Oslo.' });
    const said = emulator.requests.map(({ headers, status, body }) => ({
      model: headers['cf-consn-model-id'],
      status,
      hasResult: JSON.stringify(body).includes('"tool_result"'),
    }));
    const model = 'anthropic/claude-sonnet-4.6';
    expect(said).toEqual([
      { model, status: 200, hasResult: false },
      { model, status: 200, hasResult: true },
    ]);
  });

  test('type-checks with the types of the platform', () => {
    const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(
      process.execPath,
      [compiler, '-p', join(exampleFolder, 'tsconfig.json')],
      { encoding: 'utf8' },
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
