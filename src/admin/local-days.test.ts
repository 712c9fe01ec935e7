import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysBetween, isTimeZone, localDays } from './local-days.ts';

const hours = (zone: string, date: string): number => {
  const [day] = localDays(date, date, zone);
  return ((day?.toMs ?? 0) - (day?.fromMs ?? 0)) / 3_600_000;
};
const begins = (zone: string, date: string): string =>
  new Date(localDays(date, date, zone)[0]?.fromMs ?? 0).toISOString();

describe('a day of a calendar', () => {
  test.each([
    ['UTC', '2026-03-10', '2026-03-10T00:00:00.000Z', 24],
    ['Asia/Tokyo', '2026-03-11', '2026-03-10T15:00:00.000Z', 24],
    ['America/Los_Angeles', '2026-07-01', '2026-07-01T07:00:00.000Z', 24],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15:00.000Z', 24],
    // Clocks went from midnight to one: there was no midnight.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z', 23],
    ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00.000Z', 24],
  ])('in %s %s begins at %s and has %i hours', (zone, date, from, length) => {
    expect([begins(zone, date), hours(zone, date)]).toEqual([from, length]);
  });

  test('that a place left out has no hours', () => {
    expect(hours('Pacific/Apia', '2011-12-30')).toBe(0);
  });

  test('begins where the one before it ends, wherever', () => {
    const zones = [
      'UTC',
      'Europe/London',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Asia/Tehran',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 20_000 }),
        (zone, ordinal) => {
          const date = (offset: number): string =>
            new Date((ordinal + offset) * 86_400_000).toISOString().slice(0, 10);
          const days = localDays(date(0), date(5), zone);
          expect(days.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4, 5].map(date));
          for (const [index, day] of days.entries()) {
            expect(day.fromMs).toBe(days[index - 1]?.toMs ?? day.fromMs);
            expect(day.toMs - day.fromMs).toBeGreaterThanOrEqual(22 * 3_600_000);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

test.each([
  ['Asia/Tokyo', true],
  ['UTC', true],
  ['Mars/Base', false],
  ['', false],
])('"%s" is a time zone: %s', (name, isOne) => {
  expect(isTimeZone(name)).toBe(isOne);
});

test('days are counted with both ends', () => {
  expect(daysBetween('2026-01-01', '2026-01-01')).toBe(1);
  expect(daysBetween('2024-02-28', '2024-03-01')).toBe(3);
  expect(daysBetween('2026-01-02', '2026-01-01')).toBe(0);
});
