import { expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { PlanDirectory } from './plan-directory.ts';
import type { StoredPlan } from './plan-store.ts';
import { plans } from './plans.ts';

const gold: StoredPlan = { ...plans.prepaid, name: 'gold', createdAtMs: 1, modifiedAtMs: 1 };

test('knows the plans that are always there, and looks at the others once a second', () => {
  const clock = new ManualClock();
  const asked: string[] = [];
  let stored: StoredPlan | undefined = gold;
  const find = (name: string): StoredPlan | undefined => {
    asked.push(name);
    return stored;
  };
  const directory = new PlanDirectory({ find }, clock);
  expect(directory.find('prepaid')).toBe(plans.prepaid);
  expect(directory.find('standard')).toBe(plans.standard);
  expect(asked).toEqual([]);
  expect([directory.find('gold'), directory.find('gold')]).toEqual([gold, gold]);
  expect(asked).toEqual(['gold']);
  stored = undefined;
  clock.advance(999);
  expect(directory.find('gold')).toBe(gold);
  clock.advance(1);
  expect(directory.find('gold')).toBeUndefined();
  expect(directory.find('gold')).toBeUndefined();
  expect(asked).toEqual(['gold', 'gold']);
});

test('a name that an object has by itself is no plan', () => {
  const directory = new PlanDirectory({ find: () => undefined }, new ManualClock());
  expect(directory.find('constructor')).toBeUndefined();
});
