import type { Cancellation } from '../../std/cancellation.ts';
import type { Clock, Timer } from '../../std/clock.ts';
import type { ConnectionKeeper, ConnectionOptions } from './http1-connection.ts';
import { Http1Connection } from './http1-connection.ts';
import { Http1Exchange } from './http1-exchange.ts';
import type { Transport, TransportRequest, TransportResult } from '../transport.ts';

export interface Http1TransportOptions {
  readonly clock: Clock;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly connectionsMax: number;
}

/** A used connection that is cut this soon was being closed when we wrote; later, somebody was at work. */
const KEEP_ALIVE_RACE_MS = 1000;
/** Time-outs are looked at this often at least, and at most. */
const SWEEP_MS_MAX = 1000;
const SWEEP_MS_MIN = 10;
/** A time-out comes late by no more than this part of the shortest one. */
const SWEEPS_PER_TIMEOUT = 8;

/**
 * HTTP/1.1 to one origin, written for a proxy: one copy from the socket to the reader, no timer a
 * request (one sweep looks at all connections), and a free list, last in first out, that keeps few
 * connections warm instead of many tepid. It does not queue: beyond `connectionsMax` it says so.
 */
export class Http1Transport implements Transport, ConnectionKeeper {
  readonly #connectionOptions: ConnectionOptions;
  readonly #connectionsMax: number;
  readonly #sweepMs: number;
  readonly #idle: Http1Connection[] = [];
  readonly #connections = new Set<Http1Connection>();
  readonly tlsSession: { ticket: Buffer | undefined } = { ticket: undefined };
  #sweep: Timer | undefined;
  #isClosed = false;

  constructor({ origin, connectionsMax, ...timing }: Http1TransportOptions) {
    this.#connectionOptions = { ...timing, origin: new URL(origin) };
    this.#connectionsMax = connectionsMax;
    const shortest = Math.min(
      timing.connectTimeoutMs,
      timing.firstByteTimeoutMs,
      timing.idleTimeoutMs,
    );
    const wanted = shortest / SWEEPS_PER_TIMEOUT;
    this.#sweepMs = Math.max(SWEEP_MS_MIN, Math.min(SWEEP_MS_MAX, wanted));
  }

  async send(request: TransportRequest, cancellation: Cancellation): Promise<TransportResult> {
    if (cancellation.cancelled) return cancelledResult;
    const { clock } = this.#connectionOptions;
    const first = this.#takeIdle() ?? this.#connect();
    if (first === undefined) return this.#tooMany();
    const wasUsed = first.requests > 0;
    const sentMs = wasUsed ? clock.monotonicMs() : 0;
    const result = await exchangeOn(first, request, cancellation);
    const isKeepAliveRace =
      wasUsed &&
      result.kind === 'failure' &&
      result.failure.reason === 'cut' &&
      // Not one byte of an answer, or somebody was at work on the request already.
      !first.hasSeenBytes &&
      clock.monotonicMs() - sentMs < KEEP_ALIVE_RACE_MS;
    if (!isKeepAliveRace || cancellation.cancelled) return result;
    const fresh = this.#connect();
    return fresh === undefined ? result : exchangeOn(fresh, request, cancellation);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sweep?.cancel();
    this.#sweep = undefined;
    for (const connection of this.#connections) connection.destroy();
  }

  free(connection: Http1Connection): void {
    this.#idle.push(connection);
  }

  gone(connection: Http1Connection): void {
    this.#connections.delete(connection);
    const place = this.#idle.indexOf(connection);
    if (place >= 0) this.#idle.splice(place, 1);
  }

  #takeIdle(): Http1Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || !connection.isOverdue) return connection;
      connection.expire();
    }
  }

  #connect(): Http1Connection | undefined {
    if (this.#isClosed || this.#connections.size >= this.#connectionsMax) return undefined;
    const connection = new Http1Connection(this.#connectionOptions, this);
    this.#connections.add(connection);
    this.#sweep ??= this.#connectionOptions.clock.after(this.#sweepMs, () => {
      this.#sweepOnce();
    });
    return connection;
  }

  #sweepOnce(): void {
    for (const connection of this.#connections) {
      if (connection.isOverdue) connection.expire();
    }
    if (this.#connections.size > 0) this.#sweep?.restart();
    else this.#sweep = undefined;
  }

  #tooMany(): TransportResult {
    const detail = this.#isClosed
      ? 'the transport is closed'
      : `${String(this.#connectionsMax)} connections are busy`;
    return { kind: 'failure', failure: { reason: 'too-many-connections', detail } };
  }
}

const cancelledResult: TransportResult = {
  kind: 'failure',
  failure: { reason: 'cancelled', detail: 'nobody waits for it' },
};

function exchangeOn(
  connection: Http1Connection,
  request: TransportRequest,
  cancellation: Cancellation,
): Promise<TransportResult> {
  return new Promise((resolve) => {
    const exchange = new Http1Exchange((result) => {
      resolve(withoutRedirect(result));
    });
    connection.carry(request, exchange, cancellation);
  });
}

/** Another place is nowhere that the configuration names: nobody is sent there, neither we nor the caller. */
function withoutRedirect(result: TransportResult): TransportResult {
  if (result.kind === 'failure' || result.status < 300 || result.status >= 400) return result;
  result.body.cancel();
  const detail = `it answers ${String(result.status)}, and redirects are not followed: see to its base_url`;
  return { kind: 'failure', failure: { reason: 'redirected', detail } };
}
