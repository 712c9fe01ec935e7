import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';

export interface TcpServer {
  readonly origin: string;
  readonly port: number;
  /** Every connection there was. */
  readonly sockets: readonly Socket[];
  /** The head of every request, in order, over all connections. */
  readonly heads: readonly string[];
  stop(): Promise<void>;
}

/**
 * A server on loopback that does with each request what the test says, byte by byte: for what no
 * HTTP library would send. Bodies of requests are read by their `content-length`.
 */
export async function startTcpServer(
  onRequest: (socket: Socket, requestOfSocket: number) => void,
): Promise<TcpServer> {
  const sockets: Socket[] = [];
  const heads: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    let text = '';
    let count = 0;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let next = wholeRequest(text); next !== undefined; next = wholeRequest(text)) {
        text = text.slice(next.length);
        heads.push(next.slice(0, next.indexOf('\r\n\r\n')));
        count += 1;
        onRequest(socket, count);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    port,
    sockets,
    heads,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function wholeRequest(text: string): string | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, headEnd))?.[1] ?? 0);
  const end = headEnd + 4 + length;
  return text.length < end ? undefined : text.slice(0, end);
}

/** A whole answer with a length. */
export function httpAnswer(body: string, more = ''): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n${more}\r\n${body}`;
}

/** The head of an answer whose end is told by chunks. */
export const chunkedHead: string = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

export function chunkOf(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
