import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { WorkersAi } from '../../clients/workers-ai/workers-ai.ts';
import { createAI, headOf } from '../../clients/workers-ai/workers-ai.ts';
import { browserFetch } from '../support/browser-fetch.ts';
import { eventsIn } from '../support/read-stream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** `quatrain/workers-ai` in a page of another origin: every request of it passes a browser's checks. */

const app = 'https://app.example';
const model = 'anthropic/claude-sonnet-4.6';
const inputs = { messages: [{ role: 'user' as const, content: 'Hello' }], max_tokens: 64 };
const step = {
  provider: 'anthropic',
  endpoint: 'v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  query: { model: 'claude-sonnet-4-6', ...inputs },
};

let gateway: TestGateway;
let ai: WorkersAi;
const pageOf = (origin: string): WorkersAi =>
  createAI({ baseURL: gateway.url, apiKey: gateway.key, fetch: browserFetch(origin) });
beforeAll(async () => {
  gateway = await startTestGateway(`cors: { origins: ['${app}'] }`);
  ai = pageOf(app);
});
afterAll(() => gateway.stop());

describe('a page of an allowed origin', () => {
  test.each([
    ['with no options', {}],
    ['with a gateway', { gateway: { id: 'default', metadata: { page: 'one' } } }],
    ['with headers', { extraHeaders: { 'cf-aig-cache-ttl': '60', 'x-session-affinity': 's' } }],
  ])('runs a model %s, and reads the ids of the answer', async (_name, options) => {
    const message = await ai.run(model, inputs, options);
    expect(message.type).toBe('message');
    const { logId, requestId } = headOf(message) ?? {};
    expect(logId).toMatch(/^[0-9a-f-]{36}$/);
    expect(requestId).toMatch(/^req_\w{24}$/);
  });

  test('reads a stream', async () => {
    const stream = await ai.run(model, { ...inputs, stream: true });
    const events = eventsIn(await new Response(stream).text());
    expect(events.at(-1)?.type).toBe('message_stop');
    expect(headOf(stream)?.logId).toBeTypeOf('string');
  });

  test('is told why it is refused', async () => {
    await expect(ai.run('anthropic/nope', inputs)).rejects.toThrow(/^7003: Model not found/);
    const stranger = createAI({ baseURL: gateway.url, apiKey: 'x', fetch: browserFetch(app) });
    await expect(stranger.run(model, inputs)).rejects.toThrow(/^2009: /);
  });

  test('reads which step answered', async () => {
    const response = await ai
      .gateway('default')
      .run([{ ...step, query: {} }, step], { gateway: { eventId: 'e' } });
    expect([response.status, response.headers.get('cf-aig-step')]).toEqual([200, '1']);
    expect(response.headers.get('cf-aig-event-id')).toBe('e');
  });

  test('reads and marks a log', async () => {
    const message = await ai.run(model, inputs);
    const logId = headOf(message)?.logId ?? '';
    const logs = ai.gateway('default');
    const isKept = async (): Promise<boolean> => (await logs.getLog(logId)).success;
    await expect.poll(() => isKept().catch(() => false)).toBe(true);
    await logs.patchLog(logId, { feedback: 1 });
  });

  test('asks for an address, for models, and for what is not served', async () => {
    expect(await ai.gateway('default').getUrl('anthropic')).toContain('/default/anthropic');
    expect((await ai.models({ search: 'sonnet' })).length).toBeGreaterThan(0);
    await expect(ai.toMarkdown().supported()).rejects.toThrow('not turned into Markdown');
    const asked = await ai.run(model, inputs, { websocket: true });
    expect([asked.status, await asked.text()]).toEqual([400, expect.stringMatching('WebSocket')]);
  });
});

describe('a page of another origin', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test('is told what the gateway’s owner has to set', async () => {
    const origin = 'https://other.example';
    vi.stubGlobal('origin', origin);
    const run = pageOf(origin).run(model, inputs);
    await expect(run).rejects.toThrow(`Its "cors.origins" has to have ${origin}.`);
  });
});
