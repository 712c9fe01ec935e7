import type { IncomingMessage } from 'node:http';
import type { BodyReader } from '../gateway/exchange.ts';
import type { ByteSink, ByteSource } from '../std/byte-stream.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/**
 * Stage 2 of the walk over a socket: the body in memory or as a stream, never more than was allowed.
 * `onRead` says that it is wanted: a caller that asked first is told to send it only then.
 */
export function bodyReader(request: IncomingMessage, onRead: () => void): BodyReader {
  let source: BodySource | undefined;
  return {
    read(bytesMax: number): Promise<Uint8Array | Refusal> {
      const refused = refusedByHead(request, bytesMax);
      if (refused !== undefined) return Promise.resolve(refused);
      onRead();
      return readWhole(request, bytesMax);
    },
    stream(bytesMax: number): ByteSource | Refusal {
      const refused = refusedByHead(request, bytesMax);
      if (refused !== undefined) return refused;
      onRead();
      source = new BodySource(request, bytesMax);
      return source;
    },
    streamedBytes: () => source?.bytesTaken ?? 0,
  };
}

function refusedByHead(request: IncomingMessage, bytesMax: number): Refusal | undefined {
  const { 'content-encoding': encoding, 'content-length': length } = request.headers;
  if (encoding !== undefined && encoding !== 'identity') return refusal('encoding_unsupported');
  return length !== undefined && Number(length) > bytesMax
    ? refusal('request_too_large')
    : undefined;
}

function readWhole(request: IncomingMessage, bytesMax: number): Promise<Uint8Array | Refusal> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      // What still comes is read and thrown away, so that the caller gets to see the refusal.
      chunks.length = 0;
      resolve(refusal('request_too_large'));
    });
    request.on('end', () => {
      const only = chunks.length === 1 ? chunks[0] : undefined;
      resolve(only ?? Buffer.concat(chunks, Math.min(length, bytesMax)));
    });
    const broken = (): void => {
      resolve(refusal('bad_http', 'The request body ended early.'));
    };
    request.on('error', broken);
    request.on('close', broken);
  });
}

/** A body that comes no faster than it is taken: a full reader pauses the socket. */
class BodySource implements ByteSource {
  readonly #request: IncomingMessage;
  readonly #bytesMax: number;
  #length = 0;
  #isOver = false;

  constructor(request: IncomingMessage, bytesMax: number) {
    this.#request = request;
    this.#bytesMax = bytesMax;
  }

  get bytesTaken(): number {
    return this.#length;
  }

  open(sink: ByteSink): void {
    const request = this.#request;
    request.on('data', (chunk: Buffer) => {
      this.#take(chunk, sink);
    });
    request.on('end', () => {
      if (this.#isOver) return;
      this.#isOver = true;
      sink.end();
    });
    const broken = (): void => {
      if (this.#isOver) return;
      this.#isOver = true;
      sink.fail({ kind: 'cut', detail: 'The request body ended early.' });
    };
    request.on('error', broken);
    request.on('close', broken);
  }

  resume(): void {
    this.#request.resume();
  }

  /** What still comes is read and thrown away, so that the caller gets to see the answer. */
  cancel(): void {
    this.#isOver = true;
    this.#request.resume();
  }

  #take(chunk: Buffer, sink: ByteSink): void {
    if (this.#isOver) return;
    this.#length += chunk.length;
    if (this.#length > this.#bytesMax) {
      this.#isOver = true;
      sink.fail({ kind: 'too-large', detail: `more than ${String(this.#bytesMax)} bytes` });
    } else if (!sink.write(chunk)) {
      this.#request.pause();
    }
  }
}
