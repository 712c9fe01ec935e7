import type { Refusal } from '../messages/errors.ts';
import type { RecordedEnd } from '../messages/recorded-exchange.ts';
import type { HeaderList, Operation } from '../messages/upstream.ts';

/** An exchange as it was taken from the walk: raw, with its secrets, for the writer alone. */
export interface TakenExchange {
  readonly operation: Operation;
  readonly model: string | undefined;
  readonly atMs: number;
  readonly upstream: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly requestHeaders: HeaderList;
  readonly requestBody: Uint8Array;
  readonly response: TakenResponse;
  readonly ended: RecordedEnd;
}

export type TakenResponse =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: HeaderList;
      readonly headMs: number;
      readonly isEventStream: boolean;
      readonly isScripted: boolean;
      readonly chunks: readonly TakenChunk[];
    }
  | { readonly kind: 'refused'; readonly said: Refusal };

export interface TakenChunk {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}
