import type { ServerResponse } from 'node:http';
import type { WalkReply } from '../gateway/exchange.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Clock } from '../std/clock.ts';

export interface ReplyWriting {
  readonly clock: Clock;
  /** How long the client may take nothing before it counts as gone. */
  readonly clientStallMs: number;
}

/** Proxies in between must neither hold a stream back nor recode it; reliability §2.3. */
const streamHeaders = ['x-accel-buffering', 'no'] as const;
const NO_CACHE = 'no-cache, no-transform';

/** Puts a reply on the wire. One piece goes with its length, a stream as it comes. */
export function writeReply(
  response: ServerResponse,
  reply: WalkReply,
  writing: ReplyWriting,
): void {
  const { status, headers, body } = reply;
  if (body instanceof Uint8Array) {
    const length = isBodiless(status) ? [] : ['content-length', String(body.length)];
    response.writeHead(status, [...headers, ...length]);
    response.end(body);
    if (response.writableLength > 0) watchProgress(response, writing);
    return;
  }
  response.writeHead(status, [...untransformed(headers), ...streamHeaders]);
  writeStream(response, body, writing);
}

/** RFC 9110 §8.6: 204 has no length, and that of a 304 would be another answer's. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

/** Says of a stream that nobody may recode it, beside whatever is said of keeping it. */
function untransformed(headers: HeaderList): HeaderList {
  const at = headers.indexOf('cache-control');
  if (at < 0) return [...headers, 'cache-control', NO_CACHE];
  const said = headers[at + 1] ?? '';
  return said.includes('no-transform') ? headers : headers.with(at + 1, `${said}, no-transform`);
}

function writeStream(response: ServerResponse, source: ByteSource, writing: ReplyWriting): void {
  let isStarted = false;
  let isWatched = false;
  response.on('drain', () => {
    source.resume();
  });
  source.open({
    write(chunk: Uint8Array): boolean {
      isStarted = true;
      if (response.write(chunk)) return true;
      if (!isWatched) {
        isWatched = true;
        watchProgress(response, writing, () => {
          isWatched = false;
        });
      }
      return false;
    },
    end(): void {
      isStarted = true;
      response.end();
    },
    fail(fault: StreamFault): void {
      isStarted = true;
      breakOff(response, fault);
    },
  });
  // The head alone, where the first event is still on its way.
  if (!isStarted) response.flushHeaders();
}

/**
 * Ends a body before its end, so that the client sees a break: what was written still goes out,
 * then the connection closes, or is reset where that is what broke.
 */
function breakOff(response: ServerResponse, { kind, detail }: StreamFault): void {
  const { socket } = response;
  if (socket === null) {
    response.destroy(new Error(detail));
    return;
  }
  // Behind what was written: a socket that is closed now would drop what it still gathers.
  socket.write(new Uint8Array(0), () => {
    if (kind === 'reset') socket.resetAndDestroy();
    else socket.destroySoon();
  });
}

/**
 * While something waits to be sent, looks now and then whether any of it went out. A client that
 * took nothing between two looks is gone; one that reads slowly is not.
 */
function watchProgress(
  response: ServerResponse,
  { clock, clientStallMs }: ReplyWriting,
  onIdle: () => void = () => {},
): void {
  let waiting = response.writableLength;
  const look = (): void => {
    const { writableLength } = response;
    if (writableLength === 0) {
      onIdle();
    } else if (writableLength >= waiting) {
      response.destroy();
    } else {
      waiting = writableLength;
      timer.restart();
    }
  };
  const timer = clock.after(clientStallMs, look);
  response.on('drain', () => {
    // All of it went out: what waits from here on is new.
    waiting = Number.POSITIVE_INFINITY;
  });
  response.on('close', () => {
    timer.cancel();
  });
}
