import { expect, test } from 'vitest';
import { RememberedRows } from './remembered-rows.ts';

const one = { account: 'a', id: 'g' };

test('what was read is not read again, until it is forgotten', () => {
  const rows = new RememberedRows<object>();
  let reads = 0;
  const read = (): object => ({ reads: (reads += 1) });
  expect([rows.get(one, read), rows.get(one, read)]).toEqual([{ reads: 1 }, { reads: 1 }]);
  rows.forget(one);
  expect(rows.get(one, read)).toEqual({ reads: 2 });
});

test('what is not there is looked for each time', () => {
  const rows = new RememberedRows<object>();
  expect(rows.get(one, () => undefined)).toBeUndefined();
  expect(rows.size).toBe(0);
  expect(rows.get(one, () => ({ made: true }))).toEqual({ made: true });
});

test.each<[string, () => Promise<boolean>, boolean]>([
  ['that succeeds', () => Promise.resolve(true), true],
  ['that fails', () => Promise.reject(new Error('disk')), false],
])('a write %s is followed by a read', async (_name, write, isDone) => {
  const rows = new RememberedRows<object>();
  rows.get(one, () => ({ at: 1 }));
  const done = await rows.forgetAfter(one, write).catch(() => false);
  expect(done).toBe(isDone);
  expect(rows.get(one, () => ({ at: 2 }))).toEqual({ at: 2 });
});

test('names of one account are not those of another', () => {
  const rows = new RememberedRows<object>();
  rows.get({ account: 'a', id: 'b c' }, () => ({ of: 'a' }));
  expect(rows.get({ account: 'a b', id: 'c' }, () => ({ of: 'a b' }))).toEqual({ of: 'a b' });
});

test('of too many the one left alone for longest goes', () => {
  const rows = new RememberedRows<object>(2);
  const ask = (id: string, at: number): unknown => rows.get({ account: 'a', id }, () => ({ at }));
  ask('x', 1);
  ask('y', 1);
  ask('x', 2);
  ask('z', 1);
  expect(rows.size).toBe(2);
  expect([ask('x', 3), ask('y', 3)]).toEqual([{ at: 1 }, { at: 3 }]);
});
