import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope } from '../support/expect-envelope.ts';
import { sendRaw } from '../support/post.ts';
import { RawConnection, bodyOf, requestText } from '../support/raw-connection.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The HTTP edge over real sockets; case numbers are those of the API reference, §13.1. */

const hello = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};
const helloText = JSON.stringify(hello);
const MEGABYTE = 1024 * 1024;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(`
timeouts: { headers_ms: 500, body_ms: 500 }
`);
});
afterAll(() => gateway.stop());

const call = (path: string, sent: Parameters<typeof sendRaw>[1] = {}): ReturnType<typeof sendRaw> =>
  sendRaw(`${gateway.url}${path}`, sent);
const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  call('/v1/messages', { body, headers: { ...gateway.headers, ...headers } });

/** One bare connection that closes by itself. */
const exchange = async (text: string): Promise<string> =>
  new RawConnection(gateway.url).send(text).untilClosed();

describe('answers', () => {
  test.each(['/v1/messages', '/anthropic/v1/messages', '/v1/messages?beta=true'])(
    '#1 #11 POST %s',
    async (path) => {
      const { status, headers, body } = await call(path, {
        body: helloText,
        headers: gateway.headers,
      });
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json');
      expect(headers['request-id']).toMatch(/^req_[0-9A-Za-z]{24}$/);
      expect(JSON.parse(body.toString())).toMatchObject({ type: 'message', role: 'assistant' });
    },
  );

  test('#146 headers of a stream', async () => {
    const { headers, body } = await post(JSON.stringify({ ...hello, stream: true }));
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': expect.stringMatching(/^no-cache/) as string,
      'x-accel-buffering': 'no',
      'request-id': expect.stringMatching(/^req_/) as string,
    });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.toString()).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/);
  });

  test('each request has an id of its own', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await post(helloText)).headers['request-id']),
    );
    expect(new Set(ids).size).toBe(20);
  });

  test('health without a key, on both listeners', async () => {
    for (const url of [gateway.url, gateway.adminUrl]) {
      expect((await sendRaw(`${url}/healthz`)).body.toString()).toBe('ok\n');
      expect((await sendRaw(`${url}/readyz`)).status).toBe(200);
    }
  });

  test('HEAD has the head of GET and no body', async () => {
    const answer = await exchange(
      requestText({ method: 'HEAD', path: '/healthz', headers: { connection: 'close' } }),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(bodyOf(answer)).toBe('');
  });
});

