import type { HeaderList, UpstreamRequest } from '../messages/upstream.ts';

/** What of a request an upstream is told beside it. */
export type Told = Pick<UpstreamRequest, 'trace' | 'waitS'>;

/** As the clients of the API say it, and as this gateway reads it. */
const WAIT = 'x-stainless-timeout';

/**
 * The headers of what an upstream is told beside the request: the trace that it belongs to, and how long
 * its caller still waits where the upstream is one that may make something of that.
 */
export function toldHeaders({ trace = [], waitS }: Told, hearsWait: boolean): HeaderList {
  return hearsWait && waitS !== undefined ? [...trace, WAIT, String(waitS)] : trace;
}
