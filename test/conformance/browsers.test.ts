import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Pages that call the gateway from a browser: chat reference F17, Fetch standard. */

const app = 'https://app.example';
const hello = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'hi' }],
};

interface Call {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

function call(gateway: TestGateway, { path, method, headers, body }: Call): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}${path}`, {
    ...(method === undefined ? {} : { method }),
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function preflight(gateway: TestGateway, path: string, origin = app): Promise<RawAnswer> {
  return call(gateway, {
    path,
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
    },
  });
}

function corsOf({ headers }: RawAnswer): readonly string[] {
  return Object.keys(headers).filter((name) => name.startsWith('access-control-allow'));
}

describe('where an origin is allowed', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway(`cors: { origins: ['${app}', 'http://localhost:5173'] }`);
  });
  afterAll(() => gateway.stop());

  test.each([
    ['/v1/chat/completions', 'POST'],
    ['/v1/messages', 'POST'],
    ['/v1/files', 'POST, GET'],
    ['/v1/models/anthropic/claude-sonnet-4.6', 'GET'],
    ['/client/v4/accounts/a/ai/models/search', 'GET'],
    ['/client/v4/accounts/a/ai/catalog/models/anthropic%2Fclaude-sonnet-4.6', 'GET'],
    ['/models', 'GET'],
  ])('F17 a preflight for %s says %s', async (path, methods) => {
    const { status, headers, body } = await preflight(gateway, path);
    expect([status, body.length, headers['content-length']]).toEqual([204, 0, undefined]);
    expect(headers).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': 'authorization, content-type, x-stainless-lang',
      'access-control-max-age': '600',
      vary: 'origin',
    });
  });

  test('F17 a page reads ids and costs of a chat answer, and of a refusal', async () => {
    for (const key of [gateway.key, 'wrong']) {
      const answer = await call(gateway, {
        path: '/v1/chat/completions',
        headers: { origin: app, authorization: `Bearer ${key}` },
        body: hello,
      });
      expect(answer.status).toBe(key === 'wrong' ? 401 : 200);
      expect(answer.headers['access-control-allow-origin']).toBe(app);
      const exposed = String(answer.headers['access-control-expose-headers']).split(/, */);
      expect(exposed).toEqual(
        expect.arrayContaining([
          'x-request-id',
          'x-inference-id',
          'x-aimlapi-credits-used',
          'x-aimlapi-usd-spent',
        ]),
      );
    }
  });

  test.each([
    ['one piece', false],
    ['a stream', true],
  ])('a page reads a message as %s', async (_name, stream) => {
    const { status, headers } = await call(gateway, {
      path: '/v1/messages',
      headers: { ...gateway.headers, origin: app },
      body: { ...hello, stream },
    });
    expect([status, headers['access-control-allow-origin'], headers.vary]).toEqual([
      200,
      app,
      'origin',
    ]);
    expect(headers['access-control-expose-headers']).toContain('request-id');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  const ofGateway = ['log-id', 'request-id', 'event-id', 'cache-status', 'step', 'model', 'dlp'];
  const native = { ...hello, model: 'anthropic/claude-sonnet-4.6' };

  test.each<[string, object]>([
    ['/v1/acme/default/anthropic/v1/messages', hello],
    ['/v1/acme/default/compat/chat/completions', native],
    ['/v1/acme/default/workers-ai/v1/chat/completions', native],
    ['/v1/acme/default/workers-ai/run/anthropic/claude-sonnet-4.6', hello],
    ['/v1/acme/default', []],
    ['/client/v4/accounts/a/ai/run/anthropic/claude-sonnet-4.6', hello],
    ['/client/v4/accounts/a/ai/v1/messages', native],
    ['/client/v4/accounts/a/ai/v1/chat/completions', native],
    ['/client/v4/accounts/a/ai/v1/chat/completions', {}],
  ])('a page reads what %s says of its gateway', async (path, body) => {
    const authorization = `Bearer ${gateway.key}`;
    const { headers } = await call(gateway, {
      path,
      headers: {
        origin: app,
        authorization,
        'cf-aig-authorization': authorization,
        'anthropic-version': '2023-06-01',
      },
      body,
    });
    const exposed = String(headers['access-control-expose-headers']).split(/, */);
    expect(exposed).toEqual(expect.arrayContaining(ofGateway.map((name) => `cf-aig-${name}`)));
    const said = Object.keys(headers).filter((name) => name.startsWith('cf-'));
    expect(said.filter((name) => !exposed.includes(name))).toEqual([]);
  });

  test('a page reads why it was refused', async () => {
    for (const path of ['/v1/nope', '/v1/chat/nope']) {
      const answer = await call(gateway, { path, headers: { origin: app } });
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([404, app]);
    }
  });

  test('the list of models says everything that it depends on', async () => {
    const { headers } = await call(gateway, { path: '/v1/models', headers: { origin: app } });
    expect(headers['access-control-allow-origin']).toBe(app);
    expect(headers.vary).toBe('origin, anthropic-version, anthropic-beta, x-api-key');
  });

  test.each(['https://app.example.evil.example', 'http://app.example', 'null'])(
    'a page of %s is told nothing',
    async (origin) => {
      const asked = await preflight(gateway, '/v1/messages', origin);
      expect([asked.status, asked.headers['allow'], corsOf(asked)]).toEqual([405, 'POST', []]);
      const headers = { ...gateway.headers, origin };
      const answer = await call(gateway, { path: '/v1/messages', headers, body: hello });
      expect([answer.status, corsOf(answer)]).toEqual([200, []]);
    },
  );

  test('a preflight for a path that there is not is none', async () => {
    expect((await preflight(gateway, '/v1/nope')).status).toBe(404);
  });

  test('a reload changes whose pages', async () => {
    const { config } = gateway.gateway;
    gateway.gateway.reload({ ...config, cors: { origins: ['https://next.example'] } });
    const before = await preflight(gateway, '/v1/messages');
    const after = await preflight(gateway, '/v1/messages', 'https://next.example');
    expect([before.status, after.status]).toEqual([405, 204]);
    gateway.gateway.reload(config);
    expect((await preflight(gateway, '/v1/messages')).status).toBe(204);
  });

  test('the admin listener is for no page', async () => {
    const answer = await sendRaw(`${gateway.adminUrl}/metrics`, { headers: { origin: app } });
    expect([answer.status, corsOf(answer)]).toEqual([200, []]);
  });
});

describe('where every origin is allowed', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway("cors: { origins: ['*'] }");
  });
  afterAll(() => gateway.stop());

  test.each([app, 'null'])('a page of %s', async (origin) => {
    const asked = await preflight(gateway, '/v1/messages', origin);
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, '*']);
    const headers = { ...gateway.headers, origin };
    const answer = await call(gateway, { path: '/v1/messages', headers, body: hello });
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  test('a caller that is no page sees nothing of it', async () => {
    const { headers } = await call(gateway, {
      path: '/v1/messages',
      headers: gateway.headers,
      body: hello,
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('where none is, as it is unless it is configured', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  test('nothing is said to pages', async () => {
    const asked = await preflight(gateway, '/v1/messages');
    expect([asked.status, asked.headers['allow'], corsOf(asked)]).toEqual([405, 'POST', []]);
    const headers = { ...gateway.headers, origin: app };
    const answer = await call(gateway, { path: '/v1/messages', headers, body: hello });
    expect([answer.status, corsOf(answer), answer.headers.vary]).toEqual([200, [], undefined]);
  });
});
