import type { ByteSource } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Secret } from '../std/secret.ts';
import type { Refusal } from './errors.ts';

/** The operations of the Messages API that can be asked of an upstream. */
export const operations = [
  'messages.create',
  'messages.count_tokens',
  'models.list',
  'models.get',
  'batches.create',
  'batches.list',
  'batches.get',
  'batches.results',
  'batches.cancel',
  'batches.delete',
  'files.create',
  'files.list',
  'files.get',
  'files.content',
  'files.delete',
  'complete.create',
] as const;
export type Operation = (typeof operations)[number];

/** What belongs to an account: kept by the upstream, or by the gateway where that does not. */
export const accountOperations: ReadonlySet<Operation> = new Set(
  operations.filter((operation) => /^(?:batches|files)\./.test(operation)),
);

/** Header names and values in turn, names in lower case: `['request-id', 'req_…', …]`. */
export type HeaderList = readonly string[];

/** Forms of messages beside the canonical one that a caller and an upstream may both speak. */
export type NativeForm = 'chat-completions';

/** A request as its caller wrote it, for an upstream that speaks the same form. */
export interface NativeRequest {
  readonly form: NativeForm;
  readonly body: Uint8Array;
  readonly stream: boolean;
  /** Whether its answer will say what was used: nobody could tell what an answer cost that does not. */
  readonly reportsUsage: boolean;
}

/** A key of the caller's own for whoever is behind an upstream. */
export interface ProviderKey {
  readonly key: Secret;
  /** How the caller sent it; as the upstream's own key goes where it was not sent but stored. */
  readonly auth?: 'x-api-key' | 'bearer';
}

/** A request in the canonical form: what a dialect decodes to and an upstream is asked. */
export interface UpstreamRequest {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query below the upstream's base URL, built from our route. */
  readonly path: string;
  /** The caller's headers that may travel on: see the driver's allow-list for what does. */
  readonly headers: HeaderList;
  /** The trace that it belongs to, as headers, where upstreams are told. */
  readonly trace?: HeaderList;
  /** How much longer its caller waits, in whole seconds; absent where it did not say. */
  readonly waitS?: number;
  /** The body's bytes as they came in; empty where the operation has none. */
  readonly body: Uint8Array;
  /** Whether the caller asked for a stream of events. */
  readonly stream: boolean;
  /** The gateway's id for the request. */
  readonly requestId: string;
  /** Whose request it is: what an account has (caches, files, limits) no other one sees. */
  readonly account: string;
  /**
   * The same request in the caller's own form. Where an upstream speaks that form it may send this
   * and answer in it (`UpstreamAnswer.form`): the verbatim lane of that form.
   */
  readonly native?: NativeRequest;
  /** Goes in the place of the upstream's own key, where the upstream takes such keys. */
  readonly providerKey?: ProviderKey;
  /** Whether it is one of a batch that the gateway keeps. */
  readonly isBatch?: boolean;
  /**
   * Whether its caller asked for a JSON object in a way that the canonical form has no field for.
   * The instruction in the body is what travels; this is for an upstream of our own to hear.
   */
  readonly wantsJsonObject?: boolean;
  /**
   * Any header as the caller sent it, but for credentials: for scenarios of the emulator to look at.
   * It never travels on.
   */
  readonly callerHeader?: (name: string) => string | undefined;
}

/** An answer in the canonical form, or in the native one of its request. */
export interface UpstreamAnswer {
  readonly kind: 'answer';
  /** The form of the request that it answers, where that was the native one; else the canonical. */
  readonly form?: NativeForm;
  readonly status: number;
  /** Only headers that may be passed on. */
  readonly headers: HeaderList;
  /** Whether `body` is a stream of events. */
  readonly isEventStream: boolean;
  /**
   * Whether it breaks on purpose, as a scenario of the emulator orders: its bytes and its break go
   * to the caller as they are, since they are there to test the caller.
   */
  readonly isScripted?: boolean;
  readonly body: ByteSource;
  /** Whether the usage in it was estimated here, since the upstream reported none; asked at the end. */
  readonly isUsageEstimated?: () => boolean;
}

/** A configured backend that answers in the Messages form. */
export interface Upstream {
  readonly name: string;
  /** Which of several credentials of its name it uses, from 0; absent where there is one. */
  readonly credential?: number;
  /** Whether it keeps batches and files itself. Where not, the gateway keeps them for its accounts. */
  readonly keepsAccountResources: boolean;
  /** Whether it can look up files that the gateway keeps. Where not, messages carry them. */
  readonly seesGatewayFiles: boolean;
  /** Whose keys it takes of callers (`UpstreamRequest.providerKey`); absent where it takes none. */
  readonly provider?: string;
  /**
   * Sends a request. Resolves once the head of the answer is there, or with the refusal that its
   * absence amounts to; never rejects for what the other side does.
   */
  send(request: UpstreamRequest, cancellation: Cancellation): Promise<UpstreamAnswer | Refusal>;
  /** Frees connections. Requests in flight are cut. */
  close(): Promise<void>;
}