describe('refusals', () => {
  type Sent = Parameters<typeof sendRaw>[1];
  const keyed = (more: Record<string, string>, without: readonly string[] = []): Sent => ({
    body: helloText,
    headers: Object.fromEntries(
      Object.entries({ ...gateway.headers, ...more }).filter(([name]) => !without.includes(name)),
    ),
  });
  const sent = (body: object): Sent => ({ body: JSON.stringify(body), headers: gateway.headers });
  const version = 'anthropic-version: ';

  test.each<[string, string, () => Sent, [number, string, (string | RegExp)?]]>([
    ['#13 an unknown path', '/v1/nope', () => ({}), [404, 'not_found_error', /^Not Found$/]],
    ['#13 the root', '/', () => ({}), [404, 'not_found_error']],
    [
      '#13 an unknown path with a large body',
      '/v1/nope',
      () => keyed({}),
      [404, 'not_found_error'],
    ],
    [
      'a wrong method',
      '/v1/messages',
      () => ({}),
      [405, 'invalid_request_error', /^Method Not Allowed$/],
    ],
    [
      '#2 no credential',
      '/v1/messages',
      () => keyed({}, ['x-api-key']),
      [401, 'authentication_error', /^x-api-key header is required$/],
    ],
    [
      '#3 a wrong key',
      '/v1/messages',
      () => keyed({ 'x-api-key': 'sk-ant-wrong' }),
      [401, 'authentication_error', /^invalid x-api-key$/],
    ],
    [
      '#4 a bad bearer',
      '/v1/messages',
      () => keyed({ authorization: 'Bearer wrong' }, ['x-api-key']),
      [401, 'authentication_error', /^Invalid bearer token$/],
    ],
    [
      '#5 key and bearer together',
      '/v1/messages',
      () => keyed({ authorization: `Bearer ${gateway.key}` }),
      [401, 'authentication_error'],
    ],
    [
      '#6 #16 no version',
      '/v1/messages',
      () => keyed({}, ['anthropic-version']),
      [400, 'invalid_request_error', /^anthropic-version: header is required$/],
    ],
    [
      '#7 two versions',
      '/v1/messages',
      () => keyed({ 'anthropic-version': '2023-06-01, 2023-06-01' }),
      [400, 'invalid_request_error', `${version}"2023-06-01, 2023-06-01" is not a valid version`],
    ],
    [
      '#14 half a JSON',
      '/v1/messages',
      () => ({ body: '{"a":', headers: gateway.headers }),
      [400, 'invalid_request_error', /^The request body is not valid JSON: ./],
    ],
    [
      'no body at all',
      '/v1/messages',
      () => ({ method: 'POST', headers: { ...gateway.headers, 'content-length': '0' } }),
      [400, 'invalid_request_error'],
    ],
    [
      '#23 no model',
      '/v1/messages',
      () => sent({}),
      [400, 'invalid_request_error', /^model: Field required$/],
    ],
    [
      '#41 a bad request with stream: true is no stream',
      '/v1/messages',
      () => sent({ ...hello, stream: true, stop_sequences: ['\n'] }),
      [400, 'invalid_request_error', /each stop sequence must contain non-whitespace$/],
    ],
    [
      'a compressed body',
      '/v1/messages',
      () => keyed({ 'content-encoding': 'gzip' }),
      [415, 'invalid_request_error', /content-encoding/],
    ],
    [
      '#15 33 MB',
      '/v1/messages',
      () => ({ body: Buffer.alloc(33 * MEGABYTE, 32), headers: gateway.headers }),
      [413, 'request_too_large', /^Request exceeds the maximum size/],
    ],
  ])('#12 %s', async (_name, path, make, [status, type, message]) => {
    const answer = await call(path, make());
    expectEnvelope(answer, { status, type, ...(message === undefined ? {} : { message }) });
    expect(answer.headers['x-should-retry']).toBe('false');
  });

  test('#15 33 MB without a length', async () => {
    const headers = { ...gateway.headers, 'transfer-encoding': 'chunked', connection: 'close' };
    const connection = new RawConnection(gateway.url).send(requestText({ headers }));
    const chunk = Buffer.alloc(MEGABYTE, 32);
    for (let sent = 0; sent < 33; sent += 1) {
      connection
        .send(`${MEGABYTE.toString(16)}\r\n`)
        .send(chunk)
        .send('\r\n');
    }
    connection.send('0\r\n\r\n');
    const answer = await connection.untilClosed();
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(JSON.parse(bodyOf(answer))).toMatchObject({ error: { type: 'request_too_large' } });
  });

  test('a wrong method names the right ones', async () => {
    expect((await call('/v1/messages')).headers['allow']).toBe('POST');
    const files = await call('/v1/files', { method: 'DELETE' });
    expect(files.headers['allow']?.split(', ').toSorted()).toEqual(
      expect.arrayContaining(['GET', 'POST']),
    );
    expect((await call('/v1/messages', { method: 'HEAD' })).status).toBe(405);
  });

  test('the connection goes on after a refusal', async () => {
    const connection = new RawConnection(gateway.url);
    const bad = requestText({
      headers: { ...gateway.headers, 'x-api-key': 'no' },
      body: helloText,
    });
    connection.send(bad);
    await expect.poll(() => connection.text).toContain('invalid x-api-key');
    connection.send(requestText({ headers: gateway.headers, body: helloText }));
    await expect.poll(() => connection.text).toContain('"stop_reason"');
    connection.close();
  });
});

