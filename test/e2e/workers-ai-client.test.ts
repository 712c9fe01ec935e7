import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkersAi } from '../../clients/workers-ai/workers-ai.ts';
import { createAI, headOf, InferenceUpstreamError } from '../../clients/workers-ai/workers-ai.ts';
import { workersAiSchemasOf } from '../../src/catalog/workers-ai-schemas.ts';
import { EventSequence } from '../../src/messages/event-sequence.ts';
import { becomesSo } from '../support/own-time.ts';
import { eventsIn } from '../support/read-stream.ts';
import { readSeedPage, schemasIn, snippetsIn } from '../support/seed-pages.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import { workerInNode } from '../support/worker-in-node.ts';
import type { LocalWorker } from '../support/workerd.ts';
import { runPiece, workerOf } from '../support/workerd.ts';

/** `quatrain/workers-ai` against a gateway; numbers of the Workers reference §7. */

const model = 'anthropic/claude-sonnet-4.6';
const inputs = { messages: [{ role: 'user' as const, content: 'Hello' }], max_tokens: 64 };

const pages = (['000', '001'] as const).flatMap((number) => {
  const page = readSeedPage(number);
  return page === undefined ? [] : [{ number, page }];
});
const snippets = pages.flatMap(({ number, page }) =>
  snippetsIn(page).map((code, index) => ({ name: `seed ${number} #${String(index + 1)}`, code })),
);

let gateway: TestGateway;
let ai: WorkersAi;
beforeAll(async () => {
  gateway = await startTestGateway();
  ai = createAI({ baseURL: gateway.url, apiKey: gateway.key });
});
afterAll(() => gateway.stop());

const refusalOf = async (work: Promise<unknown>): Promise<InferenceUpstreamError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof InferenceUpstreamError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('the code of the seeds, unchanged', () => {
  let worker: LocalWorker;
  beforeAll(async () => {
    const pieces = Object.fromEntries(snippets.map(({ name, code }) => [name, code]));
    worker = await workerInNode(workerOf(pieces), { AI: ai });
  });

  test('there are five pieces on a page', () => {
    expect(snippets).toHaveLength(5 * pages.length);
  });

  test.each(snippets)('$name', async ({ name, code }) => {
    const outcome = await runPiece(worker, name);
    if (code.includes('stream: true')) expectEvents(outcome.kind === 'stream' ? outcome.text : '');
    else expectMessage(outcome.kind === 'value' ? outcome.value : outcome);
  });
});

