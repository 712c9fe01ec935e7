import type { RoutePlan, RouteTarget } from '../routing/route-plan.ts';
import type { DecodedExchange } from './exchange.ts';

/**
 * The targets that a request may be shown to. A key that the caller brought for one provider is shown to
 * no other, and with it the credentials of an upstream are all the same.
 */
export function sameKeyed({ call }: DecodedExchange, plan: RoutePlan): readonly RouteTarget[] {
  const { targets } = plan;
  if (call.request.providerKey === undefined) return targets;
  const provider = targets[0]?.upstream.provider;
  const isSame = (one: RouteTarget, other: RouteTarget): boolean =>
    one.upstream.name === other.upstream.name && one.model === other.model;
  return targets.filter(
    (target, at) =>
      target.upstream.provider === provider &&
      targets.findIndex((other) => isSame(target, other)) === at,
  );
}
