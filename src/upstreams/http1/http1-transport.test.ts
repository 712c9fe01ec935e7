import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { NotingSink } from '../../../test/support/fed-source.ts';
import { becomesSo } from '../../../test/support/own-time.ts';
import type { TcpServer } from '../../../test/support/tcp-server.ts';
import {
  chunkOf,
  chunkedHead,
  httpAnswer,
  startTcpServer,
} from '../../../test/support/tcp-server.ts';
import type { ByteSource } from '../../std/byte-stream.ts';
import { collect } from '../../std/byte-stream.ts';
import { CancellationSource, uncancelled } from '../../std/cancellation.ts';
import { systemClock } from '../../std/clock.ts';
import type { TransportRequest, TransportResult } from '../transport.ts';
import { Http1Transport } from './http1-transport.ts';

/** Over real sockets on loopback. */

const asked: TransportRequest = {
  method: 'POST',
  path: '/v1/messages',
  headers: ['content-type', 'application/json'],
  body: Buffer.from('{"a":1}'),
};

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

function transportTo(
  origin: string,
  more: Partial<ConstructorParameters<typeof Http1Transport>[0]> = {},
): Http1Transport {
  const transport = new Http1Transport({
    clock: systemClock,
    origin,
    connectTimeoutMs: 2000,
    firstByteTimeoutMs: 5000,
    idleTimeoutMs: 5000,
    connectionsMax: 100,
    ...more,
  });
  cleanUp.push(() => transport.close());
  return transport;
}

async function server(
  onRequest: (socket: Socket, requestOfSocket: number) => void,
): Promise<TcpServer> {
  const started = await startTcpServer(onRequest);
  cleanUp.push(() => started.stop());
  return started;
}

function bodyOf(result: TransportResult): ByteSource {
  if (result.kind === 'failure') throw new Error(`failed: ${JSON.stringify(result.failure)}`);
  return result.body;
}

async function textOf(result: TransportResult): Promise<string> {
  const collected = await collect(bodyOf(result), 1e9, uncancelled);
  return collected.kind === 'bytes' ? collected.bytes.toString() : `fault ${collected.fault.kind}`;
}

const reasonOf = (result: TransportResult): string =>
  result.kind === 'failure' ? result.failure.reason : 'response';

