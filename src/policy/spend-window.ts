import { assert } from '../std/assert.ts';

const MS_PER_SECOND = 1000;
const HOUR_MS = 60 * 60 * MS_PER_SECOND;
const DAY_MS = 24 * HOUR_MS;
/** The first Monday of the epoch. */
const MONDAY_MS = 4 * DAY_MS;

/** Units of the calendar, in UTC; weeks begin on Monday. Workers reference §3.6. */
export const calendarUnits = ['hour', 'day', 'week', 'month'] as const;
export type CalendarUnit = (typeof calendarUnits)[number];

/** A time in which what is spent counts together. */
export interface SpendWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** The window of fixed length in which a moment lies; they follow one another from the epoch on. */
export function fixedWindowAt(lengthMs: number, atMs: number): SpendWindow {
  assert(lengthMs > 0, 'a window has a length');
  const startMs = Math.floor(atMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}

/** The unit of the calendar in which a moment lies. */
export function calendarWindowAt(unit: CalendarUnit, atMs: number): SpendWindow {
  switch (unit) {
    case 'hour':
      return fixedWindowAt(HOUR_MS, atMs);
    case 'day':
      return fixedWindowAt(DAY_MS, atMs);
    case 'week': {
      const { startMs, endMs } = fixedWindowAt(7 * DAY_MS, atMs - MONDAY_MS);
      return { startMs: startMs + MONDAY_MS, endMs: endMs + MONDAY_MS };
    }
    case 'month': {
      const at = new Date(atMs);
      const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
      return { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) };
    }
  }
}

const NANO = 1e9;
/** The largest limit that anybody can set: what costs more counts as that much. */
const USD_MAX = 1e9;

/** USD in nano-USD. What is less than one counts as one: spending is never nothing. */
export function nanoUsdOf(usd: number): bigint {
  assert(usd >= 0, 'what is spent is an amount');
  // The nearest number of a decimal like 0.000003 may lie above what it stands for.
  return BigInt(Math.ceil(Math.round(Math.min(usd, USD_MAX) * NANO * 1000) / 1000));
}
