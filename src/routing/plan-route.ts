import type { Upstream } from '../messages/upstream.ts';

/** Upstreams in the order in which they are to be asked. */
export type RoutePlan = readonly Upstream[];

/**
 * Stage 10 of the walk: which upstreams answer, in what order. Pure: everything it decides by is
 * passed in. One upstream answers everything, but for what a route of a gateway sends to another.
 */
export function planRoute(
  upstreams: {
    readonly byName: ReadonlyMap<string, Upstream>;
    readonly defaultName: string;
  },
  name: string = upstreams.defaultName,
): RoutePlan {
  const chosen = upstreams.byName.get(name);
  return chosen === undefined ? [] : [chosen];
}
