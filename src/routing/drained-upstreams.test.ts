import { describe, expect, test } from 'vitest';
import type { Upstream } from '../messages/upstream.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { DrainedUpstreams } from './drained-upstreams.ts';
import type { RoutePlan, RouteTarget } from './route-plan.ts';

function target(name: string): RouteTarget {
  return { upstream: { name } as Upstream, healthKey: `${name}#0/*` };
}

function namesOf({ targets, drained }: RoutePlan): readonly unknown[] {
  return [targets.map(({ upstream }) => upstream.name), drained];
}

const always = (): boolean => true;

describe('drained upstreams', () => {
  test('are left out of plans, which say so, until they are resumed', () => {
    const clock = new ManualClock();
    const drains = new DrainedUpstreams(clock);
    const plan: RoutePlan = { targets: [target('a'), target('b'), target('a')], route: 'r' };
    expect(drains.leftOutOf(plan, always)).toBe(plan);
    expect([drains.drain('a'), drains.drain('a')]).toEqual([true, false]);
    expect(drains.sinceMs('a')).toBe(clock.wallMs());
    expect(namesOf(drains.leftOutOf(plan, always))).toEqual([['b'], ['a']]);
    expect(drains.leftOutOf(plan, always).route).toBe('r');
    expect([drains.resume('a'), drains.resume('a')]).toEqual([true, false]);
    expect(drains.leftOutOf(plan, always)).toBe(plan);
  });

  test('stay where they are not asked', () => {
    const drains = new DrainedUpstreams(new ManualClock());
    drains.drain('a');
    const plan: RoutePlan = { targets: [target('a')] };
    expect(drains.leftOutOf(plan, () => false)).toBe(plan);
    expect(namesOf(drains.leftOutOf(plan, always))).toEqual([[], ['a']]);
  });

  test('that no plan has change none', () => {
    const drains = new DrainedUpstreams(new ManualClock());
    drains.drain('other');
    const plan: RoutePlan = { targets: [target('a')] };
    expect(drains.leftOutOf(plan, always)).toBe(plan);
  });
});
