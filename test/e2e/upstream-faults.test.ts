import { afterEach, describe, expect, test } from 'vitest';
import {
  closing,
  errorOf,
  messageStart,
  opening,
  textDelta,
  wholeStream,
} from '../support/event-stream.ts';
import { expectEnvelope } from '../support/expect-envelope.ts';
import { becomesSo } from '../support/own-time.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { RawConnection, requestText } from '../support/raw-connection.ts';
import type { Script, ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What a client sees of what goes wrong behind the gateway (reliability notes §2.2). */

const asked = { model: 'm', max_tokens: 9, messages: [] };
const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

interface Pair {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
  readonly post: (more?: object) => Promise<RawAnswer>;
}

const hasty = '    timeouts: { connect_ms: 300, first_byte_ms: 300, idle_ms: 300 }\n';

/** The gateway waits for its upstream a moment only, or as long as it does by itself. */
async function pair(script: Script, yaml = '', timeouts = hasty): Promise<Pair> {
  const upstream = await startScriptedUpstream(script);
  const gateway = await startTestGateway(upstreamYaml(upstream.url, timeouts) + yaml);
  cleanUp.push(
    () => gateway.stop(),
    () => upstream.stop(),
  );
  const post = (more: object = {}): Promise<RawAnswer> =>
    sendRaw(`${gateway.url}/v1/messages`, {
      body: JSON.stringify({ ...asked, ...more }),
      headers: { ...gateway.headers },
    });
  return { gateway, upstream, post };
}

const stream = { 'content-type': 'text/event-stream; charset=utf-8' };

describe('before anything was sent to the client: a status', () => {
  test.each<[string, Script, object, [number, string, RegExp?]]>([
    ['cut before the head', (_r, response) => response.destroy(), {}, [502, 'api_error']],
    ['silence', () => {}, {}, [504, 'timeout_error']],
    [
      'a one-piece answer that is cut',
      (_r, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"half":');
        response.socket?.end();
      },
      {},
      [502, 'api_error'],
    ],
    [
      'a one-piece answer that stops',
      (_r, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"half":');
      },
      {},
      [504, 'timeout_error'],
    ],
    [
      'a compressed answer',
      (_r, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      {},
      [502, 'api_error'],
    ],
    [
      '#19 an error event first',
      (_r, response) =>
        response
          .writeHead(200, stream)
          .end(messageStart + errorOf('overloaded_error', 'Overloaded')),
      { stream: true },
      [529, 'overloaded_error', /^Overloaded$/],
    ],
    [
      'an error event of another kind first',
      (_r, response) =>
        response.writeHead(200, stream).end(errorOf('invalid_request_error', 'Blocked')),
      { stream: true },
      [400, 'invalid_request_error', /^Blocked$/],
    ],
    [
      'a stream that is empty',
      (_r, response) => response.writeHead(200, stream).end(),
      { stream: true },
      [502, 'api_error'],
    ],
    [
      'a stream that is cut after message_start',
      (_r, response) => {
        response.writeHead(200, stream).write(messageStart, () => response.destroy());
      },
      { stream: true },
      [502, 'api_error'],
    ],
    [
      'a stream that is silent after message_start',
      (_r, response) => {
        response.writeHead(200, stream).write(messageStart);
      },
      { stream: true },
      [504, 'timeout_error'],
    ],
    [
      'a page of HTML that says it is a stream',
      (_r, response) => response.writeHead(200, stream).end('<html>\n\n<p>hi</p>\n\n</html>\n'),
      { stream: true },
      [502, 'api_error'],
    ],
  ])('#12 %s', async (_name, script, more, [status, type, message]) => {
    const { post, upstream } = await pair(script);
    expect(upstream.received).toEqual([]);
    expectEnvelope(await post(more), {
      status,
      type,
      ...(message === undefined ? {} : { message }),
    });
  });

  test('nobody listens: 502, and the address is not told', async () => {
    const { post, upstream } = await pair(() => {});
    await upstream.stop();
    const answer = await post();
    expectEnvelope(answer, { status: 502, type: 'api_error' });
    expect(answer.body.toString()).not.toMatch(/127\.0\.0\.1|ECONN/);
  });

  test('an error of the upstream passes as it stands, its own request id with it', async () => {
    const body =
      '{"type":"error","error":{"type":"api_error","message":"Hm"},"request_id":"req_up"}';
    const { post } = await pair((_r, response) =>
      response
        .writeHead(500, {
          'content-type': 'application/json',
          'request-id': 'req_up',
          'set-cookie': 'a=b',
        })
        .end(body),
    );
    const answer = await post();
    expect([answer.status, answer.body.toString()]).toEqual([500, body]);
    expect(answer.headers['request-id']).toBe('req_up');
    expect(answer.headers['x-quatrain-request-id']).toMatch(/^req_/);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('after content: an error event, and no end made up', () => {
  test.each<[string, Script, string]>([
    [
      'cut',
      (_r, response) => {
        response.writeHead(200, stream).write(opening, () => response.destroy());
      },
      'api_error',
    ],
    ['ended early', (_r, response) => response.writeHead(200, stream).end(opening), 'api_error'],
    [
      'cut within an event',
      (_r, response) => {
        response.writeHead(200, stream);
        response.write(opening + textDelta('half').slice(0, 30), () => response.destroy());
      },
      'api_error',
    ],
    [
      'silent',
      (_r, response) => {
        response.writeHead(200, stream).write(opening);
      },
      'timeout_error',
    ],
  ])('%s', async (_name, script, type) => {
    const { post } = await pair(script);
    const { status, headers, body } = await post({ stream: true });
    const text = body.toString();
    expect(status).toBe(200);
    expect(text.startsWith(opening)).toBe(true);
    const last = /^event: error\ndata: (.*)\n\n$/.exec(text.slice(opening.length))?.[1] ?? '{}';
    const event = JSON.parse(last) as { error?: { type?: string }; request_id?: string };
    expect(event.error?.type).toBe(type);
    expect(event.request_id).toBe(headers['request-id']);
    expect(text).not.toContain('message_stop');
  });

  test('#142 the upstream’s own error event passes once, and ends the stream', async () => {
    const error = errorOf('overloaded_error', 'Overloaded');
    const { post } = await pair((_r, response) =>
      response.writeHead(200, stream).end(opening + error),
    );
    expect((await post({ stream: true })).body.toString()).toBe(opening + error);
  });

  test('cut after message_stop: everything was there', async () => {
    const { post } = await pair((_r, response) => {
      response.writeHead(200, stream).write(wholeStream, () => response.destroy());
    });
    expect((await post({ stream: true })).body.toString()).toBe(wholeStream);
  });
});

describe('clients', () => {
  /** It is the client alone that ends or delays anything here. */
  const patient = ['', ''] as const;

  test('#147 a client that goes away in a stream: the upstream is cancelled within 1 s', async () => {
    let isClosed = false;
    const { gateway } = await pair(
      (_r, response) => {
        response.on('close', () => {
          isClosed = true;
        });
        response.writeHead(200, stream).write(opening);
      },
      ...patient,
    );
    const body = JSON.stringify({ ...asked, stream: true });
    const connection = new RawConnection(gateway.url);
    connection.send(requestText({ headers: { ...gateway.headers }, body }));
    await expect.poll(() => connection.text).toContain('Hello, ');
    connection.close();
    expect(await becomesSo(() => isClosed, 1000)).toBe(true);
  });

  test.each([false, true])(
    '#147 a client that goes away before the answer (stream %j): cancelled within 1 s',
    async (isStream) => {
      let isClosed = false;
      const { gateway, upstream } = await pair(
        (_r, response) => {
          response.on('close', () => {
            isClosed = true;
          });
        },
        ...patient,
      );
      const body = JSON.stringify({ ...asked, stream: isStream });
      const connection = new RawConnection(gateway.url);
      connection.send(requestText({ headers: { ...gateway.headers }, body }));
      await expect.poll(() => upstream.received.length).toBe(1);
      connection.close();
      expect(await becomesSo(() => isClosed, 1000)).toBe(true);
    },
  );

  test('a client that does not read stalls the upstream, and gets every byte later', async () => {
    const delta = textDelta('x'.repeat(32_000));
    const total = Math.ceil((100 * 1024 * 1024) / delta.length);
    let written = 0;
    const { gateway } = await pair(
      (_r, response) => {
        response.writeHead(200, stream).write(opening);
        const more = (): void => {
          while (written < total) {
            written += 1;
            if (!response.write(delta)) {
              response.once('drain', more);
              return;
            }
          }
          response.end(closing);
        };
        more();
      },
      ...patient,
    );
    const body = JSON.stringify({ ...asked, stream: true });
    const connection = new RawConnection(gateway.url);
    connection.socket.pause();
    const before = process.memoryUsage.rss();
    connection.send(requestText({ headers: { ...gateway.headers, connection: 'close' }, body }));
    let last = -1;
    await expect
      .poll(
        () => {
          const isStill = written > 0 && written === last;
          last = written;
          return isStill;
        },
        { interval: 150, timeout: 10_000 },
      )
      .toBe(true);
    expect(written * delta.length).toBeLessThan(20 * 1024 * 1024);
    expect(process.memoryUsage.rss() - before).toBeLessThan(60 * 1024 * 1024);
    connection.socket.resume();
    const text = await connection.untilClosed();
    expect(text.split('content_block_delta"').length - 1).toBe(total + 1);
    expect(text).toMatch(/message_stop"\}\n\n\r\n0\r\n\r\n$/);
  });

  test.each([true, false])(
    'a client that takes nothing for client_stall_ms is gone (stream %j)',
    async (isStream) => {
      const { gateway, upstream } = await pair((_r, response) => {
        if (isStream) {
          response.writeHead(200, stream).write(opening);
          for (let index = 0; index < 1000; index += 1)
            response.write(textDelta('x'.repeat(32_000)));
        } else {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(`{"x":"${'x'.repeat(32_000_000)}"}`);
        }
      }, 'timeouts: { client_stall_ms: 300 }\n');
      const body = JSON.stringify({ ...asked, stream: isStream });
      const connection = new RawConnection(gateway.url);
      connection.socket.pause();
      connection.send(requestText({ headers: { ...gateway.headers }, body }));
      const inFlight = async (): Promise<string | undefined> =>
        /^quatrain_requests_in_flight (\d+)/m.exec(
          await (await fetch(`${gateway.adminUrl}/metrics`)).text(),
        )?.[1];
      await expect.poll(() => upstream.received.length).toBe(1);
      await expect.poll(inFlight).toBe('0');
      connection.close();
    },
  );
});
