import { expect, test } from 'vitest';
import { candidateOf, questionOf, routeOf, upstreamOf } from '../../test/support/planned-routes.ts';
import { unknownStates } from './order-targets.ts';
import { planChosen } from './plan-chosen.ts';
import type { RoutePlan } from './route-plan.ts';
import type { Route, RouteQuestion } from './route-table.ts';

const OTHER = { models: { names: new Set(['claude-haiku-4-5']), patterns: [] } };
const notThis = { accounts: new Set(['other']) };

function planOf(
  name: string,
  routes: readonly Route[],
  question: Partial<RouteQuestion> = {},
): RoutePlan {
  const byName = new Map(['a', 'b', 'c'].map((one) => [one, upstreamOf(one)] as const));
  const pools = new Map([['c', [upstreamOf('c', 0), upstreamOf('c', 1)]]]);
  const upstreams = { byName, pools, defaultName: 'a', routes };
  return planChosen(upstreams, name, { question: questionOf(question), states: unknownStates });
}

function keysOf({ targets }: RoutePlan): readonly string[] {
  return targets.map(({ healthKey }) => healthKey);
}

interface Planned {
  readonly keys: readonly string[];
  readonly route: string | undefined;
}

const named = (name: string, more: Partial<Route>): Route => routeOf({ name, ...more });
const toB = { targets: [candidateOf('b')] };

test.each<[what: string, name: string, routes: readonly Route[], plan: Planned]>([
  [
    'without routes it is asked itself',
    'b',
    [],
    { keys: ['b#0/claude-sonnet-4-6'], route: undefined },
  ],
  [
    'of a route that shares requests it alone is left',
    'b',
    [named('all', { targets: [candidateOf('a'), candidateOf('b')], attemptsMax: 2 })],
    { keys: ['b#0/claude-sonnet-4-6'], route: 'all' },
  ],
  [
    'a fallback is as good as a target',
    'b',
    [named('all', { fallbacks: [candidateOf('b', { model: 'own' })] })],
    { keys: ['b#0/own'], route: 'all' },
  ],
  [
    'a route that does not have it is passed over for one that does',
    'b',
    [named('first', {}), named('second', toB)],
    { keys: ['b#0/claude-sonnet-4-6'], route: 'second' },
  ],
  [
    'one for the whole request comes before one for its model',
    'b',
    [named('others', { ...toB, when: notThis }), named('mine', toB)],
    { keys: ['b#0/claude-sonnet-4-6'], route: 'mine' },
  ],
  [
    'one for its model will do: who asks for it is the operator’s to say',
    'b',
    [named('others', { targets: [candidateOf('b', { when: notThis })], when: notThis })],
    { keys: ['b#0/claude-sonnet-4-6'], route: 'others' },
  ],
  [
    'where routes lead other models there, and not this one, nobody is asked',
    'b',
    [named('haiku', { ...OTHER, ...toB }), named('sonnet', {})],
    { keys: [], route: undefined },
  ],
  [
    'the default upstream answers whatever no route takes',
    'a',
    [named('haiku', OTHER)],
    { keys: ['a#0/claude-sonnet-4-6'], route: undefined },
  ],
  ['an unknown one is nobody', 'nobody', [], { keys: [], route: undefined }],
])('%s', (_what, name, routes, { keys, route }) => {
  const plan = planOf(name, routes);
  expect(keysOf(plan)).toEqual(keys);
  expect(plan.route).toBe(route);
});

test('a route’s bounds hold', () => {
  const plan = planOf('b', [named('all', { ...toB, attemptsMax: 2, totalMs: 5000 })]);
  expect(plan).toMatchObject({ attemptsMax: 2, totalMs: 5000 });
});

test('all its credentials are asked, in an order of the conversation', () => {
  const plan = planOf('c', []);
  expect(keysOf(plan).toSorted()).toEqual(['c#0/claude-sonnet-4-6', 'c#1/claude-sonnet-4-6']);
  expect(plan.conversation?.key).toBe('conversation');
});

test('another model that the caller may not be answered by is no way there', () => {
  const renamed = candidateOf('b', { model: 'claude-haiku-4-5', modelId: 'claude-haiku-4-5' });
  const routes = [named('all', { targets: [renamed] })];
  expect(keysOf(planOf('b', routes, { mayAnswer: () => false }))).toEqual([]);
  expect(keysOf(planOf('b', routes))).toEqual(['b#0/claude-haiku-4-5']);
});
