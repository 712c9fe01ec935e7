import type { Socket } from 'node:net';
import { isIP, connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { assert } from '../../std/assert.ts';
import type { Cancellation } from '../../std/cancellation.ts';
import type { Clock } from '../../std/clock.ts';
import { ChunkedBody } from './chunked-body.ts';
import type { ExchangeCarrier, Http1Exchange } from './http1-exchange.ts';
import type { ResponseHead } from './read-response-head.ts';
import { readResponseHead } from './read-response-head.ts';
import type { TransportFailure, TransportRequest } from '../transport.ts';

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly origin: URL;
  readonly connectTimeoutMs: number;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** What a connection tells the one who keeps it. */
export interface ConnectionKeeper {
  /** The answer has ended and the connection may carry another request. */
  free(connection: Http1Connection): void;
  /** It carries nothing any more. */
  gone(connection: Http1Connection): void;
  /** A session that the next TLS handshake may resume. */
  readonly tlsSession: { ticket: Buffer | undefined };
}

const TCP_KEEP_ALIVE_MS = 30_000;
const HEAD_BYTES_MAX = 64 * 1024;
/** Up to here one copy is cheaper than a second buffer in the system call. */
const JOINED_BYTES_MAX = 16 * 1024;
/** Shorter than what servers use, so that we rarely write into a connection that is being closed. */
const KEEP_ALIVE_MS = 4000;
const KEEP_ALIVE_MAX_MS = 60_000;
/** A server's word about its time-out is taken for that much less. */
const KEEP_ALIVE_MARGIN_MS = 1000;

const HEAD_END = Buffer.from('\r\n\r\n');
/**
 * What every socket reads into. A read is used up before the next one starts, so one piece of
 * memory does for all; a buffer a read would be 64 KiB of new memory for each few bytes.
 */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

type Phase = 'connecting' | 'idle' | 'head' | 'body';

/** One HTTP/1.1 connection, which carries one request at a time. */
export class Http1Connection implements ExchangeCarrier {
  readonly #options: ConnectionOptions;
  readonly #keeper: ConnectionKeeper;
  readonly #socket: Socket;
  #exchange: Http1Exchange | undefined;
  #phase: Phase = 'connecting';
  #isGone = false;
  /** A head of which the end is still to come. */
  #headPart: Buffer | undefined;
  #head: ResponseHead | undefined;
  #lengthLeft = 0;
  #chunked: ChunkedBody | undefined;
  #hasSeenBytes = false;
  /** When the present phase has taken too long, on the monotonic clock. */
  #deadlineMs: number;
  #requests = 0;

  constructor(options: ConnectionOptions, keeper: ConnectionKeeper) {
    this.#options = options;
    this.#keeper = keeper;
    this.#deadlineMs = options.clock.monotonicMs() + options.connectTimeoutMs;
    this.#socket = openSocket(options.origin, keeper, (piece) => this.#read(piece));
    this.#watch();
  }

  /** Requests that it was given. */
  get requests(): number {
    return this.#requests;
  }

  /** Whether a byte of an answer to the present request arrived. */
  get hasSeenBytes(): boolean {
    return this.#hasSeenBytes;
  }

  get isOverdue(): boolean {
    return this.#options.clock.monotonicMs() >= this.#deadlineMs;
  }

  /** Sends `request`; `exchange` is told what comes of it. */
  carry(request: TransportRequest, exchange: Http1Exchange, cancellation: Cancellation): void {
    assert(this.#exchange === undefined, 'a connection carries one request at a time');
    const head = encodeHead(request, this.#options.origin.host);
    if (head === undefined) {
      exchange.takeFault({ reason: 'malformed', detail: 'a header or path has forbidden bytes' });
      this.#release(true);
      return;
    }
    this.#requests += 1;
    this.#hasSeenBytes = false;
    this.#exchange = exchange;
    if (this.#phase === 'idle') this.#awaitHead();
    exchange.begin(this, cancellation);
    if (!exchange.isOver) this.#write(head, request.body);
  }

  pause(): void {
    this.#socket.pause();
    // A reader that takes its time is no fault of the server's.
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    if (!this.#socket.isPaused()) return;
    this.#deadlineMs = this.#options.clock.monotonicMs() + this.#options.idleTimeoutMs;
    this.#socket.resume();
  }

  abandon(): void {
    this.#exchange = undefined;
    this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
    this.#leave({ reason: 'cut', detail: 'closed' });
  }

  /** Ends it for what its present phase has run out of. */
  expire(): void {
    const { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs } = this.#options;
    const failures: Record<Phase, TransportFailure> = {
      connecting: {
        reason: 'connect-timeout',
        detail: `no connection within ${String(connectTimeoutMs)} ms`,
      },
      head: {
        reason: 'first-byte-timeout',
        detail: `no answer within ${String(firstByteTimeoutMs)} ms`,
      },
      body: { reason: 'idle-timeout', detail: `silent for ${String(idleTimeoutMs)} ms` },
      idle: { reason: 'cut', detail: 'kept long enough' },
    };
    this.#socket.destroy();
    this.#leave(failures[this.#phase]);
  }

  #watch(): void {
    const socket = this.#socket;
    socket.once(this.#options.origin.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      if (this.#exchange !== undefined) this.#awaitHead();
      else this.#awaitRequest(undefined);
    });
    socket.on('error', (error) => {
      const reason = this.#phase === 'connecting' ? 'connect-failed' : 'cut';
      this.#leave({ reason, detail: error.message });
    });
    socket.once('end', () => {
      if (this.#phase === 'body' && this.#head?.framing.kind === 'close') this.#endBody(true);
      socket.destroy();
      this.#leave({ reason: 'cut', detail: 'the server closed the connection' });
    });
    socket.once('close', () => {
      this.#leave({ reason: 'cut', detail: 'the connection was closed' });
    });
  }

  #awaitHead(): void {
    this.#phase = 'head';
    this.#deadlineMs = this.#options.clock.monotonicMs() + this.#options.firstByteTimeoutMs;
  }

  #awaitRequest(keepAliveMs: number | undefined): void {
    this.#phase = 'idle';
    const keptMs =
      keepAliveMs === undefined
        ? KEEP_ALIVE_MS
        : Math.min(keepAliveMs - KEEP_ALIVE_MARGIN_MS, KEEP_ALIVE_MAX_MS);
    this.#deadlineMs = this.#options.clock.monotonicMs() + keptMs;
  }

  #write(head: string, body: Uint8Array): void {
    if (head.length + body.length <= JOINED_BYTES_MAX) {
      const joined = Buffer.allocUnsafe(head.length + body.length);
      joined.write(head, 0, 'latin1');
      joined.set(body, head.length);
      this.#socket.write(joined);
      return;
    }
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    this.#socket.write(body);
    this.#socket.uncork();
  }

  #read(piece: Buffer): void {
    const exchange = this.#exchange;
    if (exchange === undefined || this.#phase === 'connecting') {
      // Words that nobody asked for: what they answer cannot be known.
      this.destroy();
      return;
    }
    this.#hasSeenBytes = true;
    let rest: Buffer | undefined = piece;
    while (rest !== undefined && this.#phase === 'head') rest = this.#readHead(rest, exchange);
    if (rest !== undefined && this.#phase === 'body') this.#readBody(rest, exchange);
  }

  /** Returns what follows the head, or nothing where the head goes on. */
  #readHead(piece: Buffer, exchange: Http1Exchange): Buffer | undefined {
    const bytes = this.#headPart === undefined ? piece : Buffer.concat([this.#headPart, piece]);
    const end = bytes.indexOf(HEAD_END);
    if (end < 0 || end > HEAD_BYTES_MAX) {
      if (bytes.length > HEAD_BYTES_MAX) this.#malformed('the head has no end');
      // The read buffer is used again: what is kept is copied.
      else this.#headPart = Buffer.from(bytes);
      return undefined;
    }
    this.#headPart = undefined;
    const head = readResponseHead(bytes.toString('latin1', 0, end));
    if ('malformed' in head) {
      this.#malformed(head.malformed);
      return undefined;
    }
    const rest = bytes.subarray(end + HEAD_END.length);
    if (head.status === 101) {
      this.#malformed('a change of protocol that nobody asked for');
      return undefined;
    }
    // An informational answer (1xx) comes before the real head.
    if (head.status < 200) return rest.length > 0 ? rest : undefined;
    this.#startBody(head);
    exchange.takeHead(head);
    return rest;
  }

  #startBody(head: ResponseHead): void {
    this.#phase = 'body';
    this.#head = head;
    this.#deadlineMs = this.#options.clock.monotonicMs() + this.#options.idleTimeoutMs;
    this.#lengthLeft = head.framing.kind === 'length' ? head.framing.length : 0;
    this.#chunked = head.framing.kind === 'chunked' ? new ChunkedBody() : undefined;
  }

  #readBody(piece: Buffer, exchange: Http1Exchange): void {
    this.#deadlineMs = this.#options.clock.monotonicMs() + this.#options.idleTimeoutMs;
    const chunked = this.#chunked;
    if (chunked !== undefined) {
      this.#readChunks(piece, chunked, exchange);
    } else if (this.#head?.framing.kind === 'close') {
      if (piece.length > 0) exchange.takeContent(copyOf(piece));
    } else {
      const take = Math.min(this.#lengthLeft, piece.length);
      this.#lengthLeft -= take;
      if (take > 0) exchange.takeContent(copyOf(piece.subarray(0, take)));
      if (this.#lengthLeft === 0) this.#endBody(take < piece.length);
    }
  }

  #readChunks(piece: Buffer, chunked: ChunkedBody, exchange: Http1Exchange): void {
    if (piece.length === 0) return;
    const into = Buffer.allocUnsafe(piece.length);
    const { contentBytes, consumed } = chunked.read(piece, into);
    if (contentBytes > 0) exchange.takeContent(into.subarray(0, contentBytes));
    if (chunked.malformed !== undefined) this.#malformed(chunked.malformed);
    else if (chunked.isEnd) this.#endBody(consumed < piece.length);
  }

  /** The answer is whole. Whatever follows it was not asked for, so the connection is not used again. */
  #endBody(hasMore: boolean): void {
    const exchange = this.#exchange;
    // Whoever took the last content may have given up in the same breath.
    if (exchange === undefined) return;
    this.#exchange = undefined;
    const isReusable =
      this.#head?.isPersistent === true && !hasMore && this.#socket.writableLength === 0;
    this.#release(isReusable);
    exchange.takeEnd();
  }

  #release(isReusable: boolean): void {
    if (!isReusable) {
      this.destroy();
      return;
    }
    if (this.#phase !== 'connecting') this.#awaitRequest(this.#head?.keepAliveMs);
    this.#head = undefined;
    this.#chunked = undefined;
    // A paused socket would not see the server close it.
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#keeper.free(this);
  }

  #malformed(detail: string): void {
    this.#socket.destroy();
    this.#leave({ reason: 'malformed', detail });
  }

  #leave(failure: TransportFailure): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#keeper.gone(this);
    exchange?.takeFault(failure);
  }
}