describe('an answer', () => {
  test.each([300, 301, 302, 303, 304, 307, 308])(
    'that sends somebody elsewhere (%i) is none, and nobody goes there',
    async (status) => {
      const elsewhere = await server((socket) => socket.end(httpAnswer('not asked')));
      const { origin } = await server((socket) => {
        const head = `HTTP/1.1 ${String(status)} Away\r\nlocation: ${elsewhere.origin}/v1/messages`;
        socket.write(`${head}\r\ncontent-length: 0\r\n\r\n`);
      });
      const result = await transportTo(origin).send(asked, uncancelled);
      expect(reasonOf(result)).toBe('redirected');
      expect(elsewhere.heads).toEqual([]);
    },
  );

  test('status, headers by lower-case name, body', async () => {
    const { origin, heads } = await server((socket) => {
      socket.write('HTTP/1.1 418 Odd\r\nX-One: 1\r\ncontent-length: 3\r\n\r\nabc');
    });
    const result = await transportTo(origin).send(asked, uncancelled);
    expect(result).toMatchObject({ kind: 'response', status: 418, headers: { 'x-one': '1' } });
    expect(await textOf(result)).toBe('abc');
    expect(heads[0]).toMatch(/^POST \/v1\/messages HTTP\/1\.1\r\n/);
    expect(heads[0]).toContain('content-type: application/json');
    expect(heads[0]).toContain('content-length: 7');
  });

  test('an informational answer before it is no answer', async () => {
    const { origin } = await server((socket) => {
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${httpAnswer('real')}`);
    });
    const result = await transportTo(origin).send(asked, uncancelled);
    expect(result).toMatchObject({ status: 200 });
    expect(await textOf(result)).toBe('real');
  });

  test('the body is the bytes that were sent, however they were cut', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 256));
    const { origin } = await server((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      for (let at = 0; at < bytes.length; at += 7919) {
        const part = bytes.subarray(at, at + 7919);
        socket.write(`${part.length.toString(16)}\r\n`);
        socket.write(part);
        socket.write('\r\n');
      }
      socket.write('0\r\n\r\n');
    });
    const result = await transportTo(origin).send(asked, uncancelled);
    const collected = await collect(bodyOf(result), 1e9, uncancelled);
    const digest = (of: Uint8Array): string => createHash('sha256').update(of).digest('hex');
    expect(collected.kind === 'bytes' && digest(collected.bytes)).toBe(digest(bytes));
  });

  test('200 requests at once: each gets its own answer, and all connections are given back', async () => {
    const started = await server((socket) => {
      const path = /^POST (\S+)/.exec(started.heads.at(-1) ?? '')?.[1] ?? '';
      setImmediate(() => socket.write(httpAnswer(path)));
    });
    const transport = transportTo(started.origin, { connectionsMax: 200 });
    for (const round of [1, 2]) {
      const answers = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const path = `/${String(round)}/${String(index)}`;
          const result = await transport.send({ ...asked, path }, uncancelled);
          return (await textOf(result)) === path;
        }),
      );
      expect(answers.filter((right) => right)).toHaveLength(200);
    }
    expect(started.sockets.length).toBeLessThanOrEqual(200);
  });
});

describe('no answer', () => {
  test('nobody listens: connect-failed', async () => {
    const started = await startTcpServer(() => {});
    await started.stop();
    expect(reasonOf(await transportTo(started.origin).send(asked, uncancelled))).toBe(
      'connect-failed',
    );
  });

  test('silence: first-byte-timeout', async () => {
    const { origin } = await server(() => {});
    const transport = transportTo(origin, { firstByteTimeoutMs: 100 });
    expect(reasonOf(await transport.send(asked, uncancelled))).toBe('first-byte-timeout');
  });

  test('a first use that is cut is not sent again', async () => {
    const { origin, heads } = await server((socket) => socket.destroy());
    expect(reasonOf(await transportTo(origin).send(asked, uncancelled))).toBe('cut');
    expect(heads).toHaveLength(1);
  });

  test('what is no HTTP is a failure, not an exception', async () => {
    const { origin } = await server((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    expect(reasonOf(await transportTo(origin).send(asked, uncancelled))).not.toBe('response');
  });

  test('more than connectionsMax at once: too-many-connections, until one is free', async () => {
    const waiting: Socket[] = [];
    const { origin } = await server((socket) => waiting.push(socket));
    const transport = transportTo(origin, { connectionsMax: 2 });
    const first = transport.send(asked, uncancelled);
    const second = transport.send(asked, uncancelled);
    await expect.poll(() => waiting.length).toBe(2);
    expect(reasonOf(await transport.send(asked, uncancelled))).toBe('too-many-connections');
    waiting[0]?.write(httpAnswer('one'));
    const texts = await Promise.race([first, second].map(async (sent) => textOf(await sent)));
    expect(texts).toBe('one');
    const third = transport.send(asked, uncancelled);
    await expect.poll(() => waiting.length).toBe(3);
    for (const socket of waiting.slice(1)) socket.write(httpAnswer('late'));
    expect(await textOf(await third)).toBe('late');
  });

  test('failures give their connection back', async () => {
    const { origin } = await server((socket) => socket.destroy());
    const transport = transportTo(origin, { connectionsMax: 1 });
    for (let index = 0; index < 5; index += 1) {
      expect(reasonOf(await transport.send(asked, uncancelled))).toBe('cut');
    }
  });
});

describe('a body that breaks', () => {
  const readToFault = async (result: TransportResult): Promise<NotingSink> => {
    const sink = new NotingSink();
    bodyOf(result).open(sink);
    await expect.poll(() => sink.ends, { timeout: 10_000 }).not.toEqual([]);
    return sink;
  };

  test('cut: what came is passed, then fail', async () => {
    const { origin } = await server((socket) => {
      socket.end(chunkedHead + chunkOf('half'));
    });
    const sink = await readToFault(await transportTo(origin).send(asked, uncancelled));
    expect([sink.text, sink.ends]).toEqual(['half', ['fail cut']]);
  });

  test('silent: idle-timeout', async () => {
    const { origin } = await server((socket) => {
      socket.write(chunkedHead + chunkOf('half'));
    });
    const transport = transportTo(origin, { idleTimeoutMs: 200 });
    const sink = await readToFault(await transport.send(asked, uncancelled));
    expect([sink.text, sink.ends]).toEqual(['half', ['fail idle-timeout']]);
  });

  test('a broken chunk size: fail', async () => {
    const { origin } = await server((socket) => {
      socket.write(`${chunkedHead}${chunkOf('half')}zz\r\n`);
    });
    const sink = await readToFault(await transportTo(origin).send(asked, uncancelled));
    expect(sink.ends).toEqual(['fail malformed']);
  });

  test('a length that is not met: fail', async () => {
    const { origin } = await server((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort');
    });
    const sink = await readToFault(await transportTo(origin).send(asked, uncancelled));
    expect(sink.ends).toEqual(['fail cut']);
  });

  test('closed with the transport: fail, and nothing is sent any more', async () => {
    const { origin } = await server((socket) => {
      socket.write(chunkedHead + chunkOf('half'));
    });
    const transport = transportTo(origin);
    const result = await transport.send(asked, uncancelled);
    const sink = new NotingSink();
    bodyOf(result).open(sink);
    await transport.close();
    await expect.poll(() => sink.ends).toEqual(['fail cut']);
    expect(reasonOf(await transport.send(asked, uncancelled))).not.toBe('response');
  });
});

describe('cancellation', () => {
  test('before it is sent: nothing is connected', async () => {
    const { origin, sockets } = await server(() => {});
    const cancellation = new CancellationSource();
    cancellation.cancel();
    const transport = transportTo(origin, { connectionsMax: 1 });
    expect(reasonOf(await transport.send(asked, cancellation))).toBe('cancelled');
    expect(sockets).toHaveLength(0);
  });

  test('before the connection stands', async () => {
    const { origin, heads } = await server((socket) => socket.write(httpAnswer('next')));
    const transport = transportTo(origin, { connectionsMax: 1 });
    const cancellation = new CancellationSource();
    const sent = transport.send(asked, cancellation);
    cancellation.cancel();
    expect(reasonOf(await sent)).toBe('cancelled');
    expect(await textOf(await transport.send(asked, uncancelled))).toBe('next');
    expect(heads).toHaveLength(1);
  });

  test('#147 before the head: the connection is closed', async () => {
    const { origin, sockets, heads } = await server(() => {});
    const cancellation = new CancellationSource();
    const sent = transportTo(origin).send(asked, cancellation);
    await expect.poll(() => heads.length).toBe(1);
    cancellation.cancel();
    expect(reasonOf(await sent)).toBe('cancelled');
    expect(await becomesSo(() => sockets[0]?.closed === true, 1000)).toBe(true);
  });

  test.each<[string, (source: ByteSource, cancellation: CancellationSource) => void]>([
    ['by the caller', (_source, cancellation) => cancellation.cancel()],
    ['by whoever reads', (source) => source.cancel()],
  ])(
    '#147 in the body, %s: the connection is closed and nothing more is told',
    async (_by, end) => {
      const { origin, sockets } = await server((socket) => {
        socket.write(chunkedHead + chunkOf('half'));
      });
      const cancellation = new CancellationSource();
      const source = bodyOf(await transportTo(origin).send(asked, cancellation));
      const sink = new NotingSink();
      source.open(sink);
      await expect.poll(() => sink.text).toBe('half');
      end(source, cancellation);
      source.cancel();
      expect(await becomesSo(() => sockets[0]?.closed === true, 1000)).toBe(true);
      expect([sink.text, sink.ends]).toEqual(['half', []]);
    },
  );

  test('after the whole answer arrived, before it was read: nothing is told', async () => {
    const { origin } = await server((socket) => socket.write(httpAnswer('whole')));
    const transport = transportTo(origin, { connectionsMax: 1 });
    const source = bodyOf(await transport.send(asked, uncancelled));
    source.cancel();
    const sink = new NotingSink();
    source.open(sink);
    expect([sink.text, sink.ends]).toEqual(['', []]);
    expect(await textOf(await transport.send(asked, uncancelled))).toBe('whole');
  });

  test('from within a write: the end is not told', async () => {
    const { origin } = await server((socket) =>
      socket.end(chunkedHead + chunkOf('a') + chunkOf('')),
    );
    const source = bodyOf(await transportTo(origin).send(asked, uncancelled));
    const ends: string[] = [];
    await new Promise<void>((resolve) => {
      source.open({
        write: () => {
          source.cancel();
          setImmediate(resolve);
          return false;
        },
        end: () => ends.push('end'),
        fail: () => ends.push('fail'),
      });
    });
    expect(ends).toEqual([]);
  });
});
