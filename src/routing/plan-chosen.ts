import { isForModel, matchesRoute } from './match-route.ts';
import type { TargetStates } from './order-targets.ts';
import { orderTargets } from './order-targets.ts';
import type { Upstreams } from './plan-route.ts';
import { planUpstream, whyUnusable } from './plan-route.ts';
import type { RoutePlan } from './route-plan.ts';
import type { Route, RouteCandidate, RouteQuestion } from './route-table.ts';

/**
 * The plan of a request whose upstream somebody chose: that upstream alone, the way the routes lead to
 * it. Conditions of routes are about which requests go there unasked, so one that is for the model will
 * do; one that is for the whole request comes first. No targets where routes lead other models there
 * and not this one: nobody says what this one is called there.
 */
export function planChosen(
  upstreams: Upstreams,
  name: string,
  { question, states }: { readonly question: RouteQuestion; readonly states: TargetStates },
): RoutePlan {
  const { routes = [], defaultName } = upstreams;
  const leading = routes.flatMap((route) => narrowed(route, (one) => isOf(one, name)));
  const forModel = leading
    .filter((route) => isForModel(route, question))
    .flatMap((route) => narrowed(route, (one) => whyUnusable(one, question) !== 'model'));
  const forAll = forModel
    .filter((route) => matchesRoute(route, question))
    .flatMap((route) => narrowed(route, (one) => whyUnusable(one, question) === undefined));
  const route = forAll[0] ?? forModel[0];
  if (route !== undefined) {
    const { attemptsMax, totalMs } = route;
    return { ...orderTargets(route, question, states), route: route.name, attemptsMax, totalMs };
  }
  const isAskedUnrouted = leading.length === 0 || name === defaultName;
  return isAskedUnrouted ? planUpstream(upstreams, name, { question, states }) : { targets: [] };
}

function isOf({ pool }: RouteCandidate, name: string): boolean {
  return pool[0]?.name === name;
}

/** A route with some of its candidates; none where it has no such candidate. */
function narrowed(route: Route, isKept: (candidate: RouteCandidate) => boolean): readonly Route[] {
  const targets = route.targets.filter((one) => isKept(one));
  const fallbacks = route.fallbacks.filter((one) => isKept(one));
  return targets.length + fallbacks.length === 0 ? [] : [{ ...route, targets, fallbacks }];
}
