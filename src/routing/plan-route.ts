import type { Upstream } from '../messages/upstream.ts';
import { matchesRoute, unmet } from './match-route.ts';
import type { TargetStates } from './order-targets.ts';
import { orderTargets } from './order-targets.ts';
import type { RoutePlan } from './route-plan.ts';
import { healthKeyOf } from './route-plan.ts';
import type { Route, RouteCandidate, RouteConditions, RouteQuestion } from './route-table.ts';

/** The upstreams of a configuration. */
export interface Upstreams {
  /** One of each name: the one with the first of its credentials. */
  readonly byName: ReadonlyMap<string, Upstream>;
  readonly defaultName: string;
  /** Those of a name that has several credentials, one for each; absent where none has. */
  readonly pools?: ReadonlyMap<string, readonly Upstream[]>;
  /** In their order; absent where there are none. */
  readonly routes?: readonly Route[];
}

/**
 * Stage 10 of the walk: who answers, in what order. Pure: everything it decides by is passed in. The
 * first route that is for the request counts, and has somebody for it; without one, the default
 * upstream answers.
 */
export function planRoute(
  upstreams: Upstreams,
  question: RouteQuestion,
  states: TargetStates,
): RoutePlan {
  for (const route of upstreams.routes ?? noRoutes) {
    if (!matchesRoute(route, question)) continue;
    const plan = planOf(route, question, states);
    if (plan.targets.length > 0) return plan;
  }
  return planUpstream(upstreams, upstreams.defaultName, { question, states });
}

/** The plan for one upstream; which of its credentials comes first goes by the request, where there is one. */
export function planUpstream(
  { byName, pools }: Upstreams,
  name: string,
  asked?: { readonly question: RouteQuestion; readonly states: TargetStates },
): RoutePlan {
  const upstream = byName.get(name);
  if (upstream === undefined) return { targets: [] };
  const pool = pools?.get(name);
  if (asked === undefined || pool === undefined) {
    return { targets: [{ upstream, healthKey: healthKeyOf(upstream, asked?.question.modelId) }] };
  }
  const targets: readonly RouteCandidate[] = [{ pool, weight: 1, when: {} }];
  const ordering = { targets, fallbacks: [], keepsConversations: true };
  return orderTargets(ordering, asked.question, asked.states);
}

const noRoutes: readonly Route[] = [];

function planOf(route: Route, question: RouteQuestion, states: TargetStates): RoutePlan {
  const { name, attemptsMax, totalMs, keepsConversations } = route;
  const isUsable = (candidate: RouteCandidate): boolean =>
    whyUnusable(candidate, question) === undefined;
  const ordering = {
    targets: route.targets.filter(isUsable),
    fallbacks: route.fallbacks.filter(isUsable),
    keepsConversations,
  };
  return { ...orderTargets(ordering, question, states), route: name, attemptsMax, totalMs };
}

/**
 * Why a request may not have a candidate of its route: `model`, where that is another one that the caller
 * may not be answered by, or the condition that it does not meet. Undefined where it may.
 */
export function whyUnusable(
  { when, modelId }: RouteCandidate,
  question: RouteQuestion,
): 'model' | keyof RouteConditions | undefined {
  return isAllowed(modelId, question) ? unmet(when, question) : 'model';
}

function isAllowed(modelId: string | undefined, question: RouteQuestion): boolean {
  return modelId === undefined || modelId === question.modelId || question.mayAnswer(modelId);
}
