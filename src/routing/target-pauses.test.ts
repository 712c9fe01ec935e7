import { expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { TargetPauses } from './target-pauses.ts';

test.each<[string, readonly (number | undefined)[], number]>([
  ['nobody said anything', [], 0],
  ['as long as it says', [7000], 7000],
  ['a second where it says nothing', [undefined], 1000],
  ['the longest of what was said', [7000, 2000, undefined], 7000],
  ['five minutes at most', [86_400_000], 300_000],
])('a target is left alone: %s', (_name, said, leftMs) => {
  const clock = new ManualClock();
  const pauses = new TargetPauses(clock);
  for (const retryAfterMs of said) pauses.note('a', retryAfterMs);
  expect([pauses.leftMs('a'), pauses.leftMs('b')]).toEqual([leftMs, 0]);
  clock.advance(leftMs);
  expect(pauses.leftMs('a')).toBe(0);
});
