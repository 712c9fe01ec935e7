import type { StreamFault } from '../std/byte-stream.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import type { Operation } from './upstream.ts';

/**
 * One exchange as a cassette holds it, a line of JSON each (docs/cassettes.md). This type is the
 * format: what is written and what is read are both of it. Secrets are gone before it is made.
 */
export interface RecordedExchange {
  readonly operation: Operation;
  readonly model?: string;
  /** Wall time of the request, ISO 8601. */
  readonly recorded_at: string;
  /** Name of the upstream that answered. */
  readonly upstream: string;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
  /** As the answer reported it; absent where it did not. */
  readonly usage?: JsonObject;
}

/** The request as the upstream got it, but for headers that say nothing and what is secret. */
export interface RecordedRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent where the operation has none. */
  readonly body?: JsonValue;
}

/** What came back: an answer in one piece, a stream, or no answer at all. */
export type RecordedResponse = RecordedWhole | RecordedStream | RecordedRefusal;

interface RecordedHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** From the request to the head of the answer. */
  readonly head_ms: number;
  readonly ended: RecordedEnd;
  /** The emulator broke it on purpose: bytes and break go to the caller as they are. */
  readonly scripted?: true;
}

/** A body in one piece: as JSON where writing that again gives the same bytes, else as text. */
export interface RecordedWhole extends RecordedHead {
  readonly body?: JsonValue;
  readonly body_text?: string;
}

/** A stream: when each chunk came, in milliseconds since the request, and its text. */
export interface RecordedStream extends RecordedHead {
  readonly chunks: readonly RecordedChunk[];
}

export type RecordedChunk = readonly [atMs: number, text: string];

/** The upstream refused or gave no answer; the code of the error table that this amounts to. */
export interface RecordedRefusal {
  readonly refused: {
    readonly code: string;
    readonly detail?: string;
    readonly retry_after_ms?: number;
    readonly details?: JsonObject;
  };
  readonly ended: RecordedEnd;
}

export interface RecordedEnd {
  readonly how: RecordedEnding;
  /** Since the request. */
  readonly at_ms: number;
}

/**
 * All of it came, its caller left before that, the gateway gave it up (it shut down, or could make
 * nothing of what came), or the way in which it broke.
 */
export type RecordedEnding = 'complete' | UnknownEnding | StreamFault['kind'];
/** Nobody knows how the answer would have gone on. */
type UnknownEnding = 'client_gone' | 'given_up';

/** The operations that a cassette can hold: JSON in both directions, and nothing an account keeps. */
export const recordedOperations: ReadonlySet<Operation> = new Set([
  'messages.create',
  'messages.count_tokens',
  'models.list',
  'models.get',
  'complete.create',
]);

/** Whether the upstream's whole answer is known, be it a break. */
export function isEndKnown({ how }: RecordedEnd): boolean {
  return how !== 'client_gone' && how !== 'given_up';
}

export function isRecordedStream(response: RecordedResponse): response is RecordedStream {
  return 'chunks' in response;
}

export function isRecordedRefusal(response: RecordedResponse): response is RecordedRefusal {
  return 'refused' in response;
}
