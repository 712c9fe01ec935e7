import { matchesAnyName } from '../std/name-pattern.ts';
import type { Route, RouteConditions, RouteModels, RouteQuestion } from './route-table.ts';

/** What of a route can keep a request from it. */
export type RouteCondition = 'models' | keyof RouteConditions;

/** Whether a route is for a request. */
export function matchesRoute(route: Route, question: RouteQuestion): boolean {
  return unmetOfRoute(route, question) === undefined;
}

/** The first condition of a route that keeps a request from it; undefined where the route is for it. */
export function unmetOfRoute(
  { models, when }: Pick<Route, 'models' | 'when'>,
  question: RouteQuestion,
): RouteCondition | undefined {
  if (!isForModel({ models }, question)) return 'models';
  return unmet(when, question);
}

/** The first condition that is not met; what costs more to find out comes last. */
export function unmet(
  when: RouteConditions,
  question: RouteQuestion,
): keyof RouteConditions | undefined {
  const { accounts, keys, headers, features, bodyBytesMin = 0, bodyBytesMax = Infinity } = when;
  if (accounts?.has(question.account) === false) return 'accounts';
  if (keys?.has(question.keyId) === false) return 'keys';
  if (question.bodyBytes < bodyBytesMin) return 'bodyBytesMin';
  if (question.bodyBytes > bodyBytesMax) return 'bodyBytesMax';
  if (headers?.every(([name, value]) => question.header(name) === value) === false) {
    return 'headers';
  }
  if (features?.some((feature) => question.has(feature)) === false) return 'features';
  return undefined;
}

/** Whether a route is for the model of a request, whatever else it asks of one. */
export function isForModel({ models }: Pick<Route, 'models'>, question: RouteQuestion): boolean {
  return models === undefined || isOneOf(models, question);
}

function isOneOf({ names, patterns }: RouteModels, { model, modelId }: RouteQuestion): boolean {
  const called = [model, modelId].filter((name) => name !== undefined);
  return called.some((name) => names.has(name)) || matchesAnyName(patterns, called);
}
