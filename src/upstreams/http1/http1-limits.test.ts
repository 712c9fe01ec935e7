import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { NotingSink } from '../../../test/support/fed-source.ts';
import type { TcpServer } from '../../../test/support/tcp-server.ts';
import {
  chunkOf,
  chunkedHead,
  httpAnswer,
  startTcpServer,
} from '../../../test/support/tcp-server.ts';
import { collect } from '../../std/byte-stream.ts';
import { uncancelled } from '../../std/cancellation.ts';
import { ManualClock } from '../../std/manual-clock.ts';
import type { TransportRequest } from '../transport.ts';
import { Http1Transport } from './http1-transport.ts';

/** What is written, what is refused, and what time does: the clock is ours, the sockets are real. */

const asked: TransportRequest = { method: 'POST', path: '/', headers: [], body: Buffer.from('{}') };

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

interface Served extends TcpServer {
  readonly transport: Http1Transport;
  readonly clock: ManualClock;
}

async function serve(onRequest: (socket: Socket, count: number) => void): Promise<Served> {
  const started = await startTcpServer(onRequest);
  const clock = new ManualClock();
  const transport = transportTo(started.origin, clock);
  cleanUp.push(() => started.stop());
  return { ...started, transport, clock };
}

function transportTo(origin: string, clock: ManualClock): Http1Transport {
  const transport = new Http1Transport({
    clock,
    origin,
    connectTimeoutMs: 1000,
    firstByteTimeoutMs: 2000,
    idleTimeoutMs: 3000,
    connectionsMax: 2,
  });
  cleanUp.push(() => transport.close());
  return transport;
}

/** The body's text, or `reason: detail`. */
async function outcome(transport: Http1Transport, request = asked): Promise<string> {
  const result = await transport.send(request, uncancelled);
  if (result.kind === 'failure') return `${result.failure.reason}: ${result.failure.detail}`;
  const collected = await collect(result.body, 1e9, uncancelled);
  return collected.kind === 'bytes' ? collected.bytes.toString() : collected.fault.kind;
}

