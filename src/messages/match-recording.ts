import type { RecordedExchange } from './recorded-exchange.ts';
import type { UpstreamRequest } from './upstream.ts';

/** What a cassette has for a request. */
export type RecordingMatch =
  | { readonly kind: 'found'; readonly exchange: RecordedExchange }
  /** Nothing that means the same; in words, what comes nearest and where it differs. */
  | { readonly kind: 'missed'; readonly nearest: string | undefined };

/** A loaded cassette as whoever plays it sees it. */
export interface RecordedExchanges {
  /** The next exchange that means the same as the request. */
  next(request: UpstreamRequest): RecordingMatch;
}
