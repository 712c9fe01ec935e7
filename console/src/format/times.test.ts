import { describe, expect, test } from 'vitest';
import {
  clockText,
  instantOfLocal,
  instantText,
  localTimeOf,
  markText,
  minuteText,
  momentText,
  relativeText,
} from './times.ts';

const now = '2026-11-21T18:22:20.000Z';
const nowMs = Date.parse(now);

describe('relativeText', () => {
  test.each([
    [0, 'now'],
    [-1, '1 sec. ago'],
    [5, 'now'],
    [6, 'in 6 sec.'],
    [-59, '59 sec. ago'],
    [-60, '1 min. ago'],
    [-3599, '59 min. ago'],
    [-3600, '1 hr. ago'],
    [2 * 3600, 'in 2 hr.'],
    [-86_400, 'yesterday'],
    [-29 * 86_400, '29 days ago'],
    [-45 * 86_400, '45 days ago'],
    [45 * 86_400, 'in 45 days'],
    [-62 * 86_400, '2 mo. ago'],
    [-500 * 86_400, '16 mo. ago'],
    [3 * 366 * 86_400, 'in 3 yr.'],
  ])('%d s away is %s', (seconds, text) => {
    expect(relativeText(new Date(nowMs + seconds * 1000).toISOString(), nowMs)).toBe(text);
  });
});

describe('moments', () => {
  test('in full they name the clock that they are of', () => {
    expect(instantText(now)).toMatch(/^Nov 2\d, 2026, \d\d:22:20 \S+$/);
  });

  test('in lists they have the day and the time to the second', () => {
    expect(momentText(now, nowMs)).toMatch(/^Nov 2\d, \d\d:\d\d:20$/);
    expect(momentText(now).endsWith(clockText(now))).toBe(true);
  });

  test('in lists they have the year where it is another one', () => {
    const aYearMs = 366 * 86_400_000;
    expect(momentText(now, nowMs + aYearMs)).toMatch(/^Nov 2\d, 2026, \d\d:\d\d:20$/);
    expect(momentText(now, nowMs - aYearMs)).toMatch(/^Nov 2\d, 2026, /);
  });

  test('what is set ahead has its year, and the minute', () => {
    expect(minuteText(now)).toMatch(/^Nov 2\d, 2026, \d\d:22$/);
  });

  test('at midnight the hour is 00', () => {
    const midnight = new Date(2026, 0, 2, 0, 0, 0);
    expect(clockText(midnight.toISOString())).toBe('00:00:00');
    expect(markText(midnight)).toEqual(['Jan 2', '00:00']);
  });
});

test.each([
  ['', undefined],
  ['yesterday', undefined],
  ['2026-11-21T18:22', new Date(2026, 10, 21, 18, 22).toISOString()],
])('a field for date and time that holds "%s"', (text, instant) => {
  expect(instantOfLocal(text)).toBe(instant);
});

test('what a field for date and time is given reads back as it was, to the minute', () => {
  expect(instantOfLocal(localTimeOf(now))).toBe('2026-11-21T18:22:00.000Z');
  expect(localTimeOf('2026-11-21T18:22:59.999Z')).toBe(localTimeOf(now));
});
