import type { ServerResponse } from 'node:http';
import type { WalkReply } from '../gateway/exchange.ts';
import type { ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Clock, Timer } from '../std/clock.ts';

export interface ReplyWriting {
  readonly clock: Clock;
  /** How long the client may take nothing before it counts as gone. */
  readonly clientStallMs: number;
}

/** Proxies in between must neither hold a stream back nor recode it. */
const streamHeaders = ['x-accel-buffering', 'no'] as const;

/** Puts a reply on the wire. One piece goes with its length, a stream as it comes. */
export function writeReply(
  response: ServerResponse,
  reply: WalkReply,
  writing: ReplyWriting,
): void {
  const { status, headers, body } = reply;
  if (body instanceof Uint8Array) {
    response.writeHead(status, [...headers, 'content-length', String(body.length)]);
    response.end(body);
    return;
  }
  response.writeHead(status, [...headers, ...streamHeaders]);
  writeStream(response, body, writing);
}

function writeStream(
  response: ServerResponse,
  source: ByteSource,
  { clock, clientStallMs }: ReplyWriting,
): void {
  let stallTimer: Timer | undefined;
  response.on('drain', () => {
    stallTimer?.cancel();
    stallTimer = undefined;
    source.resume();
  });
  response.on('close', () => stallTimer?.cancel());
  source.open({
    write(chunk: Uint8Array): boolean {
      if (response.write(chunk)) return true;
      stallTimer ??= clock.after(clientStallMs, () => response.destroy());
      return false;
    },
    end(): void {
      response.end();
    },
    fail(fault: StreamFault): void {
      response.destroy(new Error(fault.detail));
    },
  });
}
