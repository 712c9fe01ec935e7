import { matchesAnyName } from '../std/name-pattern.ts';
import type { Route, RouteConditions, RouteModels, RouteQuestion } from './route-table.ts';

/** Whether a route is for a request. */
export function matchesRoute({ models, when }: Route, question: RouteQuestion): boolean {
  return (models === undefined || isOneOf(models, question)) && meets(when, question);
}

/** Whether all that is asked of a request is so; what costs more to find out comes last. */
export function meets(when: RouteConditions, question: RouteQuestion): boolean {
  const { accounts, keys, headers, features, bodyBytesMin = 0, bodyBytesMax = Infinity } = when;
  return (
    (accounts === undefined || accounts.has(question.account)) &&
    (keys === undefined || keys.has(question.keyId)) &&
    question.bodyBytes >= bodyBytesMin &&
    question.bodyBytes <= bodyBytesMax &&
    (headers === undefined || headers.every(([name, value]) => question.header(name) === value)) &&
    (features === undefined || features.some((feature) => question.has(feature)))
  );
}

function isOneOf({ names, patterns }: RouteModels, { model, modelId }: RouteQuestion): boolean {
  const called = [model, modelId].filter((name) => name !== undefined);
  return called.some((name) => names.has(name)) || matchesAnyName(patterns, called);
}
