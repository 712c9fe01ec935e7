import type { Upstream } from '../../src/messages/upstream.ts';
import type { RoutePlan } from '../../src/routing/route-plan.ts';
import { healthKeyOf } from '../../src/routing/route-plan.ts';

/** A plan that asks these upstreams in turn. */
export function planned(...upstreams: readonly Upstream[]): RoutePlan {
  return {
    targets: upstreams.map((upstream) => ({
      upstream,
      healthKey: healthKeyOf(upstream, undefined),
    })),
  };
}
