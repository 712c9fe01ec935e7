import { expect, test } from 'vitest';
import { models } from './models.ts';
import { resolveModel } from './resolve-model.ts';

test.each([
  ['claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ['claude-sonnet-4-0', 'claude-sonnet-4-20250514'],
  ['claude-sonnet-4-20250514', 'claude-sonnet-4-20250514'],
  ['claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
])('#29 %s is %s', (name, id) => {
  expect(resolveModel(name)?.id).toBe(id);
});

test.each(['sonnet4', 'claude-sonnet-4.6', '', 'CLAUDE-SONNET-4-6', 'constructor', '__proto__'])(
  '#27 #28 %j is no model',
  (name) => {
    expect(resolveModel(name)).toBeUndefined();
  },
);

test('a name stands for one model only, and the newest model comes first', () => {
  const names = models.flatMap(({ id, aliases }) => [id, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
  const dates = models.map(({ createdAt }) => createdAt);
  expect(dates).toEqual(dates.toSorted().toReversed());
});