describe('a request', () => {
  test.each<[string, Partial<TransportRequest>, string | undefined]>([
    ['POST without a body says so', { body: Buffer.alloc(0) }, 'content-length: 0'],
    ['GET without a body says nothing', { method: 'GET', body: Buffer.alloc(0) }, undefined],
    ['DELETE without a body', { method: 'DELETE', body: Buffer.alloc(0) }, undefined],
  ])('%s', async (_name, change, line) => {
    const { transport, heads } = await serve((socket) => socket.write(httpAnswer('ok')));
    expect(await outcome(transport, { ...asked, ...change })).toBe('ok');
    expect(/^content-length.*$/m.exec(heads[0] ?? '')?.[0]).toBe(line);
  });

  test.each([10, 16_000, 16_384, 20_000, 3_000_000])('of %d bytes arrives whole', async (size) => {
    const body = Buffer.alloc(size, 'abcdefg');
    const server = createServer((request, response) => {
      const digest = createHash('sha256');
      request.on('data', (chunk: Buffer) => digest.update(chunk));
      request.on('end', () => response.end(digest.digest('hex')));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const transport = transportTo(`http://127.0.0.1:${String(port)}`, new ManualClock());
    const answers = [
      await outcome(transport, { ...asked, body }),
      await outcome(transport, { ...asked, body }),
    ];
    server.close();
    const expected = createHash('sha256').update(body).digest('hex');
    expect(answers).toEqual([expected, expected]);
  });

  test.each<[string, Partial<TransportRequest>]>([
    ['a line end in a value', { headers: ['a', 'b\r\nx: y'] }],
    ['a line end in a name', { headers: ['a\r\nx', 'b'] }],
    ['a sign beyond latin1', { headers: ['a', '\u2028'] }],
    ['a NUL', { headers: ['a', '\0'] }],
    ['a blank in the path', { path: '/a b' }],
    ['a line end in the path', { path: '/a\r\nHost: b' }],
  ])('with %s is not sent, and its connection stays of use', async (_name, change) => {
    const { transport, heads } = await serve((socket) => socket.write(httpAnswer('ok')));
    expect(await outcome(transport)).toBe('ok');
    expect(await outcome(transport, { ...asked, ...change })).toMatch(/^malformed: /);
    expect(await outcome(transport)).toBe('ok');
    expect(heads).toHaveLength(2);
  });
});

describe('an answer', () => {
  test('byte by byte is the same', async () => {
    const text = `HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunkOf('one')}${chunkOf('two')}0\r\n\r\n`;
    const { transport, sockets } = await serve((socket) => {
      const next = (at: number): void => {
        if (at >= text.length) return;
        socket.write(text.slice(at, at + 1), () => setImmediate(next, at + 1));
      };
      next(0);
    });
    expect([await outcome(transport), await outcome(transport)]).toEqual(['onetwo', 'onetwo']);
    expect(sockets).toHaveLength(1);
  });

  test('without a length ends with its connection', async () => {
    const { transport, sockets } = await serve((socket) =>
      socket.end('HTTP/1.1 200 OK\r\n\r\nall'),
    );
    expect([await outcome(transport), await outcome(transport)]).toEqual(['all', 'all']);
    expect(sockets).toHaveLength(2);
  });

  test.each<[string, string]>([
    ['101', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(12_000)}`],
    ['a head that is too long', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(12_000)}\r\n`],
  ])('%s is malformed', async (_name, text) => {
    const { transport, sockets } = await serve((socket) => socket.write(text));
    expect(await outcome(transport)).toMatch(/^malformed: /);
    await expect.poll(() => sockets[0]?.closed).toBe(true);
  });

  test('what follows an answer unasked is never the answer to the next request', async () => {
    const { transport, sockets } = await serve((socket, count) => {
      socket.write(
        count === 1 && sockets.length === 1
          ? httpAnswer('one') + httpAnswer('evil')
          : httpAnswer('two'),
      );
    });
    expect([await outcome(transport), await outcome(transport)]).toEqual(['one', 'two']);
    expect(sockets).toHaveLength(2);
  });

  test('what comes unasked on an idle connection closes it', async () => {
    const { transport, sockets } = await serve((socket) => socket.write(httpAnswer('one')));
    expect(await outcome(transport)).toBe('one');
    sockets[0]?.write(httpAnswer('evil'));
    await expect.poll(() => sockets[0]?.closed).toBe(true);
    expect(await outcome(transport)).toBe('one');
    expect(sockets).toHaveLength(2);
  });

  test('before the request was written ends the connection', async () => {
    const { transport, sockets } = await serve(() => {});
    const sent = outcome(transport, { ...asked, body: Buffer.alloc(50_000_000) });
    await expect.poll(() => sockets.length).toBe(1);
    sockets[0]?.pause();
    sockets[0]?.write(httpAnswer('too large'));
    expect(await sent).toBe('too large');
    sockets[0]?.resume();
    await expect.poll(() => sockets[0]?.closed).toBe(true);
  });
});

describe('time', () => {
  const inBody = async (served: Served): Promise<NotingSink> => {
    const result = await served.transport.send(asked, uncancelled);
    if (result.kind === 'failure') throw new Error(result.failure.detail);
    const sink = new NotingSink();
    result.body.open(sink);
    return sink;
  };

  test('no head within the time for the first byte', async () => {
    const { transport, clock, heads } = await serve(() => {});
    const sent = outcome(transport);
    await expect.poll(() => heads.length).toBe(1);
    clock.advance(1900);
    clock.advance(300);
    expect(await sent).toMatch(/^first-byte-timeout: /);
  });

  test('silence in a body; what comes starts the wait anew', async () => {
    const served = await serve((socket) => socket.write(chunkedHead + chunkOf('a')));
    const sink = await inBody(served);
    served.clock.advance(2900);
    served.sockets[0]?.write(chunkOf('b'));
    await expect.poll(() => sink.text).toBe('ab');
    served.clock.advance(2900);
    expect(sink.ends).toEqual([]);
    served.clock.advance(300);
    expect(sink.ends).toEqual(['fail idle-timeout']);
  });

  test('a reader that takes nothing is no silence of the server', async () => {
    const served = await serve((socket) => socket.write(chunkedHead + chunkOf('a')));
    const result = await served.transport.send(asked, uncancelled);
    if (result.kind === 'failure') throw new Error(result.failure.detail);
    const sink = new NotingSink();
    sink.takesMore = false;
    result.body.open(sink);
    await expect.poll(() => sink.text).toBe('a');
    served.clock.advance(60_000);
    expect(sink.ends).toEqual([]);
    sink.takesMore = true;
    result.body.resume();
    served.clock.advance(3500);
    expect(sink.ends).toEqual(['fail idle-timeout']);
  });

  test.each<[string, string, number]>([
    ['four seconds', '', 4000],
    ['a second less than the server says', 'keep-alive: timeout=3\r\n', 2000],
    ['at most a minute', 'keep-alive: timeout=600\r\n', 60_000],
  ])('an idle connection is kept for %s', async (_name, header, keptMs) => {
    const { transport, sockets, clock } = await serve((socket) =>
      socket.write(httpAnswer('ok', header)),
    );
    expect(await outcome(transport)).toBe('ok');
    clock.advance(keptMs - 100);
    expect(await outcome(transport)).toBe('ok');
    expect(sockets).toHaveLength(1);
    clock.advance(keptMs + 1100);
    await expect.poll(() => sockets[0]?.closed).toBe(true);
    expect(await outcome(transport)).toBe('ok');
    expect(sockets).toHaveLength(2);
  });
});
