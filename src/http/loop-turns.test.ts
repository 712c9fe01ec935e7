import { expect, test } from 'vitest';
import { afterThisRound } from '../std/clock.ts';
import { LoopTurns } from './loop-turns.ts';

/** Notes in which round of the event loop something was. */
function countRounds(): { readonly now: () => number; readonly stop: () => void } {
  let rounds = 0;
  let isCounting = true;
  const count = (): void => {
    rounds += 1;
    if (isCounting) afterThisRound(count);
  };
  afterThisRound(count);
  return {
    now: () => rounds,
    stop: () => {
      isCounting = false;
    },
  };
}

test('one of those that wait has its turn in each round, in their order', async () => {
  const turns = new LoopTurns();
  const rounds = countRounds();
  const had: (readonly [string, number])[] = [];
  const take = async (name: string): Promise<void> => {
    await turns.next();
    had.push([name, rounds.now()]);
  };
  await Promise.all([take('a'), take('b'), take('c')]);
  await take('d');
  rounds.stop();
  expect(had.map(([name]) => name)).toEqual(['a', 'b', 'c', 'd']);
  const at = had.map(([, round]) => round);
  expect(at).toEqual(at.map((_, place) => (at[0] ?? 0) + place));
});

test('a turn that ends in a fault is not the last one', async () => {
  const turns = new LoopTurns();
  const failing = turns.next().then(() => {
    throw new Error('a fault of its own');
  });
  const next = turns.next();
  await expect(failing).rejects.toThrow('a fault of its own');
  await expect(next).resolves.toBeUndefined();
});