describe('what is no good HTTP', () => {
  const key = (): string => `x-api-key: ${gateway.key}\r\n`;
  const smuggled = 'GET /v1/nope HTTP/1.1\r\nhost: test\r\n\r\n';

  test.each<[string, () => string, number]>([
    ['no HTTP at all', () => 'hello there\r\n\r\n', 400],
    ['no host', () => 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    [
      'headers of 20 kB',
      () => `POST /v1/messages HTTP/1.1\r\nhost: test\r\nx-big: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    [
      'a length and chunks',
      () =>
        `POST /v1/messages HTTP/1.1\r\nhost: test\r\n${key()}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      400,
    ],
    [
      'two lengths',
      () =>
        `POST /v1/messages HTTP/1.1\r\nhost: test\r\n${key()}content-length: 2\r\ncontent-length: 50\r\n\r\n{}${smuggled}`,
      400,
    ],
    [
      'a length that is no number',
      () => `POST /v1/messages HTTP/1.1\r\nhost: test\r\n${key()}content-length: +2\r\n\r\n{}`,
      400,
    ],
    [
      'a bad chunk size',
      () =>
        `POST /v1/messages HTTP/1.1\r\nhost: test\r\n${key()}transfer-encoding: chunked\r\n\r\nzz\r\n`,
      400,
    ],
    [
      'a space before the colon',
      () => `POST /v1/messages HTTP/1.1\r\nhost: test\r\nx-api-key : a\r\n\r\n`,
      400,
    ],
    ['a bare line feed in a header', () => 'GET /healthz HTTP/1.1\nhost: test\n\n', 400],
  ])('%s is refused in the API’s form, and the connection closed', async (_name, text, status) => {
    const answer = await exchange(text());
    const statuses = answer.match(/^HTTP\/1\.1 \d+/gm) ?? [];
    expect(statuses).toEqual([`HTTP/1.1 ${String(status)}`]);
    // Node itself answers a request without a host, before it is one of ours.
    if (bodyOf(answer) === '') return;
    expect(JSON.parse(bodyOf(answer))).toMatchObject({ type: 'error' });
  });

  test.each([
    ['/run?version=3', { internalCode: 3003, httpCode: 431 }],
    ['/client/v4/accounts/a/ai/run', { success: false, errors: [{ code: 3003 }] }],
    ['/v1/acme/default/anthropic/v1/messages', { success: false, error: [{ code: 3003 }] }],
  ])(
    'headers that are too large are refused in the form of what was asked: %s',
    async (path, form) => {
      const large = `x-big: ${'x'.repeat(20_000)}`;
      const answer = await exchange(`POST ${path} HTTP/1.1\r\nhost: test\r\n${large}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 431 /);
      expect(JSON.parse(bodyOf(answer))).toMatchObject(form);
    },
  );

  test('a HEAD whose headers are too large is refused without a body', async () => {
    const large = `x-big: ${'x'.repeat(20_000)}`;
    const answer = await exchange(`HEAD /v1/messages HTTP/1.1\r\nhost: test\r\n${large}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 [^]*\r\ncontent-length: [1-9]/);
    expect(bodyOf(answer)).toBe('');
  });

  test('headers that do not come are not waited for', async () => {
    const began = performance.now();
    const answer = await exchange('POST /v1/messages HTTP/1.1\r\nhost: te');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - began).toBeLessThan(6000);
  });

  test('a body that does not come is not waited for', async () => {
    const began = performance.now();
    const head = requestText({ headers: { ...gateway.headers, 'content-length': '100' } });
    const answer = await exchange(head);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - began).toBeLessThan(6000);
    expect(JSON.parse(bodyOf(answer))).toMatchObject({ error: { type: 'timeout_error' } });
  });

  test('garbage behind a request that is being answered does not get into its answer', async () => {
    const slow = await startTestGateway('emulator: { tokens_per_second: 30 }');
    try {
      const connection = new RawConnection(slow.url);
      const body = JSON.stringify({ ...hello, stream: true });
      connection.send(requestText({ headers: slow.headers, body }));
      await expect.poll(() => connection.text).toContain('content_block_delta');
      connection.send('\0garbage\r\n\r\n');
      const answer = await connection.untilClosed();
      expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    } finally {
      await slow.stop();
    }
  });
});

describe('Expect: 100-continue', () => {
  test('is told to go on, then answered', async () => {
    const connection = new RawConnection(gateway.url);
    const headers = { ...gateway.headers, expect: '100-continue', connection: 'close' };
    const length = { 'content-length': String(helloText.length) };
    connection.send(requestText({ headers: { ...headers, ...length } }));
    await expect.poll(() => connection.text).toContain('HTTP/1.1 100 Continue\r\n\r\n');
    expect(connection.text).not.toContain('200 OK');
    connection.send(helloText);
    expect(await connection.untilClosed()).toContain('HTTP/1.1 200 OK');
  });

  test.each<[string, Record<string, string>, number]>([
    ['without a key', { 'x-api-key': 'wrong' }, 401],
    ['for too much', { 'content-length': String(33 * MEGABYTE) }, 413],
  ])('%s is refused before the body is asked for', async (_name, change, status) => {
    const connection = new RawConnection(gateway.url);
    const headers = {
      'content-length': '9',
      ...gateway.headers,
      expect: '100-continue',
      ...change,
    };
    connection.send(requestText({ headers }));
    await expect.poll(() => connection.text).toContain(`HTTP/1.1 ${String(status)}`);
    expect(connection.text).not.toContain('100 Continue');
    connection.close();
  });
});
