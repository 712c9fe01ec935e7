import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WorkersAi } from '../../clients/workers-ai/workers-ai.ts';
import {
  AiGatewayInternalError,
  AiGatewayLogNotFound,
  AiInternalError,
  createAI,
} from '../../clients/workers-ai/workers-ai.ts';
import type { RecordingServer } from '../support/recording-server.ts';
import { startRecordingServer } from '../support/recording-server.ts';

/** The methods of `quatrain/workers-ai` beside `run`; numbers of the Workers reference §7. */

const json = { 'content-type': 'application/json' };
const errorsOf = (message?: string): object => ({ success: false, errors: [{ code: 1, message }] });

let server: RecordingServer;
let ai: WorkersAi;
beforeAll(async () => {
  server = await startRecordingServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.answerWith({ headers: json, body: { success: true, result: [] } });
  ai = createAI({ baseURL: `${server.url}/`, apiKey: 'key' });
});

describe('the address of a gateway', () => {
  test.each([
    ['anthropic', '/ai-gateway/gateways/g/url/anthropic'],
    [undefined, '/ai-gateway/gateways/g/url/universal'],
  ])('W-B30 getUrl(%s)', async (provider, path) => {
    server.answerWith({ headers: json, body: { success: true, result: { url: 'http://u/' } } });
    expect(await ai.gateway('g').getUrl(provider)).toBe('http://u/');
    expect(server.request).toMatchObject({ method: 'GET', path });
    expect(server.request.headers['authorization']).toBe('Bearer key');
  });

  test.each([
    [500, errorsOf('down'), 'down'],
    [404, errorsOf(), 'Internal Error'],
    [500, 'not JSON', 'not JSON'],
    [500, { error: [{ message: 'singular' }] }, '{"error":[{"message":"singular"}]}'],
  ])('W-B30 %i is an internal error', async (status, body, message) => {
    server.answerWith({ status, headers: json, body });
    await expect(ai.gateway('g').getUrl()).rejects.toMatchObject({
      name: 'AiGatewayInternalError',
      message,
      status,
    });
  });
});

describe('logs', () => {
  test('W-B31 getLog gives the row, its time as a Date', async () => {
    const result = { id: 'abc', model: 'm', created_at: '2026-11-17T08:00:00.000Z' };
    server.answerWith({ headers: json, body: { success: true, result } });
    const log = await ai.gateway('g').getLog('abc');
    expect(server.request).toMatchObject({
      method: 'GET',
      path: '/ai-gateway/gateways/g/logs/abc',
    });
    expect(log.created_at).toBeInstanceOf(Date);
    expect(log.created_at.toISOString()).toBe(result.created_at);
    expect(log.id).toBe('abc');
  });

  test('W-B32 patchLog sends what is set, and gives nothing', async () => {
    const data = { feedback: -1, score: 1, metadata: { a: 'b' } } as const;
    expect(await ai.gateway('g').patchLog('abc', data)).toBeUndefined();
    expect(server.request).toMatchObject({
      method: 'PATCH',
      path: '/ai-gateway/gateways/g/logs/abc',
      headers: json,
      body: JSON.stringify(data),
    });
  });

  test.each([
    { status: 404, body: errorsOf('Not Found'), Class: AiGatewayLogNotFound, said: 'Not Found' },
    { status: 404, body: errorsOf(), Class: AiGatewayLogNotFound, said: 'Log Not Found' },
    { status: 500, body: errorsOf('down'), Class: AiGatewayInternalError, said: 'down' },
    { status: 404, body: 'no route', Class: AiGatewayInternalError, said: 'no route' },
    { status: 201, body: {}, Class: AiGatewayInternalError, said: '{}' },
  ])('W-B31 W-B32 $status with $body is $said', async ({ status, body, Class, said }) => {
    server.answerWith({ status, headers: json, body });
    const gateway = ai.gateway('g');
    for (const work of [gateway.getLog('abc'), gateway.patchLog('abc', {})]) {
      await expect(work).rejects.toBeInstanceOf(Class);
      await expect(work).rejects.toMatchObject({ name: Class.name, message: said });
    }
  });
});

