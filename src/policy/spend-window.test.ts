import { describe, expect, test } from 'vitest';
import { fitsPattern } from './access-policy.ts';
import type { CalendarUnit } from './spend-window.ts';
import { calendarWindowAt, fixedWindowAt, nanoUsdOf } from './spend-window.ts';

const iso = (atMs: number): string => new Date(atMs).toISOString();

describe('windows of spending', () => {
  test.each<[CalendarUnit, string, string, string]>([
    ['hour', '2026-06-15T12:34:56Z', '2026-06-15T12:00:00.000Z', '2026-06-15T13:00:00.000Z'],
    ['day', '2026-06-15T12:34:56Z', '2026-06-15T00:00:00.000Z', '2026-06-16T00:00:00.000Z'],
    ['week', '2026-06-15T00:00:00Z', '2026-06-15T00:00:00.000Z', '2026-06-22T00:00:00.000Z'],
    ['week', '2026-06-21T23:59:59Z', '2026-06-15T00:00:00.000Z', '2026-06-22T00:00:00.000Z'],
    ['month', '2026-02-28T23:59:59Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['month', '2026-12-31T12:00:00Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('the %s of %s is from %s to %s', (unit, at, startsAt, endsAt) => {
    const { startMs, endMs } = calendarWindowAt(unit, Date.parse(at));
    expect([iso(startMs), iso(endMs)]).toEqual([startsAt, endsAt]);
  });

  test('windows of a length follow one another', () => {
    expect(fixedWindowAt(1000, 2999)).toEqual({ startMs: 2000, endMs: 3000 });
    expect(fixedWindowAt(1000, 3000)).toEqual({ startMs: 3000, endMs: 4000 });
  });

  test.each([
    [1, 1_000_000_000n],
    [0.1, 100_000_000n],
    [0.000_003, 3000n],
    [0.000_000_000_1, 1n],
    [1e9, 1_000_000_000_000_000_000n],
    [1e308, 1_000_000_000_000_000_000n],
    [Number.POSITIVE_INFINITY, 1_000_000_000_000_000_000n],
  ])('%s USD are %s nano-USD', (usd, expected) => {
    expect(nanoUsdOf(usd)).toBe(expected);
  });
});

describe('patterns of policies', () => {
  test.each([
    ['*', 'abc', true],
    ['*', 'a/b', false],
    ['*/*', 'a/b', true],
    ['a*c', 'abc', true],
    ['a*c', 'ac', true],
    ['a*a', 'a', false],
    ['*b*', 'abc', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxcyyb', false],
    ['a*bc*c', 'abc', false],
    ['a.c', 'abc', false],
    ['', '', true],
  ])('%s fits %s: %s', (pattern, text, expected) => {
    expect(fitsPattern(pattern, text)).toBe(expected);
  });

  test('a hostile pattern takes no longer than its letters', () => {
    expect(fitsPattern(`${'a*'.repeat(2000)}b`, 'a'.repeat(20_000))).toBe(false);
  });
});
