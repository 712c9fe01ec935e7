import type { Exchange, WalkRequest } from './exchange.ts';

/** Who says to wait longer than this waits for as long as it takes. */
const WAIT_MS_MAX = 86_400_000;

/** How long the caller waits at most from its request on, as clients of the API say it in seconds. */
export function callerWaitMs({ headers }: Pick<WalkRequest, 'headers'>): number | undefined {
  const seconds = Number(headers['x-stainless-timeout'] ?? Number.NaN);
  const isSaid = Number.isFinite(seconds) && seconds > 0 && seconds * 1000 <= WAIT_MS_MAX;
  return isSaid ? seconds * 1000 : undefined;
}

/**
 * What is left of that for an upstream, in whole seconds; never less than one. Rounded up, so that what
 * goes on at once goes on as it came: the attempt ends when the caller stops waiting, whatever is said.
 */
export function waitLeftS({
  request,
  walk,
  startedMs,
}: Pick<Exchange, 'request' | 'walk' | 'startedMs'>): number | undefined {
  const waitMs = callerWaitMs(request);
  if (waitMs === undefined) return undefined;
  const leftMs = waitMs - (walk.clock.monotonicMs() - startedMs);
  return Math.max(1, Math.ceil(leftMs / 1000));
}
