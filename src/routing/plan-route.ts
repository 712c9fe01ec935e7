import type { Upstream } from '../messages/upstream.ts';

/** Upstreams in the order in which they are to be asked. */
export type RoutePlan = readonly Upstream[];

/**
 * Stage 10 of the walk: which upstreams answer, in what order. Pure: everything it decides by is
 * passed in. Today one upstream answers everything.
 */
export function planRoute(upstreams: {
  readonly byName: ReadonlyMap<string, Upstream>;
  readonly defaultName: string;
}): RoutePlan {
  const chosen = upstreams.byName.get(upstreams.defaultName);
  return chosen === undefined ? [] : [chosen];
}
