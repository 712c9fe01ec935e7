import type { Refusal } from '../messages/errors.ts';
import type { HeaderList, Operation, UpstreamRequest } from '../messages/upstream.ts';
import type { JsonBounds } from '../std/scan-json.ts';

/** Request headers by lower-case name; repeated ones joined with a comma. */
export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request as it came in, its body read. */
export interface IncomingCall {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query in the upstream's form, built from the route that matched. */
  readonly upstreamPath: string;
  readonly headers: HeaderMap;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly account: string;
  readonly jsonBounds: JsonBounds;
}

/** A request in the canonical form, with what the walk decides by. */
export interface DecodedCall {
  /** As the caller wrote it; absent where the operation names none. */
  readonly model: string | undefined;
  /** How long an answer the caller allows; absent where it names no such bound. */
  readonly maxTokens: number | undefined;
  readonly request: UpstreamRequest;
}

export interface EncodedError {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** A client-facing form: how its requests are read, and how it says no. */
export interface Dialect {
  readonly name: string;
  /** Stage 3 of the walk. */
  decodeRequest(call: IncomingCall): DecodedCall | Refusal;
  /** A refusal as an answer of its own. */
  encodeError(said: Refusal, requestId: string): EncodedError;
  /** A refusal inside a stream that has begun; the stream ends with it. */
  encodeErrorEvent(said: Refusal, requestId: string): Uint8Array;
}
