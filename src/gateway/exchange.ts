import type { Authenticator, Principal } from '../access/authenticate.ts';
import type { DecodedCall, Dialect, HeaderMap } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import type { HeaderList, Operation, Upstream } from '../messages/upstream.ts';
import type { AccountResources } from './account-resources.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import type { JsonBounds } from '../std/scan-json.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { RequestLog } from '../telemetry/request-log.ts';

/** A request as the edge hands it to the walk: no socket, so that anything can hand one in. */
export interface WalkRequest {
  readonly id: string;
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly upstreamPath: string;
  readonly headers: HeaderMap;
  readonly body: BodyReader;
  /** Cancelled when the caller has gone. */
  readonly cancellation: Cancellation;
}

export interface BodyReader {
  /** The whole body, or why there is none: too large, too slow, cut. */
  read(bytesMax: number): Promise<Uint8Array | Refusal>;
}

/** What the edge sends back. */
export interface WalkReply {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array | ByteSource;
  /** Ends a stream with an error event: what is left of the gateway's time is up. */
  readonly cut?: (said: Refusal) => void;
}

/** What the walk works with. */
export interface Walk {
  readonly clock: Clock;
  readonly log: Log;
  readonly requestLog: RequestLog;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  /** Batches and files that the gateway keeps; absent where it keeps none. */
  readonly resources?: AccountResources;
  /** The settings of the moment: a request keeps those it began with. */
  readonly settings: () => WalkSettings;
}

export interface WalkSettings {
  readonly bodyBytesMax: number;
  /** The same for a batch of messages. */
  readonly batchBytesMax: number;
  readonly answerBytesMax: number;
  readonly jsonBounds: JsonBounds;
  readonly upstreams: {
    readonly byName: ReadonlyMap<string, Upstream>;
    readonly defaultName: string;
  };
}

/** One request with all that has happened to it so far; each stage returns a fuller one. */
export interface Exchange {
  readonly walk: Walk;
  readonly settings: WalkSettings;
  readonly request: WalkRequest;
  readonly startedMs: number;
  readonly startedAtMs: number;
}

export interface AuthenticatedExchange extends Exchange {
  readonly principal: Principal;
}

export interface DecodedExchange extends AuthenticatedExchange {
  readonly call: DecodedCall;
}

export interface AttemptedExchange extends DecodedExchange {
  readonly upstream: Pick<Upstream, 'name'>;
}
