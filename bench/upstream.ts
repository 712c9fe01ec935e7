/**
 * A Messages upstream that costs as little CPU as JavaScript allows: raw sockets, a parser for the requests our own
 * candidates send (content-length bodies, keep-alive), answers built once. Not an HTTP server for anyone else.
 * Prints `listening on http://127.0.0.1:PORT`.
 */
import { createServer, type Socket } from 'node:net';
import { readAnswerKind } from './upstream/answer-kind.ts';
import {
  buildJsonAnswer,
  buildStreamEnding,
  buildStreamEvents,
  buildStreamOpening,
  formatStampedDelta,
  readClockUs,
} from './upstream/answers.ts';

const headBytesMax = 64 * 1024;
const streamHead =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n' +
  'request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n';
const streamEnd = '0\r\n\r\n';

function encodeChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

const jsonBody = buildJsonAnswer();
const jsonAnswer = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_bench\r\n' +
    `content-length: ${Buffer.byteLength(jsonBody)}\r\n\r\n${jsonBody}`,
);
// A chunk an event, as a vendor sends them, but one write.
const streamAnswer = Buffer.from(
  streamHead + buildStreamEvents().map(encodeChunk).join('') + streamEnd,
);
const pacedOpening = streamHead + buildStreamOpening().map(encodeChunk).join('');
const pacedEnding = buildStreamEnding().map(encodeChunk).join('') + streamEnd;

type Reading = {
  /** Bytes of an unfinished head, or the body's chunks so far. */
  chunks: Buffer[];
  /** Body bytes still to come; undefined while the head is being read. */
  bodyBytesLeft: number | undefined;
};

function servePaced(socket: Socket, intervalMs: number, events: number): void {
  socket.write(pacedOpening, 'latin1');
  let eventsLeft = events;
  const timer = setInterval(() => {
    if (eventsLeft > 0) {
      eventsLeft -= 1;
      socket.write(encodeChunk(formatStampedDelta(readClockUs())), 'latin1');
      return;
    }
    clearInterval(timer);
    socket.write(pacedEnding, 'latin1');
  }, intervalMs);
  socket.once('close', () => clearInterval(timer));
}

function answer(socket: Socket, body: readonly Buffer[]): void {
  const wanted = readAnswerKind(body);
  switch (wanted.kind) {
    case 'json':
      socket.write(jsonAnswer);
      return;
    case 'stream':
      socket.write(streamAnswer);
      return;
    case 'paced':
      servePaced(socket, wanted.intervalMs, wanted.events);
      return;
  }
}

function refuse(socket: Socket, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}

/** Returns the bytes after the head, or undefined when the head is not complete or was refused. */
function readHead(socket: Socket, reading: Reading, chunk: Buffer): Buffer | undefined {
  const bytes = reading.chunks.length === 0 ? chunk : Buffer.concat([...reading.chunks, chunk]);
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) {
    reading.chunks = [bytes];
    if (bytes.length > headBytesMax) refuse(socket, '431 Request Header Fields Too Large');
    return undefined;
  }
  const head = bytes.toString('latin1', 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (!head.startsWith('POST ') || length === null) {
    refuse(socket, '411 Length Required');
    return undefined;
  }
  reading.chunks = [];
  reading.bodyBytesLeft = Number(length[1]);
  return bytes.subarray(headEnd + 4);
}

function read(socket: Socket, reading: Reading, chunk: Buffer): void {
  let bytes: Buffer | undefined = chunk;
  while (bytes !== undefined && !socket.writableEnded) {
    if (reading.bodyBytesLeft === undefined) {
      if (bytes.length === 0) return;
      bytes = readHead(socket, reading, bytes);
      if (bytes === undefined || reading.bodyBytesLeft === undefined) return;
    }
    const taken: Buffer = bytes.subarray(0, reading.bodyBytesLeft);
    reading.chunks.push(taken);
    reading.bodyBytesLeft -= taken.length;
    if (reading.bodyBytesLeft > 0) return;
    answer(socket, reading.chunks);
    reading.chunks = [];
    reading.bodyBytesLeft = undefined;
    bytes = bytes.subarray(taken.length);
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  const reading: Reading = { chunks: [], bodyBytesLeft: undefined };
  socket.on('data', (chunk: Buffer) => read(socket, reading, chunk));
  // A candidate that is stopped resets its connections; that is the end of them, not a fault of the bench.
  socket.on('error', () => socket.destroy());
});

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the upstream got no TCP port');
  process.stdout.write(`listening on http://127.0.0.1:${address.port}\n`);
});

process.once('SIGTERM', () => process.exit(0));