describe('the universal endpoint', () => {
  const step = {
    provider: 'anthropic',
    endpoint: 'v1/messages',
    headers: { 'cf-aig-cache-ttl': 60, 'cf-aig-skip-cache': true, 'cf-aig-metadata': { a: 1 } },
    query: { max_tokens: 1 },
  };

  test('W-B33 takes one step or many, and gives the Response whatever it is', async () => {
    server.answerWith({ status: 500, headers: json, body: { no: true } });
    const response = await ai.gateway('g').run(step);
    expect(response.status).toBe(500);
    expect(server.request).toMatchObject({
      method: 'POST',
      path: '/ai-gateway/universal/run/g',
      headers: json,
    });
    const headers = {
      'cf-aig-cache-ttl': '60',
      'cf-aig-skip-cache': 'true',
      'cf-aig-metadata': '{"a":1}',
    };
    expect(JSON.parse(server.request.body)).toEqual([{ ...step, headers }]);
    server.answerWith({ headers: json, body: {} });
    await ai.gateway('g').run([step, step]);
    expect(JSON.parse(server.request.body)).toHaveLength(2);
    expect(step.headers['cf-aig-cache-ttl']).toBe(60);
  });

  test.each([
    [
      { skipCache: false, cacheTtl: 123 },
      { 'cf-aig-skip-cache': 'false', 'cf-aig-cache-ttl': '123' },
    ],
    [{ skipCache: true, cacheTtl: 0 }, { 'cf-aig-skip-cache': 'true' }],
    [{ metadata: { user: 'José 猫' } }, { 'cf-aig-metadata': '{"user":"José 猫"}' }],
    [
      { cacheKey: 'k', eventId: 'e' },
      { 'cf-aig-cache-key': 'k', 'cf-aig-event-id': 'e' },
    ],
    [{ collectLog: false }, { 'cf-aig-collect-log': 'false' }],
    [{ requestTimeoutMs: 0 }, { 'cf-aig-request-timeout': '0' }],
    [
      { retries: { maxAttempts: 3, retryDelayMs: 10, backoff: 'linear' } },
      { 'cf-aig-max-attempts': '3', 'cf-aig-retry-delay': '10', 'cf-aig-backoff': 'linear' },
    ],
    [{ id: 'other' }, {}],
  ] as const)('W-B33 the options %j are headers', async (gateway, expected) => {
    const extraHeaders = { 'x-custom': 's' };
    await ai.gateway('g').run(step, { gateway, extraHeaders });
    const { headers } = server.request;
    const own = Object.entries(headers).filter(([name]) => name.startsWith('cf-aig-'));
    expect(Object.fromEntries(own)).toEqual(expected);
    expect(headers['x-custom']).toBe('s');
  });

  test('an aborted signal is an AbortError', async () => {
    const run = ai.gateway('g').run(step, { signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the catalog', () => {
  test('W-B34 models searches, and gives the list', async () => {
    const result = [{ id: 'm', properties: [{ property_id: 'context_window', value: '200000' }] }];
    server.answerWith({ headers: json, body: { success: true, result } });
    expect(await ai.models({ search: 'claude', per_page: 3, hide_experimental: true })).toEqual(
      result,
    );
    expect(server.request).toMatchObject({
      method: 'GET',
      path: '/ai-api/models/search',
      query: { search: 'claude', per_page: '3', hide_experimental: 'true' },
    });
    server.answerWith({ headers: json, body: { success: true, result } });
    expect(await ai.models()).toEqual(result);
    expect(server.request.query).toEqual({});
  });

  test.each([
    [errorsOf('down'), 'down'],
    [errorsOf(), 'Internal Error'],
    ['not JSON', 'Internal Error'],
  ])('W-B34 refused with %j', async (body, message) => {
    server.answerWith({ status: 500, headers: json, body });
    const refused = ai.models();
    await expect(refused).rejects.toBeInstanceOf(AiInternalError);
    await expect(refused).rejects.toMatchObject({ name: 'AiInternalError', message, status: 500 });
  });
});

describe('Markdown', () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  const file = { name: 'a.pdf', blob: new Blob([bytes], { type: 'application/pdf' }) };
  const converted = {
    id: '1',
    name: 'a.pdf',
    mimeType: 'application/pdf',
    format: 'markdown',
    tokens: 1,
    data: '#',
  };

  test('W-B35 files go in base64; a list gives a list, a file one result', async () => {
    server.answerWith({ headers: json, body: { result: [converted] } });
    const extraHeaders = { 'x-a': 'b' };
    expect(await ai.toMarkdown([file], { extraHeaders })).toEqual([converted]);
    const { method, path, headers, body } = server.request;
    expect({ method, path }).toEqual({
      method: 'POST',
      path: '/to-everything/markdown/transformer',
    });
    expect(headers).toMatchObject({ ...json, 'x-a': 'b' });
    const data = Buffer.from(bytes).toString('base64');
    expect(JSON.parse(body)).toEqual({
      files: [{ name: 'a.pdf', mimeType: 'application/pdf', data }],
      options: { extraHeaders },
    });
    expect(await ai.toMarkdown(file)).toEqual(converted);
    expect(await ai.toMarkdown().transform(file)).toEqual(converted);
  });

  test('W-B35 no result for a file is an error, and for a list an empty one', async () => {
    await expect(ai.toMarkdown(file)).rejects.toMatchObject({
      name: 'AiInternalError',
      message: 'Internal Error Converting files into Markdown',
    });
    expect(await ai.toMarkdown([])).toEqual([]);
    server.answerWith({ status: 400, headers: json, body: errorsOf('too large') });
    await expect(ai.toMarkdown(file)).rejects.toMatchObject({ message: 'too large', status: 400 });
  });

  test('the formats are asked for', async () => {
    const result = [{ extension: '.pdf', mimeType: 'application/pdf' }];
    server.answerWith({ headers: json, body: { result } });
    expect(await ai.toMarkdown().supported()).toEqual(result);
    expect(server.request).toMatchObject({
      method: 'GET',
      path: '/to-everything/markdown/supported',
    });
  });
});

describe('requests of any kind', () => {
  test.each([
    ['https://workers-binding.ai/run?version=2', '/run', { version: '2' }],
    ['/ai-gateway/x', '/ai-gateway/x', {}],
    ['https://elsewhere.test/steal', '/steal', {}],
    [new URL('https://workers-binding.ai/a%20b?c=d'), '/a%20b', { c: 'd' }],
  ])('fetch(%s) goes to the gateway and to nobody else', async (input, path, query) => {
    const init = { method: 'POST', body: 'x', headers: { 'x-a': 'b' } };
    expect((await ai.fetch(input, init)).status).toBe(200);
    expect(server.request).toMatchObject({ method: 'POST', path, query, body: 'x' });
    expect(server.request.headers).toMatchObject({ 'x-a': 'b', authorization: 'Bearer key' });
  });

  test('a Request goes as it is, but for the address', async () => {
    const request = new Request('https://workers-binding.ai/run?version=2', {
      method: 'POST',
      body: 'x',
      headers: { 'x-a': 'b' },
    });
    await ai.fetch(request, { method: 'PUT' });
    expect(server.request).toMatchObject({ method: 'PUT', path: '/run', body: 'x' });
    expect(server.request.headers['x-a']).toBe('b');
  });

  test('a body may be a stream', async () => {
    await ai.fetch('/run', { method: 'POST', body: new Blob(['abc']).stream() });
    expect(server.request.body).toBe('abc');
  });

  test('an address with a path keeps it', async () => {
    const below = createAI({ baseURL: `${server.url}/below/`, apiKey: 'key' });
    await below.models();
    expect(server.request.path).toBe('/below/ai-api/models/search');
    server.answerWith({ headers: json });
    await below.fetch(`${server.url}/below/run`);
    expect(server.request.path).toBe('/below/run');
  });
});

describe('settings', () => {
  test('a default gateway is put to what a run says', async () => {
    server.answerWith({ headers: json, body: {} });
    const settings = { baseURL: server.url, apiKey: 'key' };
    const asked = { messages: [], max_tokens: 1 };
    const model = 'anthropic/claude-sonnet-4.6';
    await createAI({ ...settings, gateway: 'g' }).run(model, asked);
    const options = { skipCache: true, id: 'g' };
    await createAI({ ...settings, gateway: options }).run(model, asked, { gateway: { id: 'h' } });
    expect(server.requests.map(({ path, body }) => [path, JSON.parse(body) as unknown])).toEqual([
      ['/ai-gateway/run', { inputs: asked, options: { gateway: { id: 'g' } } }],
      ['/ai-gateway/run', { inputs: asked, options: { gateway: { skipCache: true, id: 'h' } } }],
    ]);
  });

  test('an account is sent along', async () => {
    await createAI({ baseURL: server.url, apiKey: 'key', account: 'a1' }).models();
    expect(server.request.headers['x-quatrain-account']).toBe('a1');
  });

  test.each([
    [{ baseURL: 'localhost:8787', apiKey: 'key' }, 'baseURL'],
    [{ baseURL: '', apiKey: 'key' }, 'baseURL'],
    [{ baseURL: 'http://localhost/?a=b', apiKey: 'key' }, 'baseURL'],
    [{ baseURL: 'http://localhost:4114/v1/', apiKey: 'key' }, 'without "/v1"'],
    [
      { baseURL: 'http://localhost/below/client/v4/accounts/a/ai', apiKey: 'key' },
      'without "/client/v4/accounts/a/ai"',
    ],
    [{ baseURL: 'http://localhost', apiKey: ' ' }, 'apiKey'],
  ])('%j is refused at once', (settings, named) => {
    expect(() => createAI(settings)).toThrow(named);
  });

  test('methods can be taken off the object', async () => {
    // oxlint-disable-next-line typescript/unbound-method -- that they need no object is tested here
    const { models, gateway, run } = ai;
    expect(await models()).toEqual([]);
    // oxlint-disable-next-line typescript/unbound-method -- as above, of a gateway's methods
    const { getUrl } = gateway('g');
    server.answerWith({ headers: json, body: { result: { url: 'u' } } });
    expect(await getUrl()).toBe('u');
    const inputs = { messages: [], max_tokens: 1 };
    await run('anthropic/claude-sonnet-4.6', inputs);
    expect(ai.lastRequestHttpStatusCode).toBe(200);
  });

  test('the key is not shown', () => {
    const shown = createAI({ baseURL: server.url, apiKey: 'very-secret' });
    expect(JSON.stringify(shown) + Object.values(shown).join('')).not.toContain('very-secret');
  });
});

describe('what is not served says so', () => {
  interface Deep {
    search(query: object): Promise<unknown>;
    get(name: string): Deep;
    readonly items: Deep;
  }
  const deep = (value: unknown): Deep => value as Deep;
  test.each([
    ['aiSearch()', () => deep(ai.aiSearch()).get('x').items.search({})],
    ['autorag()', () => deep(ai.autorag('x')).search({ query: 'q' })],
    ['websearch()', () => ai.websearch({ gatewayId: 'g', query: 'q' })],
    [
      'gateway(id, { beta: true })',
      () => ai.gateway('g', { beta: true }).getUrl() as Promise<unknown>,
    ],
  ])('%s rejects', async (name, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'AiInternalError' });
    await expect(call()).rejects.toThrow(`${name} is not served`);
    expect(server.requests).toEqual([]);
  });

  test('there are no logs of the client', () => {
    expect(ai.getLogs()).toEqual([]);
  });
});
