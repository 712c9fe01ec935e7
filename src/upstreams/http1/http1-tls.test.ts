import type { AddressInfo } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selfSigned } from '../../../test/support/self-signed.ts';
import { httpAnswer } from '../../../test/support/tcp-server.ts';
import { collect } from '../../std/byte-stream.ts';
import { uncancelled } from '../../std/cancellation.ts';
import { systemClock } from '../../std/clock.ts';
import { Http1Transport } from './http1-transport.ts';

const trusted = selfSigned();
const stranger = selfSigned();
const misnamed = selfSigned('elsewhere.test');
const known = getCACertificates('default');
const sockets: TLSSocket[] = [];

function serve(identity: { readonly key: string; readonly cert: string }): Promise<Server> {
  const server = createServer({ ...identity, ALPNProtocols: ['http/1.1'] }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    let seen = '';
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      const isSlow = seen.includes('/slow');
      if (seen.includes('\r\n\r\n') && !isSlow) socket.write(httpAnswer('secret'));
      if (isSlow) socket.end(httpAnswer('x'.repeat(300_000), 'connection: close\r\n'));
      seen = '';
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

async function ask(server: Server, host: string, path = '/'): Promise<string> {
  const transport = transportTo(server, host);
  const outcome = await send(transport, path);
  await transport.close();
  return outcome;
}

function transportTo(server: Server, host: string): Http1Transport {
  return new Http1Transport({
    clock: systemClock,
    origin: `https://${host}:${String((server.address() as AddressInfo).port)}`,
    connectTimeoutMs: 5000,
    firstByteTimeoutMs: 5000,
    idleTimeoutMs: 5000,
    connectionsMax: 10,
  });
}

async function send(transport: Http1Transport, path: string): Promise<string> {
  const body = Buffer.from('{}');
  const result = await transport.send({ method: 'POST', path, headers: [], body }, uncancelled);
  if (result.kind === 'failure') return `${result.failure.reason}: ${result.failure.detail}`;
  const collected = await collect(result.body, 1e9, uncancelled);
  return collected.kind === 'bytes' ? collected.bytes.toString() : collected.fault.kind;
}

describe('over TLS', () => {
  let server: Server;
  let other: Server;
  let elsewhere: Server;
  beforeAll(async () => {
    setDefaultCACertificates([...known, trusted.cert, misnamed.cert]);
    server = await serve(trusted);
    other = await serve(stranger);
    elsewhere = await serve(misnamed);
  });
  afterAll(() => {
    setDefaultCACertificates(known);
    for (const socket of sockets) socket.destroy();
    server.close();
    other.close();
    elsewhere.close();
  });

  test.each(['localhost', '127.0.0.1'])('to %s', async (host) => {
    expect(await ask(server, host)).toBe('secret');
    expect(sockets.at(-1)?.alpnProtocol).toBe('http/1.1');
  });

  test('a certificate that nobody vouches for is refused before a byte is sent', async () => {
    expect(await ask(other, 'localhost')).toMatch(/^connect-failed: .*certificate/i);
  });

  test('a certificate for another name is refused', async () => {
    expect(await ask(elsewhere, 'localhost')).toMatch(/^connect-failed: .*does not match/);
  });

  test('a connection is used again, and the next one resumes its session', async () => {
    const transport = transportTo(server, 'localhost');
    const before = sockets.length;
    expect([await send(transport, '/'), await send(transport, '/')]).toEqual(['secret', 'secret']);
    expect(sockets.length - before).toBe(1);
    sockets.at(-1)?.destroy();
    await expect.poll(() => sockets.at(-1)?.closed).toBe(true);
    await expect.poll(() => send(transport, '/')).toBe('secret');
    expect(sockets.at(-1)?.isSessionReused()).toBe(true);
    await transport.close();
  });

  test('a long answer that ends with the connection', async () => {
    expect((await ask(server, 'localhost', '/slow')).length).toBe(300_000);
  });
});
