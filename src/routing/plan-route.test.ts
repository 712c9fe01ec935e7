import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidateOf, questionOf, routeOf, upstreamOf } from '../../test/support/planned-routes.ts';
import type { TargetStates } from './order-targets.ts';
import { unknownStates } from './order-targets.ts';
import type { Upstreams } from './plan-route.ts';
import { planRoute, planUpstream } from './plan-route.ts';
import type { Route, RouteQuestion } from './route-table.ts';

const names = ['a', 'b', 'c'] as const;

function upstreamsOf(routes: readonly Route[], credentials = 1): Upstreams {
  const pool = Array.from({ length: credentials }, (_, at) => upstreamOf('a', at));
  return {
    byName: new Map(names.map((name) => [name, upstreamOf(name)] as const)),
    defaultName: 'a',
    pools: new Map(credentials > 1 ? [['a', pool]] : []),
    routes,
  };
}

interface Asked {
  readonly question?: Partial<RouteQuestion>;
  readonly states?: Partial<TargetStates>;
}

/** By what each target is known, in the order of the plan. */
function keysOf(
  upstreams: Upstreams,
  { question = {}, states = {} }: Asked = {},
): readonly string[] {
  const plan = planRoute(upstreams, questionOf(question), { ...unknownStates, ...states });
  return plan.targets.map(({ healthKey }) => healthKey);
}

const SONNET = 'claude-sonnet-4-6';
const shared = routeOf({ targets: names.map((name) => candidateOf(name)) });
const conversations = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `conversation ${String(at)}`);

describe('which route', () => {
  test('the first that is for the request counts', () => {
    const routes = [
      routeOf({ name: 'other', when: { accounts: new Set(['other']) } }),
      routeOf({ name: 'mine', targets: [candidateOf('b')], totalMs: 5000, attemptsMax: 2 }),
      routeOf({ name: 'all' }),
    ];
    const plan = planRoute(upstreamsOf(routes), questionOf(), unknownStates);
    expect(plan).toMatchObject({ route: 'mine', attemptsMax: 2, totalMs: 5000 });
    expect(plan.targets.map(({ upstream }) => upstream.name)).toEqual(['b']);
  });

  test('one that has nobody for the request does not', () => {
    const nobody = routeOf({ targets: [candidateOf('b', { when: { bodyBytesMin: 1000 } })] });
    expect(keysOf(upstreamsOf([nobody]))).toEqual([`a#0/${SONNET}`]);
  });

  test('without one the default upstream answers, with all its credentials', () => {
    const plan = planRoute(upstreamsOf([], 3), questionOf(), unknownStates);
    expect(plan.route).toBeUndefined();
    expect(new Set(plan.targets.map(({ upstream }) => upstream.credential))).toEqual(
      new Set([0, 1, 2]),
    );
  });

  test('a name leads to its upstream, and an unknown one to nobody', () => {
    const [only] = planUpstream(upstreamsOf([]), 'b').targets;
    expect(only?.healthKey).toBe('b#0/*');
    expect(planUpstream(upstreamsOf([]), 'nobody').targets).toEqual([]);
  });

  test('another model of the registry answers only where that may be', () => {
    const cheaper = candidateOf('b', { model: 'claude-haiku-4-5', modelId: 'claude-haiku-4-5' });
    const renamed = candidateOf('c', { model: 'us.anthropic.claude-sonnet-4-6' });
    const route = routeOf({ fallbacks: [cheaper, renamed] });
    const keys = ['a#0/claude-sonnet-4-6', 'c#0/us.anthropic.claude-sonnet-4-6'];
    const mayAnswer = (): boolean => false;
    expect(keysOf(upstreamsOf([route]), { question: { mayAnswer } })).toEqual(keys);
    expect(keysOf(upstreamsOf([route])).length).toBe(3);
  });
});

describe('in what order', () => {
  test('fallbacks come after targets, as they stand', () => {
    const route = routeOf({
      targets: [candidateOf('c')],
      fallbacks: [candidateOf('b'), candidateOf('a')],
    });
    expect(keysOf(upstreamsOf([route]))).toEqual(
      ['c', 'b', 'a'].map((name) => `${name}#0/${SONNET}`),
    );
  });

  test('who is not to be asked now comes last, and fallbacks before that', () => {
    const route = routeOf({
      targets: [candidateOf('a')],
      fallbacks: [candidateOf('b'), candidateOf('c')],
    });
    const isFree = (key: string): boolean => key.startsWith('c');
    expect(keysOf(upstreamsOf([route]), { states: { isFree } }).map((key) => key[0])).toEqual([
      'c',
      'a',
      'b',
    ]);
  });

  test('conversations spread over targets and credentials', () => {
    const route = routeOf({ targets: [candidateOf('a', { credentials: 2 }), candidateOf('b')] });
    const first = conversations(4000).map(
      (key) => keysOf(upstreamsOf([route]), { question: { conversation: () => key } })[0],
    );
    const shareOf = (start: string): number =>
      first.filter((key) => key?.startsWith(start)).length / 4000;
    expect(shareOf('a#0')).toBeCloseTo(0.25, 1);
    expect(shareOf('a#1')).toBeCloseTo(0.25, 1);
    expect(shareOf('b#0')).toBeCloseTo(0.5, 1);
  });

  test('without affinity each request is drawn anew, by its one draw', () => {
    const route = { ...shared, keepsConversations: false };
    const first = new Set<string | undefined>();
    for (let at = 0; at < 50; at += 1) {
      let draws = 0;
      const draw = (): number => {
        draws += 1;
        return at / 50;
      };
      first.add(keysOf(upstreamsOf([route]), { question: { draw } })[0]);
      expect(draws).toBe(1);
    }
    expect(first.size).toBe(3);
  });

  test('where there is no choice, nothing is looked for in the body and nothing drawn', () => {
    const refuse = (): never => {
      throw new Error('asked for nothing');
    };
    const question = { conversation: refuse, draw: refuse, has: refuse };
    const route = routeOf({ fallbacks: [candidateOf('b')] });
    expect(keysOf(upstreamsOf([route]), { question }).length).toBe(2);
    expect(keysOf(upstreamsOf([]), { question }).length).toBe(1);
  });
});

