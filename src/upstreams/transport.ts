import type { ByteSource } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';

/** A request on the wire, below a configured origin. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Uint8Array;
}

export type TransportResult =
  | {
      readonly kind: 'response';
      readonly status: number;
      /** By lower-case name. */
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: ByteSource;
    }
  | { readonly kind: 'failure'; readonly failure: TransportFailure };

export interface TransportFailure {
  readonly reason:
    | 'connect-failed'
    | 'connect-timeout'
    | 'first-byte-timeout'
    | 'idle-timeout'
    | 'cut'
    | 'malformed'
    | 'redirected'
    | 'too-many-connections'
    | 'cancelled';
  /** What the socket said; for the log, never for the caller. */
  readonly detail: string;
}

/** The network as a driver sees it: requests to one configured origin. */
export interface Transport {
  /** Resolves with the head of the answer, or with why there is none; never rejects for the network. */
  send(request: TransportRequest, cancellation: Cancellation): Promise<TransportResult>;
  close(): Promise<void>;
}
