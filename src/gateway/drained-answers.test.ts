import { expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { DRAINS_MAX, DRAIN_MS, DrainedAnswers } from './drained-answers.ts';

/** How many answers are read on for nobody, and for how long: reliability §2.2. */

test('sixteen at once of an upstream, and as many of another one', () => {
  const drained = new DrainedAnswers(new ManualClock());
  const ends = Array.from({ length: DRAINS_MAX }, () => drained.begin('a', () => {}));
  expect(ends).not.toContain(undefined);
  expect(drained.begin('a', () => {})).toBeUndefined();
  expect(drained.begin('b', () => {})).toBeDefined();
  expect(drained.count).toBe(DRAINS_MAX + 1);
  // Once, however often it is said.
  ends[0]?.();
  ends[0]?.();
  expect(drained.begin('a', () => {})).toBeDefined();
  expect(drained.begin('a', () => {})).toBeUndefined();
});

test('one that takes a minute is given up, and its place is free', () => {
  const clock = new ManualClock();
  const drained = new DrainedAnswers(clock);
  let gaveUp = 0;
  drained.begin('a', () => {
    gaveUp += 1;
  });
  clock.advance(DRAIN_MS - 1);
  expect([gaveUp, drained.count]).toEqual([0, 1]);
  clock.advance(1);
  expect([gaveUp, drained.count, clock.pendingTimers]).toEqual([1, 0, 0]);
});
