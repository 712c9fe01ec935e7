import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageStart, opening, wholeStream } from '../support/event-stream.ts';
import { sendRaw } from '../support/post.ts';
import { RawConnection, requestText } from '../support/raw-connection.ts';
import type { LoggedRequest } from '../support/read-request-log.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import type { Script, ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What a request leaves behind: a row, counts, and nothing that was said. */

const json = { 'content-type': 'application/json' };
const sse = { 'content-type': 'text/event-stream' };
const whole = JSON.stringify({
  type: 'message',
  content: [{ type: 'text', text: '"usage":{"output_tokens":999}' }],
  usage: { input_tokens: 7, output_tokens: 8, cache_read_input_tokens: 2 },
});

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream(() => {});
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

async function metrics(): Promise<string> {
  return (await sendRaw(`${gateway.adminUrl}/metrics`)).body.toString();
}

/** The value of one series, by its name and labels as they stand. */
async function metric(series: string): Promise<number> {
  const line = (await metrics()).split('\n').find((text) => text.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}

/** The row that comes next. */
async function rowOf(act: () => Promise<unknown>): Promise<LoggedRequest> {
  const before = readRequestLog(gateway.dataDir).length;
  await act();
  await expect.poll(() => readRequestLog(gateway.dataDir).length).toBe(before + 1);
  const row = readRequestLog(gateway.dataDir).at(-1);
  if (row === undefined) throw new Error('no row');
  return row;
}

const post = (body: object, headers: object = {}): Promise<unknown> =>
  sendRaw(`${gateway.url}/v1/messages`, {
    body: JSON.stringify(body),
    headers: { ...gateway.headers, ...headers },
  }).catch(() => undefined);

const asked = { model: 'some-model', max_tokens: 9, messages: [] };
const askedStream = { ...asked, stream: true };

describe('the request log has one row a request', () => {
  const fine: Partial<LoggedRequest> = {
    key_id: 'development',
    operation: 'messages.create',
    model: 'some-model',
    upstream: 'scripted',
    error_code: null,
  };

  test.each<[string, Script, object, Partial<LoggedRequest>]>([
    [
      'in one piece',
      (_r, response) => response.writeHead(200, json).end(whole),
      asked,
      { ...fine, status: 200, input_tokens: 7, output_tokens: 8, usage_is_final: 1, is_stream: 0 },
    ],
    [
      'a stream',
      (_r, response) => response.writeHead(200, sse).end(wholeStream),
      askedStream,
      {
        ...fine,
        status: 200,
        is_stream: 1,
        input_tokens: 11,
        output_tokens: 42,
        thinking_tokens: 5,
        usage_is_final: 1,
        response_bytes: Buffer.byteLength(wholeStream),
        request_bytes: JSON.stringify(askedStream).length,
      },
    ],
    [
      'a stream that broke',
      (_r, response) => response.writeHead(200, sse).end(opening),
      askedStream,
      {
        ...fine,
        status: 200,
        error_code: 'upstream_truncated',
        output_tokens: 1,
        usage_is_final: 0,
      },
    ],
    [
      'a stream that failed early',
      (_r, response) => response.writeHead(200, sse).end(messageStart),
      askedStream,
      { ...fine, status: 502, error_code: 'upstream_truncated', usage_is_final: 0 },
    ],
    [
      'an error of the upstream',
      (_r, response) => response.writeHead(429, json).end('{}'),
      asked,
      {
        ...fine,
        status: 429,
        error_code: 'upstream_error',
        input_tokens: null,
        output_tokens: null,
      },
    ],
    [
      'no usage reported: unknown, not zero',
      (_r, response) => response.writeHead(200, json).end('{"type":"message","content":[]}'),
      asked,
      { ...fine, status: 200, input_tokens: null, output_tokens: null, usage_is_final: 0 },
    ],
  ])('%s', async (_name, script, body, expected) => {
    upstream.script = script;
    const row = await rowOf(() => post(body));
    expect(row).toMatchObject(expected);
    expect(row.first_byte_ms).toBeGreaterThanOrEqual(0);
    expect(row.total_ms).toBeGreaterThanOrEqual(row.first_byte_ms ?? 0);
    expect(row.total_ms).toBeLessThan(10_000);
  });

  test('a refused key has no principal and reached no upstream', async () => {
    const row = await rowOf(() => post(asked, { 'x-api-key': 'wrong' }));
    expect(row).toMatchObject({
      status: 401,
      error_code: 'unauthenticated',
      key_id: null,
      model: null,
      upstream: null,
    });
  });

  test.each<[string, boolean, number]>([
    ['before the answer', false, 502],
    ['in the stream', true, 200],
  ])('#147 a client that went away %s', async (_when, isInStream, status) => {
    upstream.script = (_r, response) => {
      if (isInStream) response.writeHead(200, sse).write(opening);
    };
    const received = upstream.received.length;
    const row = await rowOf(async () => {
      const connection = new RawConnection(gateway.url);
      const body = JSON.stringify(askedStream);
      connection.send(requestText({ headers: { ...gateway.headers }, body }));
      await expect.poll(() => upstream.received.length).toBe(received + 1);
      await expect.poll(() => connection.text).toContain(isInStream ? 'Hello' : '');
      connection.close();
    });
    expect(row).toMatchObject({ ...fine, error_code: 'client_gone', status });
    // "Hello, " in tokens: what came by, as its cost is, and not the placeholder of the start.
    expect(row.output_tokens).toBe(isInStream ? 2 : null);
  });
});

test('metrics count what was served', async () => {
  upstream.script = (_r, response) => response.writeHead(200, sse).end(wholeStream);
  const labels = 'dialect="messages",operation="messages.create",upstream="scripted",status="200"';
  const requests = `quatrain_requests_total{${labels}}`;
  const before = await metric(requests);
  const tokensBefore = await metric('quatrain_tokens_total{class="output"}');
  const sumBefore = await metric(`quatrain_time_to_first_byte_seconds_sum{${labels}}`);
  for (let index = 0; index < 3; index += 1) await post(askedStream);
  expect(await metric(requests)).toBe(before + 3);
  expect(await metric('quatrain_tokens_total{class="output"}')).toBe(tokensBefore + 3 * 42);
  expect(await metric(`quatrain_request_duration_seconds_count{${labels}}`)).toBe(before + 3);
  const waited = (await metric(`quatrain_time_to_first_byte_seconds_sum{${labels}}`)) - sumBefore;
  expect(waited).toBeGreaterThan(0);
  expect(await metric('quatrain_requests_in_flight')).toBe(0);
});

test('nothing secret and nothing that was said is kept anywhere', async () => {
  const canary = {
    prompt: 'CANARY-prompt-5f1c',
    answer: 'CANARY-answer-77aa',
    header: 'CANARY-header-0b2d',
    query: 'CANARYquery91',
    wrongKey: 'sk-ant-CANARY-wrong-key-3e',
    credential: 'CANARY-upstream-credential-c4',
  };
  const dark = await startTestGateway(
    upstreamYaml(upstream.url).replace('auth: none', 'api_key: env:UP_KEY') + 'log_level: debug\n',
    { UP_KEY: canary.credential },
  );
  try {
    const body = JSON.stringify({
      ...askedStream,
      messages: [canary.prompt],
      system: canary.prompt,
    });
    const send = (headers: object): Promise<unknown> =>
      sendRaw(`${dark.url}/v1/messages?q=${canary.query}`, {
        body,
        headers: { ...dark.headers, 'x-note': canary.header, cookie: canary.header, ...headers },
      }).catch(() => undefined);
    const scripts: Script[] = [
      (_r, response) => response.writeHead(200, sse).end(wholeStream + canary.answer),
      (_r, response) => response.writeHead(200, sse).end(opening + canary.answer),
      (_r, response) => response.writeHead(200, { 'content-encoding': canary.answer }).end('x'),
      (_r, response) => response.writeHead(500, json).end(canary.answer),
      (_r, response) => response.destroy(),
    ];
    for (const script of scripts) {
      upstream.script = script;
      await send({});
    }
    await send({ 'x-api-key': canary.wrongKey });
    await expect.poll(() => readRequestLog(dark.dataDir).length).toBe(scripts.length + 1);
    expect(upstream.received.at(-1)?.headers['x-api-key']).toBe(canary.credential);
    const text = (await sendRaw(`${dark.adminUrl}/metrics`)).body.toString();
    const files = readdirSync(dark.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    expect(dark.logLines.length).toBeGreaterThan(0);
    const kept = [text, ...dark.logLines, ...files].join('\n');
    const found = [...Object.values(canary), dark.key].filter((secret) => kept.includes(secret));
    expect(found).toEqual([]);
  } finally {
    await dark.stop();
  }
});

test('request headers: only those of the API travel on, ours instead of the caller’s', async () => {
  upstream.script = (_r, response) => response.writeHead(200, json).end('{}');
  await post(asked, {
    'anthropic-beta': 'a,b',
    'x-forwarded-for': '1.2.3.4',
    cookie: 'a=b',
    connection: 'close, x-custom',
    'x-custom': '1',
    te: 'trailers',
  });
  const headers = upstream.received.at(-1)?.headers ?? {};
  expect(Object.keys(headers).toSorted()).toEqual([
    'accept-encoding',
    'anthropic-beta',
    'anthropic-version',
    'connection',
    'content-length',
    'content-type',
    'host',
    'user-agent',
  ]);
  expect(headers['user-agent']).toMatch(/^quatrain\//);
  expect(headers.host).toBe(new URL(upstream.url).host);
});
