import { expect, test } from 'vitest';
import { afterThisRound } from './clock.ts';
import { runInSteps } from './run-in-steps.ts';

/** Each look at the time finds it two milliseconds later. */
function slowClock(): { monotonicMs: () => number } {
  let nowMs = 0;
  return { monotonicMs: () => (nowMs += 2) };
}

function* counting(to: number, seen: number[]): Generator<undefined, string> {
  for (let at = 1; at <= to; at += 1) {
    seen.push(at);
    yield;
  }
  return 'done';
}

test('others have their turn while it goes on', async () => {
  const seen: number[] = [];
  let seenByOthers = 0;
  afterThisRound(() => {
    seenByOthers = seen.length;
  });
  expect(await runInSteps(counting(100, seen), slowClock())).toBe('done');
  expect(seen).toHaveLength(100);
  expect(seenByOthers).toBeLessThan(10);
});

test('what is thrown in it reaches who asked for it', async () => {
  const failing = (function* (): Generator<undefined, string> {
    yield;
    throw new Error('torn');
  })();
  await expect(runInSteps(failing, slowClock())).rejects.toThrow('torn');
});
