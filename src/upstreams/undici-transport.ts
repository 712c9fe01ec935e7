import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { Client, buildConnector, errors } from 'undici';
import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import type {
  Transport,
  TransportFailure,
  TransportRequest,
  TransportResult,
} from './transport.ts';

export interface UndiciTransportOptions {
  readonly clock: Clock;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly connectionsMax: number;
}

/** Shorter than what servers use, so that we rarely write into a connection that is being closed. */
const KEEP_ALIVE_MS = 4000;
const KEEP_ALIVE_MAX_MS = 60_000;
const TCP_KEEP_ALIVE_MS = 30_000;
/** A used connection that is cut this soon was being closed when we wrote; later, somebody was at work. */
const KEEP_ALIVE_RACE_MS = 1000;

/** A connection with what the free list needs to know of it. */
interface Lane {
  readonly client: Client;
  /** Requests it has carried: a cut before any byte on a used connection is the keep-alive race. */
  served: number;
  socket: Socket | undefined;
}

/**
 * Requests over undici's dispatch handler, with one client a connection and a free list, last in
 * first out. A pool searches its connections for every request and its queue hides how many are
 * busy; a list of idle clients costs one pop, and keeps few connections warm instead of many tepid.
 */
export class UndiciTransport implements Transport {
  readonly #options: UndiciTransportOptions;
  readonly #idle: Lane[] = [];
  readonly #lanes = new Set<Lane>();
  #isClosed = false;

  constructor(options: UndiciTransportOptions) {
    this.#options = options;
  }

  async send(request: TransportRequest, cancellation: Cancellation): Promise<TransportResult> {
    const { clock } = this.#options;
    const first = this.#takeLane();
    if (first === undefined) return this.#tooMany();
    const wasUsed = first.served > 0;
    const sentMs = clock.monotonicMs();
    const { socket } = first;
    const bytesBefore = socket?.bytesRead;
    const result = await this.#exchange(first, request, cancellation);
    const isKeepAliveRace =
      wasUsed &&
      result.kind === 'failure' &&
      result.failure.reason === 'cut' &&
      // Not one byte of an answer, or somebody was at work on the request already.
      first.socket === socket &&
      socket?.bytesRead === bytesBefore &&
      clock.monotonicMs() - sentMs < KEEP_ALIVE_RACE_MS;
    if (!isKeepAliveRace || cancellation.cancelled) return result;
    const fresh = this.#openLane();
    return fresh === undefined ? result : this.#exchange(fresh, request, cancellation);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    this.#idle.length = 0;
    await Promise.all(lanes.map(({ client }) => client.destroy()));
  }

  #exchange(
    lane: Lane,
    request: TransportRequest,
    cancellation: Cancellation,
  ): Promise<TransportResult> {
    return new Promise((resolve) => {
      const handler = new ExchangeHandler(resolve, cancellation, (isReusable) => {
        this.#giveBack(lane, isReusable);
      });
      if (cancellation.cancelled) {
        handler.onResponseError(undefined, new Error('cancelled before it was sent'));
        return;
      }
      lane.served += 1;
      lane.client.dispatch(
        {
          method: request.method,
          path: request.path,
          headers: request.headers,
          body: request.body.length === 0 ? null : request.body,
        },
        handler,
      );
    });
  }

  #takeLane(): Lane | undefined {
    return this.#idle.pop() ?? this.#openLane();
  }

  #openLane(): Lane | undefined {
    const { origin, connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, connectionsMax } =
      this.#options;
    if (this.#isClosed || this.#lanes.size >= connectionsMax) return undefined;
    const connect = buildConnector({
      timeout: connectTimeoutMs,
      keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
    });
    const client = new Client(origin, {
      connect: (options, callback) => {
        connect(options, (...outcome) => {
          lane.socket = outcome[1] ?? undefined;
          callback(...outcome);
        });
      },
      headersTimeout: firstByteTimeoutMs,
      bodyTimeout: idleTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      pipelining: 1,
    });
    const lane: Lane = { client, served: 0, socket: undefined };
    this.#lanes.add(lane);
    return lane;
  }

  #giveBack(lane: Lane, isReusable: boolean): void {
    if (!this.#lanes.has(lane)) return;
    if (isReusable) {
      this.#idle.push(lane);
      return;
    }
    this.#lanes.delete(lane);
    void lane.client.destroy();
  }

  #tooMany(): TransportResult {
    const detail = `${String(this.#options.connectionsMax)} connections are busy`;
    return { kind: 'failure', failure: { reason: 'too-many-connections', detail } };
  }
}