describe('a conversation', () => {
  const firstOf = (
    key: string,
    states: Partial<TargetStates> = {},
    route = shared,
  ): string | undefined =>
    keysOf(upstreamsOf([route]), { question: { conversation: () => key }, states })[0];

  test('goes back to where it was while that may be asked', () => {
    for (const key of conversations(50)) {
      const home = firstOf(key);
      const isFree = (other: string): boolean => other === home;
      expect(firstOf(key, { isFree })).toBe(home);
      expect(firstOf(key, { isFree: (other) => other !== home })).not.toBe(home);
    }
  });

  test('of a target that was taken away goes elsewhere, and no other one', () => {
    const left = routeOf({ targets: [candidateOf('a'), candidateOf('c')] });
    const others = conversations(200).filter((key) => firstOf(key)?.startsWith('b') === false);
    expect(others.length).toBeGreaterThan(100);
    expect(others.map((key) => firstOf(key, {}, left))).toEqual(others.map((key) => firstOf(key)));
  });

  test('goes elsewhere where its target has more than its part of the load', () => {
    for (const key of conversations(50)) {
      const home = firstOf(key);
      const loaded = (load: number): Partial<TargetStates> => ({
        loadOf: (other) => (other === home ? load : 0),
      });
      // So few at once are no load; then a target may have a quarter more than its third.
      expect(firstOf(key, loaded(7))).toBe(home);
      expect(firstOf(key, loaded(30))).not.toBe(home);
      expect(firstOf(key, { loadOf: () => 30 })).toBe(home);
    }
  });

  test('that was served elsewhere goes back there: its prompt is cached there now', () => {
    for (const key of conversations(50)) {
      const home = firstOf(key);
      const guestAt = ['a', 'b']
        .map((name) => `${name}#0/${SONNET}`)
        .find((other) => other !== home);
      expect(firstOf(key, { lastServed: () => guestAt })).toBe(guestAt);
      const isFree = (other: string): boolean => other !== guestAt;
      expect(firstOf(key, { lastServed: () => guestAt, isFree })).toBe(home);
    }
  });

  test('is told in the plan with the target that it belongs to', () => {
    const question = questionOf({ conversation: () => 'one' });
    const home = firstOf('one') ?? '';
    const states = { ...unknownStates, isFree: (key: string) => key !== home };
    expect(planRoute(upstreamsOf([shared]), question, states).conversation).toEqual({
      key: 'one',
      homeKey: home,
    });
  });
});

test('a plan is never empty, never doubled, and the same for the same inputs', () => {
  const candidates = fc.array(
    fc.record({
      name: fc.constantFrom(...names),
      weight: fc.nat(3),
      credentials: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 0, maxLength: 4 },
  );
  fc.assert(
    fc.property(
      fc.record({
        targets: candidates,
        fallbacks: candidates,
        keepsConversations: fc.boolean(),
        key: fc.string(),
        draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        notFree: fc.array(fc.constantFrom('a#0', 'a#1', 'b#0', 'b#2', 'c#0')),
        load: fc.nat(100),
      }),
      ({ targets, fallbacks, keepsConversations, key, draw, notFree, load }) => {
        const route = routeOf({
          targets: targets.map(({ name, ...more }) => candidateOf(name, more)),
          fallbacks: fallbacks.map(({ name, ...more }) => candidateOf(name, more)),
          keepsConversations,
        });
        const asked = {
          question: { conversation: () => key, draw: () => draw },
          states: {
            isFree: (healthKey: string) => !notFree.some((start) => healthKey.startsWith(start)),
            loadOf: () => load,
          },
        };
        const planned = keysOf(upstreamsOf([route]), asked);
        expect(keysOf(upstreamsOf([route]), asked)).toEqual(planned);
        const count = [...targets, ...fallbacks].reduce(
          (sum, { credentials }) => sum + credentials,
          0,
        );
        expect(planned.length).toBe(Math.max(1, count));
      },
    ),
  );
});
