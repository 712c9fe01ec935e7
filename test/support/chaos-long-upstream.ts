import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { blockStart, blockStop, messageDelta, messageStart, messageStop } from './event-stream.ts';
import { textDelta } from './event-stream.ts';

/** An upstream on loopback whose streams are as long as they are asked to be. */
export interface LongUpstream {
  readonly url: string;
  /** How much content streams have from now on, as fast as it is taken; where it is 0, they wait to be told. */
  streamBytes: number;
  /** Streams that have begun and not ended. */
  readonly open: number;
  /** All that was written so far, of all streams. */
  readonly writtenBytes: number;
  /** A word for each open stream. */
  sayAll(text: string): void;
  /** Ends each open stream as it should. */
  endAll(): void;
  stop(): Promise<void>;
}

const PIECE_BYTES = 16 * 1024;
const piece = textDelta('x'.repeat(PIECE_BYTES));

/** Starts one whose streams wait to be told. */
export async function startLongUpstream(): Promise<LongUpstream> {
  const open = new Set<ServerResponse>();
  let writtenBytes = 0;
  const end = (response: ServerResponse): void => {
    open.delete(response);
    response.end(blockStop + messageDelta + messageStop);
  };
  const fill = (response: ServerResponse, left: { bytes: number }): void => {
    while (left.bytes > 0 && !response.destroyed) {
      left.bytes -= piece.length;
      writtenBytes += piece.length;
      if (response.write(piece)) continue;
      response.once('drain', () => {
        fill(response, left);
      });
      return;
    }
    if (!response.destroyed) end(response);
  };
  const server = createServer((request, response) => {
    request.resume();
    open.add(response);
    response.on('close', () => open.delete(response));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(messageStart + blockStart + textDelta('begun'));
    if (upstream.streamBytes > 0) fill(response, { bytes: upstream.streamBytes });
  });
  server.listen(0, '127.0.0.1', 10_000);
  await once(server, 'listening');
  const upstream: LongUpstream = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    streamBytes: 0,
    get open() {
      return open.size;
    },
    get writtenBytes() {
      return writtenBytes;
    },
    sayAll: (text) => {
      const event = textDelta(text);
      for (const response of open) response.write(event);
    },
    endAll: () => {
      for (const response of open) end(response);
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return upstream;
}
