import { expect, test } from 'vitest';
import { PendingSettlements } from './pending-settlements.ts';

test('who waits, waits for those too that are added meanwhile', async () => {
  const pending = new PendingSettlements();
  const ends: (() => void)[] = [];
  const add = (): void => {
    pending.add(
      new Promise((resolve) => {
        ends.push(resolve);
      }),
    );
  };
  add();
  let isIdle = false;
  const idle = pending.idle().then(() => {
    isIdle = true;
  });
  add();
  ends[0]?.();
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect([isIdle, pending.count]).toEqual([false, 1]);
  ends[1]?.();
  await idle;
  expect(pending.count).toBe(0);
});
