import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/std/clock.ts';
import { wholeStream } from '../support/event-stream.ts';
import type { GatewayHost } from '../support/gateway-host.ts';
import { messageM, messagesBody, startGatewayHost } from '../support/gateway-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { run } from '../support/run-workers-ai.ts';

/** How often a gateway asks, and how long it waits; Workers reference §3.7. */

let host: GatewayHost;

beforeAll(async () => {
  host = await startGatewayHost();
  await host.makeGateway('plain');
  await host.makeGateway('retrying', {
    retry_max_attempts: 3,
    retry_delay: 1,
    retry_backoff: 'constant',
  });
});
afterAll(async () => {
  await host.stop();
});
beforeEach(() => {
  host.answers({ status: 200 });
});

type Headers = Readonly<Record<string, string>>;

const jsonIn = ({ body }: RawAnswer): unknown => JSON.parse(body.toString());
const asked = (): number => host.upstream.received.length;
const streamed = { status: 200, body: wholeStream, contentType: 'text/event-stream' };

/** Each way to ask, with the same options. */
const ways: readonly (readonly [string, (id: string, headers?: Headers) => Promise<RawAnswer>])[] =
  [
    [
      'on its URL',
      (id, headers = {}) =>
        host.ask('/anthropic/v1/messages', { body: messagesBody, gateway: id, headers }),
    ],
    [
      'by the binding',
      (id, headers) => run(host, { options: { gateway: { id } }, headers: headers ?? {} }),
    ],
  ];

describe.each(ways)('W-G15 attempts %s', (_name, ask) => {
  const fast = { 'cf-aig-max-attempts': '3', 'cf-aig-retry-delay': '1' };

  test('W-G15 500, 500, 200: three calls, and the caller sees the last', async () => {
    host.answers({ status: 500 }, { status: 500 }, streamed);
    expect([(await ask('plain', fast)).status, asked()]).toEqual([200, 3]);
  });

  test('W-G15 as the gateway says, where the request says nothing', async () => {
    host.answers({ status: 429 }, { status: 529 }, streamed);
    expect([(await ask('retrying')).status, asked()]).toEqual([200, 3]);
    host.answers({ status: 500 }, streamed);
    const [status] = [(await ask('retrying', { 'cf-aig-max-attempts': '1' })).status];
    expect([status, asked()]).toEqual([500, 1]);
  });

  test('without a word there is one', async () => {
    host.answers({ status: 500 }, streamed);
    expect([(await ask('plain')).status, asked()]).toEqual([500, 1]);
  });

  test('what is the request’s own fault is not tried again', async () => {
    host.answers({ status: 400, body: '{"type":"error"}' }, streamed);
    expect([(await ask('plain', fast)).status, asked()]).toEqual([400, 1]);
  });

  test('W-G15 an upstream that says when to ask again is asked then', async () => {
    const times: number[] = [];
    host.upstream.received.length = 0;
    host.upstream.script = (_request, response) => {
      times.push(performance.now());
      const isFirst = times.length === 1;
      response.writeHead(isFirst ? 429 : 200, {
        'content-type': isFirst ? 'application/json' : 'text/event-stream',
        ...(isFirst ? { 'retry-after-ms': '80' } : {}),
      });
      response.end(isFirst ? '{}' : wholeStream);
    };
    expect((await ask('plain', fast)).status).toBe(200);
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(78);
  });

  test('W-G15 the pauses grow as they are told to', async () => {
    host.answers({ status: 500 }, { status: 500 }, streamed);
    const times: number[] = [];
    const { script } = host.upstream;
    host.upstream.script = (...given) => {
      times.push(performance.now());
      script(...given);
    };
    await ask('plain', { ...fast, 'cf-aig-retry-delay': '60', 'cf-aig-backoff': 'linear' });
    const [first = 0, second = 0, third = 0] = times;
    // Timers of the machine may be a little early, and are late as it pleases.
    expect(second - first).toBeGreaterThanOrEqual(58);
    expect(third - second).toBeGreaterThanOrEqual(118);
  });
});

describe('options of the binding', () => {
  test('W-G15 retries, and a connection that breaks is one', async () => {
    let calls = 0;
    host.upstream.received.length = 0;
    host.upstream.script = (_request, response, raw) => {
      calls += 1;
      if (calls === 1) raw.socket.destroy();
      else {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(wholeStream);
      }
    };
    const gateway = { id: 'plain', retries: { maxAttempts: 2, retryDelayMs: 1 } };
    expect((await run(host, { options: { gateway } })).status).toBe(200);
  });

  test('W-G14 requestTimeoutMs', async () => {
    host.upstream.script = () => {};
    const options = { gateway: { id: 'plain', requestTimeoutMs: 50 } };
    const reply = await run(host, { options });
    expect(reply.status).toBe(408);
    expect(jsonIn(reply)).toMatchObject({
      internalCode: 3007,
      description: 'The upstream did not begin to answer within 50 milliseconds.',
    });
  });
});

describe('W-G14 the time to the first byte', () => {
  const ask = (headers: Headers, stream = true): Promise<RawAnswer> =>
    host.ask('/anthropic/v1/messages', {
      body: { ...messagesBody, stream },
      gateway: 'plain',
      headers,
    });

  test.each([
    ['no head', false],
    ['a head and no byte', true],
  ])('W-G14 %s in time: an error, and the upstream is left', async (_name, hasHead) => {
    const left = new Promise<void>((resolve) => {
      host.upstream.script = (_request, response, raw) => {
        raw.socket.once('close', resolve);
        if (!hasHead) return;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.flushHeaders();
      };
    });
    const reply = await ask({ 'cf-aig-request-timeout': '50' });
    expect(reply.status).toBe(408);
    expect(jsonIn(reply)).toMatchObject({ success: false, error: [{ code: 3007 }] });
    await left;
  });

  test('W-G14 a first byte in time and a slow rest: nothing is cut', async () => {
    host.upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const half = wholeStream.indexOf('content_block_delta');
      response.write(wholeStream.slice(0, half));
      systemClock.after(300, () => response.end(wholeStream.slice(half)));
    };
    const reply = await ask({ 'cf-aig-request-timeout': '150' });
    expect([reply.status, reply.body.toString()]).toEqual([200, wholeStream]);
  });

  test('W-G14 the last of several attempts waits as long as it takes', async () => {
    let calls = 0;
    host.upstream.script = (_request, response) => {
      calls += 1;
      if (calls === 1) return;
      response.writeHead(200, { 'content-type': 'application/json' });
      systemClock.after(200, () => response.end(JSON.stringify(messageM)));
    };
    const headers = {
      'cf-aig-request-timeout': '50',
      'cf-aig-max-attempts': '2',
      'cf-aig-retry-delay': '1',
    };
    const reply = await ask(headers, false);
    expect([reply.status, jsonIn(reply), calls]).toEqual([200, messageM, 2]);
  });
});
