import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { NotingSink } from '../../../test/support/fed-source.ts';
import type { TcpServer } from '../../../test/support/tcp-server.ts';
import { chunkedHead, httpAnswer, startTcpServer } from '../../../test/support/tcp-server.ts';
import { collect } from '../../std/byte-stream.ts';
import { uncancelled } from '../../std/cancellation.ts';
import { systemClock } from '../../std/clock.ts';
import { Http1Transport } from './http1-transport.ts';

/** How Http1Transport uses its connections: reuse, the keep-alive race, back-pressure. */

const asked = {
  method: 'POST',
  path: '/v1/messages',
  headers: ['content-type', 'application/json'],
  body: Buffer.from('{}'),
} as const;
const request = { ...asked, headers: [...asked.headers] };

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function server(
  onRequest: (socket: Socket, requestOfSocket: number) => void,
): Promise<TcpServer & { readonly transport: Http1Transport }> {
  const started = await startTcpServer(onRequest);
  const transport = new Http1Transport({
    clock: systemClock,
    origin: started.origin,
    connectTimeoutMs: 2000,
    firstByteTimeoutMs: 5000,
    idleTimeoutMs: 5000,
    connectionsMax: 10,
  });
  cleanUp.push(
    () => transport.close(),
    () => started.stop(),
  );
  return { ...started, transport };
}

/** Body, or why there is none. */
async function outcome(transport: Http1Transport): Promise<string> {
  const result = await transport.send(request, uncancelled);
  if (result.kind === 'failure') return result.failure.reason;
  const collected = await collect(result.body, 1e9, uncancelled);
  return collected.kind === 'bytes' ? collected.bytes.toString() : collected.fault.kind;
}

describe('reuse', () => {
  test('requests one after the other share a connection', async () => {
    const { transport, sockets } = await server((socket, count) => {
      socket.write(httpAnswer(String(count)));
    });
    const texts: string[] = [];
    for (let index = 0; index < 5; index += 1) texts.push(await outcome(transport));
    expect(texts).toEqual(['1', '2', '3', '4', '5']);
    expect(sockets).toHaveLength(1);
  });

  test('a connection that the server closes after its answer is not used again', async () => {
    const { transport, sockets, heads } = await server((socket) => {
      socket.end(httpAnswer('one', 'connection: close\r\n'));
    });
    expect([await outcome(transport), await outcome(transport)]).toEqual(['one', 'one']);
    expect([sockets.length, heads.length]).toEqual([2, 2]);
  });

  test('a connection that died while idle does no harm', async () => {
    const { transport, sockets } = await server((socket) => socket.write(httpAnswer('fine')));
    for (let index = 0; index < 3; index += 1) {
      expect(await outcome(transport)).toBe('fine');
      const last = sockets.at(-1);
      last?.destroy();
      await expect.poll(() => last?.closed).toBe(true);
    }
  });
});

describe('the keep-alive race', () => {
  const cutSecond = (how: (socket: Socket) => void) => (socket: Socket, count: number) => {
    if (count === 1) socket.write(httpAnswer('first'));
    else how(socket);
  };

  test.each<[string, (socket: Socket) => void]>([
    ['closed', (socket) => socket.destroy()],
    ['reset', (socket) => socket.resetAndDestroy()],
  ])('a used connection that is %s without a byte: sent once more', async (_how, how) => {
    const { transport, sockets, heads } = await server(cutSecond(how));
    expect(await outcome(transport)).toBe('first');
    expect(await outcome(transport)).toBe('first');
    expect([sockets.length, heads.length]).toEqual([2, 3]);
  });

  test('and no more than once', async () => {
    let served = 0;
    const { transport, heads } = await server((socket) => {
      served += 1;
      if (served === 1) socket.write(httpAnswer('first'));
      else socket.destroy();
    });
    expect(await outcome(transport)).toBe('first');
    expect(await outcome(transport)).toBe('cut');
    expect(heads).toHaveLength(3);
  });

  test.each<[string, string]>([
    ['an informational answer', 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le'],
  ])(
    'a used connection that is cut after %s: somebody was at work, not sent again',
    async (_name, bytes) => {
      const { transport, heads } = await server(
        cutSecond((socket) => {
          socket.end(bytes);
        }),
      );
      expect(await outcome(transport)).toBe('first');
      expect(await outcome(transport)).not.toBe('first');
      expect(heads).toHaveLength(2);
    },
  );
});

test('back-pressure: a reader that takes nothing stalls the sender, and gets every byte later', async () => {
  const total = 50 * 1024 * 1024;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let written = 0;
  let stalls = 0;
  const { transport } = await server((socket) => {
    socket.write(chunkedHead);
    const more = (): void => {
      while (written < total) {
        written += chunk.length;
        socket.write(`${chunk.length.toString(16)}\r\n`);
        socket.write(chunk);
        if (!socket.write('\r\n')) {
          stalls += 1;
          socket.once('drain', more);
          return;
        }
      }
      socket.write('0\r\n\r\n');
    };
    more();
  });
  const result = await transport.send(request, uncancelled);
  if (result.kind === 'failure') throw new Error(result.failure.detail);
  const sink = new NotingSink();
  sink.takesMore = false;
  result.body.open(sink);
  await expect.poll(() => stalls > 0 && written).toBeTruthy();
  // Until it stands still: two looks with nothing new between them.
  let before = -1;
  await expect
    .poll(
      () => {
        const isStill = written === before;
        before = written;
        return isStill;
      },
      { interval: 100 },
    )
    .toBe(true);
  expect(written).toBeLessThan(20 * 1024 * 1024);
  expect(sink.bytes.length).toBeLessThan(1024 * 1024);
  sink.takesMore = true;
  result.body.resume();
  await expect.poll(() => sink.ends, { timeout: 10_000 }).toEqual(['end']);
  expect(sink.bytes.length).toBe(total);
});