/** One request's life on a lane: the promise of its head, then the body as a byte source. */
class ExchangeHandler implements Dispatcher.DispatchHandler, ByteSource {
  readonly #resolve: (result: TransportResult) => void;
  readonly #release: (isReusable: boolean) => void;
  #forget: () => void = () => {};
  #controller: Dispatcher.DispatchController | undefined;
  #sink: ByteSink | undefined;
  #hasHead = false;
  #isOver = false;
  #isCancelled = false;
  /**
   * What arrived in this tick, or before `open`. A sender that flushes every event gives one chunk
   * each; passed on one by one they would cost as many writes, so a tick's chunks go as one.
   */
  #gathered: Uint8Array[] = [];
  #isFlushDue = false;
  #outcome: 'end' | StreamFault | undefined;

  constructor(
    resolve: (result: TransportResult) => void,
    cancellation: Cancellation,
    release: (isReusable: boolean) => void,
  ) {
    this.#resolve = resolve;
    this.#release = release;
    this.#forget = cancellation.onCancel(() => {
      this.cancel();
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isCancelled) controller.abort(new Error('cancelled'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // An informational answer (1xx) comes before the real head.
    if (status < 200) return;
    this.#hasHead = true;
    this.#resolve({ kind: 'response', status, headers, body: this });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#isCancelled) return;
    this.#gathered.push(chunk);
    if (this.#sink === undefined) {
      controller.pause();
    } else if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      process.nextTick(() => {
        this.#flush();
      });
    }
  }

  onResponseEnd(): void {
    this.#finish('end', true);
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#isOver) return;
    if (this.#hasHead) {
      this.#finish(streamFault(error), false);
      return;
    }
    this.#isOver = true;
    this.#forget();
    this.#release(false);
    this.#resolve({ kind: 'failure', failure: failureOf(error, this.#isCancelled) });
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    this.#flush();
    if (this.#outcome !== undefined) this.#tell(this.#outcome);
  }

  resume(): void {
    this.#controller?.resume();
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#gathered = [];
    if (this.#isOver) return;
    const reason = new Error('cancelled');
    if (this.#controller === undefined) this.onResponseError(undefined, reason);
    else this.#controller.abort(reason);
  }

  #flush(): void {
    this.#isFlushDue = false;
    if (this.#isCancelled || this.#sink === undefined) return;
    const gathered = this.#gathered;
    this.#gathered = [];
    const [first] = gathered;
    const chunk = gathered.length === 1 ? first : Buffer.concat(gathered);
    const wantsMore = chunk === undefined || chunk.length === 0 || this.#sink.write(chunk);
    if (wantsMore) this.#controller?.resume();
    else this.#controller?.pause();
  }

  #finish(outcome: 'end' | StreamFault, isReusable: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    this.#release(isReusable);
    this.#outcome = outcome;
    if (this.#sink !== undefined) this.#tell(outcome);
  }

  #tell(outcome: 'end' | StreamFault): void {
    if (this.#isCancelled) return;
    if (this.#gathered.length > 0) this.#flush();
    if (outcome === 'end') this.#sink?.end();
    else this.#sink?.fail(outcome);
  }
}

function streamFault(error: Error): StreamFault {
  const kind = error instanceof errors.BodyTimeoutError ? 'idle-timeout' : 'cut';
  return { kind, detail: error.message };
}

function failureOf(error: Error, isCancelled: boolean): TransportFailure {
  const { message: detail } = error;
  if (isCancelled) return { reason: 'cancelled', detail };
  if (error instanceof errors.ConnectTimeoutError) return { reason: 'connect-timeout', detail };
  if (error instanceof errors.HeadersTimeoutError) return { reason: 'first-byte-timeout', detail };
  const code = 'code' in error ? error.code : undefined;
  const isCut = error instanceof errors.SocketError || code === 'ECONNRESET' || code === 'EPIPE';
  return { reason: isCut ? 'cut' : 'connect-failed', detail };
}
