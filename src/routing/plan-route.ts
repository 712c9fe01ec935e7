import type { Upstream } from '../messages/upstream.ts';
import type { RoutePlan } from './route-plan.ts';
import { healthKeyOf } from './route-plan.ts';

/** The upstreams of a configuration. */
export interface Upstreams {
  /** One of each name: the one with the first of its credentials. */
  readonly byName: ReadonlyMap<string, Upstream>;
  readonly defaultName: string;
  /** Those of a name that has several credentials, one for each; absent where none has. */
  readonly pools?: ReadonlyMap<string, readonly Upstream[]>;
}

/**
 * Stage 10 of the walk: which upstreams answer, in what order. Pure: everything it decides by is
 * passed in. One upstream answers everything, but for what a route of a gateway sends to another.
 */
export function planRoute(upstreams: Upstreams, name: string = upstreams.defaultName): RoutePlan {
  const chosen = upstreams.byName.get(name);
  if (chosen === undefined) return { targets: [] };
  return { targets: [{ upstream: chosen, healthKey: healthKeyOf(chosen, undefined) }] };
}
