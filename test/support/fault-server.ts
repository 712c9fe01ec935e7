import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';

/** How an upstream of the fault matrix goes on when it has said what it has to say. */
export type PlayedEnd =
  /** As HTTP wants it. */
  | 'end'
  /** The connection closes where the answer is not over by the words of HTTP. */
  | 'closed'
  | 'reset'
  /** Nothing more comes, and nothing closes. */
  | 'silent';

/** What one request gets. */
export interface PlayedAnswer {
  /** Nothing where not even a head comes. */
  readonly head: { readonly status: number; readonly headers: readonly string[] } | undefined;
  readonly chunks: readonly Uint8Array[];
  /** After so many of them the reader is to have them all, and time to pass them on. */
  readonly pauseAfter?: number;
  readonly end: PlayedEnd;
}

/** One request on its way through the server. */
export interface PlayedRequest {
  readonly body: string;
  /** Content that was written to the socket. */
  writtenBytes: number;
  /** Everything was written, and nothing more will be until the reader has it. */
  isWritten: boolean;
  isEnded: boolean;
  /** The other side closed the connection before the server did. */
  isLeft: boolean;
}

export interface FaultServer {
  readonly origin: string;
  readonly requests: PlayedRequest[];
  stop(): Promise<void>;
}

export interface FaultServerParts {
  /** What to do with the request that has come. */
  readonly answer: (request: PlayedRequest) => PlayedAnswer;
  /** Whether the gateway has read all that was written for a request. */
  readonly isRead: (request: PlayedRequest) => boolean;
}

const PAUSE_TICKS = 5;

const tick = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A server on loopback that breaks its answers just where it is told to, once the reader is there. */
export async function startFaultServer(parts: FaultServerParts): Promise<FaultServer> {
  const requests: PlayedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let current: PlayedRequest | undefined;
    let text = '';
    // How a connection ended is what the test looks at; the fault itself says nothing more.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      if (current?.isEnded === false) current.isLeft = true;
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const body = bodyOfWhole(text);
      if (body === undefined) return;
      text = '';
      current = { body, writtenBytes: 0, isWritten: false, isEnded: false, isLeft: false };
      requests.push(current);
      void play(socket, current, parts);
    });
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** An origin at which nobody listens. */
export async function closedOrigin(): Promise<string> {
  const server = createServer();
  await listen(server);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${String(port)}`;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
}

function bodyOfWhole(text: string): string | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, headEnd))?.[1] ?? 0);
  return text.length < headEnd + 4 + length ? undefined : text.slice(headEnd + 4);
}

async function play(
  socket: Socket,
  request: PlayedRequest,
  { answer, isRead }: FaultServerParts,
): Promise<void> {
  const { head, chunks, end, pauseAfter } = answer(request);
  const whenRead = async (): Promise<void> => {
    while (!socket.destroyed && !isRead(request)) await tick();
  };
  if (head !== undefined) {
    const lines = [`HTTP/1.1 ${String(head.status)} Said`, ...head.headers];
    socket.write(`${lines.join('\r\n')}\r\ntransfer-encoding: chunked\r\n\r\n`);
  }
  for (const [index, chunk] of chunks.entries()) {
    await tick();
    if (index === pauseAfter) {
      await whenRead();
      for (let ticks = 0; ticks < PAUSE_TICKS; ticks += 1) await tick();
    }
    if (socket.destroyed) return;
    request.writtenBytes += chunk.length;
    socket.write(`${chunk.length.toString(16)}\r\n`);
    socket.write(chunk);
    socket.write('\r\n');
  }
  request.isWritten = true;
  if (end === 'silent') return;
  // A reset overtakes what was written before it, so that waits for its reader.
  await whenRead();
  if (socket.destroyed) return;
  request.isEnded = true;
  finish(socket, end);
}

function finish(socket: Socket, end: Exclude<PlayedEnd, 'silent'>): void {
  switch (end) {
    case 'end':
      socket.write('0\r\n\r\n');
      return;
    case 'closed':
      socket.end();
      return;
    case 'reset':
      socket.resetAndDestroy();
  }
}