function openSocket(
  origin: URL,
  keeper: ConnectionKeeper,
  onPiece: (piece: Buffer) => void,
): Socket {
  // An address of IPv6 stands in brackets there.
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const isTls = origin.protocol === 'https:';
  const target = {
    host,
    port: Number(origin.port || (isTls ? 443 : 80)),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
    onread: {
      buffer: readBuffer,
      callback: (bytes: number): boolean => {
        onPiece(readBuffer.subarray(0, bytes));
        return true;
      },
    },
  };
  if (!isTls) return connectTcp(target);
  const { ticket } = keeper.tlsSession;
  const socket = connectTls({
    ...target,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ticket === undefined ? {} : { session: ticket }),
  });
  socket.on('session', (session) => {
    keeper.tlsSession.ticket = session;
  });
  return socket;
}

const forbiddenInPath = /[^\x21-\x7e]/;
const forbiddenInField = /[^\t\x20-\x7e\x80-\xff]/;

/** The request's head; nothing where it holds what would end a line. RFC 9112 §3, §5. */
function encodeHead(request: TransportRequest, host: string): string | undefined {
  const { method, path, headers, body } = request;
  if (forbiddenInPath.test(path)) return undefined;
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    const field = `${headers[index] ?? ''}: ${headers[index + 1] ?? ''}`;
    if (forbiddenInField.test(field)) return undefined;
    head += `${field}\r\n`;
  }
  if (method === 'POST' || body.length > 0) head += `content-length: ${String(body.length)}\r\n`;
  return `${head}\r\n`;
}

function copyOf(piece: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafe(piece.length);
  copy.set(piece);
  return copy;
}
