import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { HeaderList } from '../../messages/upstream.ts';
import { collect } from '../../std/byte-stream.ts';
import type { Cancellation } from '../../std/cancellation.ts';
import { textOf } from '../../std/json.ts';
import type { Secret } from '../../std/secret.ts';
import type { Log } from '../../telemetry/log.ts';
import { failureCodes } from '../failure-codes.ts';
import type { Told } from '../told-headers.ts';
import { toldHeaders } from '../told-headers.ts';
import type { Transport, TransportResult } from '../transport.ts';

export interface EngineClientOptions {
  readonly name: string;
  /** Scheme, host and port: no message of an error says them. */
  readonly origin: string;
  /** What stands before `/chat/completions` in the engine's paths; empty or with a leading slash. */
  readonly basePath: string;
  readonly transport: Transport;
  readonly key?: Secret;
  /** Whether it may make something of how long the caller waits, as clients of the API say it. */
  readonly hearsWait?: boolean;
  readonly answerBytesMax: number;
  readonly userAgent: string;
  readonly log: Log;
}

/** The head of an engine's answer, its body still to come. */
export type EngineResponse = Extract<TransportResult, { kind: 'response' }>;

export interface EngineCall {
  readonly method: 'GET' | 'POST';
  /** Below the base path. */
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** The request that it is asked for: the engine is told more of that. Absent where it is for many. */
  readonly told: Told | undefined;
}

const ERROR_BYTES_MAX = 64 * 1024;

/** Asks one engine; what it does not answer is a refusal. */
export class EngineClient {
  /** What messages of errors must not say. */
  readonly hidden: readonly string[];
  readonly #options: EngineClientOptions;
  readonly #ownHeaders: HeaderList;

  constructor(options: EngineClientOptions) {
    this.#options = options;
    const key = options.key?.reveal();
    const { host, hostname } = new URL(options.origin);
    this.hidden = [...(key === undefined ? [] : [key]), options.origin, host, hostname];
    this.#ownHeaders = [
      'user-agent',
      options.userAgent,
      // The answer is read as it passes: a compressed one would have to be unpacked first.
      'accept-encoding',
      'identity',
      ...(key === undefined ? [] : ['authorization', `Bearer ${key}`]),
    ];
  }

  async send(
    { method, path, headers, body, told = {} }: EngineCall,
    cancellation: Cancellation,
  ): Promise<EngineResponse | Refusal> {
    const { transport, basePath, hearsWait = false } = this.#options;
    const all = [...this.#ownHeaders, ...headers, ...toldHeaders(told, hearsWait)];
    const result = await transport.send(
      { method, path: `${basePath}${path}`, headers: all, body },
      cancellation,
    );
    if (result.kind === 'failure') {
      const { reason, detail } = result.failure;
      if (reason !== 'cancelled') this.#warn(reason, detail);
      return refusal(failureCodes[reason]);
    }
    const encoding = result.headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return result;
    result.body.cancel();
    this.#warn('compressed answer');
    return refusal(
      'upstream_failed',
      'The upstream sent a compressed answer, which was not asked for.',
    );
  }

  /** The whole body of an answer, or what its absence amounts to. */
  async collect(
    { body }: EngineResponse,
    cancellation: Cancellation,
  ): Promise<Uint8Array | Refusal> {
    const collected = await collect(body, this.#options.answerBytesMax, cancellation);
    if (collected.kind === 'bytes') return collected.bytes;
    const { kind, detail } = collected.fault;
    this.#warn(kind, detail);
    if (kind === 'too-large') {
      return refusal('upstream_failed', `The upstream's answer has ${detail}.`);
    }
    return refusal(kind === 'idle-timeout' ? 'upstream_timeout' : 'upstream_truncated');
  }

  /** The text of an error's body; empty where it is too long or breaks off. */
  async collectError({ body }: EngineResponse, cancellation: Cancellation): Promise<string> {
    const collected = await collect(body, ERROR_BYTES_MAX, cancellation);
    return collected.kind === 'bytes' ? textOf(collected.bytes) : '';
  }

  close(): Promise<void> {
    return this.#options.transport.close();
  }

  #warn(reason: string, detail?: string): void {
    const { name, log } = this.#options;
    log.warn('upstream_failed', { upstream: name, reason, detail });
  }
}

export function isEventStream({ headers }: EngineResponse): boolean {
  return String(headers['content-type'] ?? '').startsWith('text/event-stream');
}

/** The type of a body that is passed on as it is. */
export function typeHeaders({ headers }: EngineResponse): HeaderList {
  const type = headers['content-type'];
  return type === undefined ? [] : ['content-type', String(type)];
}

/** Headers of engines that mean something to a client; all others stay here. */
const passedNames: ReadonlySet<string> = new Set([
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
]);
const LIMITS_PREFIX = 'x-ratelimit-';
const ENGINE_REQUEST_ID = 'x-request-id';

export function passedHeaders({ headers }: EngineResponse): HeaderList {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (name === ENGINE_REQUEST_ID) return ['x-upstream-request-id', String(value)];
    const isPassed = passedNames.has(name) || name.startsWith(LIMITS_PREFIX);
    return isPassed ? [name, String(value)] : [];
  });
}
