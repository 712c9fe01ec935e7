import { expect, test } from 'vitest';
import { rangeIn, rangeOptions, timeOf } from './overview-range.ts';

const NOW = Date.parse('2026-11-21T17:23:05.678Z');

test.each([
  ['1h', '2026-11-21T16:00:00.000Z', '2026-11-21T18:00:00.000Z', 2],
  ['24h', '2026-11-20T18:00:00.000Z', '2026-11-21T18:00:00.000Z', 24],
  ['7d', '2026-11-14T18:00:00.000Z', '2026-11-21T18:00:00.000Z', 168],
  ['30d', '2026-10-23T00:00:00.000Z', '2026-11-22T00:00:00.000Z', 30],
] as const)('%s is from %s to %s in %d steps', (name, from, to, steps) => {
  const time = timeOf(name, NOW);
  expect([time.from, time.to, time.stepsMs.length]).toEqual([from, to, steps]);
  expect(time.stepsMs[0]).toBe(Date.parse(from));
});

test('at the very beginning of an hour that hour is the last step', () => {
  const { stepsMs } = timeOf('24h', Date.parse('2026-11-21T17:00:00Z'));
  expect(stepsMs.at(-1)).toBe(Date.parse('2026-11-21T17:00:00Z'));
});

test('an address that names no range means a day', () => {
  expect([undefined, '', '2w', '7d'].map((text) => rangeIn(text))).toEqual([
    '24h',
    '24h',
    '24h',
    '7d',
  ]);
  expect(rangeOptions.map(({ value }) => rangeIn(value))).toEqual(['1h', '24h', '7d', '30d']);
});
