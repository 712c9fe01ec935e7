import type { RouteCondition } from './match-route.ts';
import { unmetOfRoute } from './match-route.ts';
import { whyUnusable } from './plan-route.ts';
import type { Route, RouteCandidate, RouteQuestion } from './route-table.ts';

/** What one route was to a request. */
export interface ExplainedRoute {
  readonly name: string;
  readonly outcome: 'taken' | 'not_for_it' | 'nobody_usable' | 'not_reached';
  /** The condition that was not met. */
  readonly unmet: RouteCondition | undefined;
  readonly leftOut: readonly LeftOut[];
}

/** A candidate of a route that is for a request, which may not have it. */
export interface LeftOut {
  readonly candidate: RouteCandidate;
  readonly why: NonNullable<ReturnType<typeof whyUnusable>>;
}

/** Each route up to the one that took the request, and why those before it did not. */
export function explainRoutes(
  routes: readonly Route[],
  question: RouteQuestion,
  taken: string | undefined,
): readonly ExplainedRoute[] {
  const last = taken === undefined ? routes.length : routes.findIndex(({ name }) => name === taken);
  return routes.map((route, at) => {
    const { name } = route;
    if (at > last) return { name, outcome: 'not_reached', unmet: undefined, leftOut: [] };
    const unmet = unmetOfRoute(route, question);
    if (unmet !== undefined) return { name, outcome: 'not_for_it', unmet, leftOut: [] };
    const outcome = at === last ? 'taken' : 'nobody_usable';
    return { name, outcome, unmet, leftOut: leftOutOf(route, question) };
  });
}

function leftOutOf({ targets, fallbacks }: Route, question: RouteQuestion): readonly LeftOut[] {
  return [...targets, ...fallbacks].flatMap((candidate) => {
    const why = whyUnusable(candidate, question);
    return why === undefined ? [] : [{ candidate, why }];
  });
}
