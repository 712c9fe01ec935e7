import type { Refusal } from '../messages/errors.ts';
import { asksForStream } from './asks-for-stream.ts';
import type { DecodedExchange, Exchange } from './exchange.ts';

/** What may be refused while the process is short of time or memory: anything, or what stays for long. */
export type SheddableLoad = 'request' | 'stream';

/** Says whether the process can take more; reliability §1.2. */
export interface LoadShedder {
  /** Why it cannot; undefined where it can. */
  refuses(load: SheddableLoad): Refusal | undefined;
}

/**
 * Refuses a request that the process has no room for, before it is read and before it costs
 * anything. What the gateway does by itself is bounded already.
 */
export function shedRequest({ walk, request }: Exchange): Refusal | undefined {
  return request.onBehalf === undefined ? walk.shedding?.refuses('request') : undefined;
}

/** The same for a stream, which takes its place for as long as it runs. */
export function shedStream({ walk, request, call }: DecodedExchange): Refusal | undefined {
  if (request.onBehalf !== undefined || !asksForStream(call)) return undefined;
  return walk.shedding?.refuses('stream');
}