describe('a run', () => {
  test('W-B01 gives a message', async () => {
    const message = await ai.run(model, inputs, { gateway: { id: 'default' } });
    expectMessage(message);
    expect(message.content[0]?.text).not.toBe('');
    expect(message.usage.output_tokens).toBeGreaterThan(0);
    expect(ai.lastRequestHttpStatusCode).toBe(200);
    expect(ai.aiGatewayLogId).toBe(headOf(message)?.logId);
    expect(ai.aiGatewayLogId).toMatch(/^[0-9a-f-]{36}$/);
    expect(ai.lastRequestId).toBe(headOf(message)?.requestId);
    expect(ai.lastRequestId).toBeTypeOf('string');
  });

  test('W-B02 without options gives the same', async () => {
    expectMessage(await ai.run(model, inputs));
  });

  test('W-B04 gives a stream of events', async () => {
    expectEvents(await new Response(await ai.run(model, { ...inputs, stream: true })).text());
  });

  test('W-B05 is JSON without a charset', async () => {
    const response = await ai.run(model, inputs, { returnRawResponse: true });
    expect(response.headers.get('content-type')).toBe('application/json');
    expectMessage(await response.json());
  });

  test('W-B07 raw, a refusal is a Response', async () => {
    const wrong = { ...inputs, max_tokens: 0 };
    const response = await ai.run(model, wrong, { returnRawResponse: true });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ internalCode: expect.any(Number) as number });
  });

  test('W-B08 W-B09 refusals are coded and carry their status', async () => {
    const unknown = await refusalOf(ai.run('anthropic/nope', inputs));
    expect(unknown).toMatchObject({ name: 'AiError', status: 404, code: 7003 });
    expect(unknown.message).toMatch(/^7003: /);
    expect(ai.lastRequestInternalStatusCode).toBe(7003);
    const incomplete: Record<string, unknown> = { messages: [] };
    const missing = await refusalOf(ai.run(model, incomplete as typeof inputs));
    expect(missing.status).toBe(400);
    expect(missing.message).toMatch(/^\d+: .*max_tokens/);
  });

  test('with a wrong key is refused by a code', async () => {
    const stranger = createAI({ baseURL: gateway.url, apiKey: 'not-a-key' });
    const refusal = await refusalOf(stranger.run(model, inputs));
    expect(refusal.status).toBe(401);
    expect(refusal.message).toMatch(/^\d+: /);
  });

  test('W-B26 aborted while it streams ends on both sides', async () => {
    const slow = await startTestGateway('emulator:\n  tokens_per_second: 20\n');
    try {
      const controller = new AbortController();
      const stream = await createAI({ baseURL: slow.url, apiKey: slow.key }).run(
        model,
        { ...inputs, max_tokens: 4096, stream: true },
        { signal: controller.signal },
      );
      const reader = stream.getReader();
      expect((await reader.read()).done).toBe(false);
      controller.abort();
      await expect(readAll(reader)).rejects.toMatchObject({ name: 'AbortError' });
      const inFlight = async (): Promise<string | undefined> =>
        /^quatrain_requests_in_flight (\d+)/m.exec(
          await (await fetch(`${slow.adminUrl}/metrics`)).text(),
        )?.[1];
      expect(await becomesSo(async () => (await inFlight()) === '0', 1000)).toBe(true);
    } finally {
      await slow.stop();
    }
  });

  test('a dynamic route that the gateway does not have is not there', async () => {
    const dynamic = ai.run('dynamic/r', { messages: [] }, { gateway: { id: 'default' } });
    expect((await refusalOf(dynamic)).message).toMatch(/^7003: .* has no route "r"/);
  });
});

describe('the other methods', () => {
  test('W-B34 models lists what can be run', async () => {
    const found = await ai.models({ search: 'sonnet', per_page: 3 });
    expect(found.length).toBeGreaterThan(0);
    for (const { id, task, properties } of found) {
      expect(task.name).toBe('Text Generation');
      expect(properties.length).toBeGreaterThan(0);
      expect(id).toContain('sonnet');
    }
  });

  test('W-B35 toMarkdown says that it is not served', async () => {
    const file = { name: 'a.txt', blob: new Blob(['a']) };
    await expect(ai.toMarkdown(file)).rejects.toMatchObject({ name: 'AiInternalError' });
  });

  test('fetch reaches the routes of the binding', async () => {
    const response = await ai.fetch('https://workers-binding.ai/run?version=3', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cf-consn-model-id': model },
      body: JSON.stringify({ inputs, options: {} }),
    });
    expectMessage(await response.json());
  });
});

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  for (let done = false; !done;) ({ done } = await reader.read());
}

/** In good order to its end. */
function expectEvents(text: string): void {
  const sequence = new EventSequence();
  const events = eventsIn(text);
  expect(events.length).toBeGreaterThan(3);
  expect(events.map(({ type }) => sequence.next(type))).toEqual(events.map(() => undefined));
  expect([sequence.ended, sequence.failed]).toEqual([true, false]);
  expect(text).not.toContain('[DONE]');
}

/** As the output schema has it: the seed's own, or the catalog's, which is tested to be the same. */
function expectMessage(value: unknown): void {
  const [first] = pages;
  const published = workersAiSchemasOf({ acceptsSamplers: true }).outputSchema;
  const schema = first === undefined ? published : schemasIn(first.page).output;
  const check = new Ajv2020().compile(schema);
  expect({ value, valid: check(value), errors: check.errors }).toMatchObject({ valid: true });
}
