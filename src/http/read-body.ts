import type { IncomingMessage } from 'node:http';
import type { BodyReader } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/**
 * Stage 2 of the walk over a socket: the whole body in memory, never more than was allowed.
 * `onRead` says that it is wanted: a caller that asked first is told to send it only then.
 */
export function bodyReader(request: IncomingMessage, onRead: () => void): BodyReader {
  return {
    read(bytesMax: number): Promise<Uint8Array | Refusal> {
      const { 'content-encoding': encoding, 'content-length': length } = request.headers;
      if (encoding !== undefined && encoding !== 'identity') {
        return Promise.resolve(refusal('encoding_unsupported'));
      }
      if (length !== undefined && Number(length) > bytesMax) {
        return Promise.resolve(refusal('request_too_large'));
      }
      onRead();
      return readWhole(request, bytesMax);
    },
  };
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
