import type { Plan } from '../catalog/plans.ts';
import type { ProfileName } from '../catalog/profiles.ts';
import type { Authenticator, Principal } from '../access/authenticate.ts';
import type { Recorder, Recording } from '../cassettes/recorder.ts';
import type { ChatCompletionsSettings } from '../dialects/chat-completions/settings.ts';
import type { DecodedCall, Dialect, HeaderMap } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import type { HeaderList, Operation, Upstream } from '../messages/upstream.ts';
import type { AccountResources } from './account-resources.ts';
import type { KeptFiles } from './inline-files.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import type { JsonBounds } from '../std/scan-json.ts';
import type { Log } from '../telemetry/log.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';
import type { BatchItemName, RequestLog } from '../telemetry/request-log.ts';

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
  /** Set by the gateway itself, never by an edge: work that it does for a key without its credential. */
  readonly onBehalf?: OnBehalf;
}

/** Who a request is for that no caller sent, and what it belongs to. */
export interface OnBehalf {
  readonly principal: Principal;
  readonly batchItem: BatchItemName;
}

export interface BodyReader {
  /** The whole body, or why there is none: too large, too slow, cut. */
  read(bytesMax: number): Promise<Uint8Array | Refusal>;
  /** The body as it comes, for what must not be held whole; absent where it is in memory already. */
  readonly stream?: (bytesMax: number) => ByteSource | Refusal;
  /** How much of it came that way. */
  readonly streamedBytes?: () => number;
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
  readonly metrics: RequestMetrics;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  /** Batches and files that the gateway keeps; absent where it keeps none. */
  readonly resources?: AccountResources;
  /** The files among them, for messages that name one. */
  readonly files?: KeptFiles;
  /** Keeps the traffic of keys that are recorded; absent where none can be. */
  readonly recorder?: Recorder;
  /** The settings of the moment: a request keeps those it began with. */
  readonly settings: () => WalkSettings;
}

export interface WalkSettings {
  readonly bodyBytesMax: number;
  /** The same for a batch of messages. */
  readonly batchBytesMax: number;
  readonly answerBytesMax: number;
  /** Of accounts that have none of their own. */
  readonly plan: Plan;
  readonly profile: ProfileName;
  readonly chatCompletions: ChatCompletionsSettings;
  readonly jsonBounds: JsonBounds;
  /** By public id, the keys whose traffic is recorded, and where it goes. */
  readonly recordings?: ReadonlyMap<string, Recording>;
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

/** A change of the body that was ordered and is named to the caller in `x-quatrain-edits`. */
export type BodyEdit = 'files-inlined' | 'model-renamed';

export interface AuthenticatedExchange extends Exchange {
  readonly principal: Principal;
}

export interface DecodedExchange extends AuthenticatedExchange {
  readonly call: DecodedCall;
  /** What the gateway changed of the body, for the header that says so. */
  readonly edits?: readonly BodyEdit[];
}

export interface AttemptedExchange extends DecodedExchange {
  readonly upstream: Pick<Upstream, 'name'>;
}
