import type { UsageDay } from '../telemetry/request-reads.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** No place is further from UTC than this. */
const OFFSET_MAX_MS = 15 * 3_600_000;

/** Whether there is a time zone of that name; IANA's list, as far as the runtime has it. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format(0);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The days of a calendar from one date to another, both included, each with the moments at which it
 * begins and ends there: days of 23 and 25 hours where clocks change (wallet reference §12).
 */
export function localDays(fromDate: string, toDate: string, timeZone: string): readonly UsageDay[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const dateAt = (atMs: number): string => format.format(new Date(atMs));
  const days: UsageDay[] = [];
  const lastMs = Date.parse(toDate);
  let fromMs = beginningOf(Date.parse(fromDate), dateAt);
  for (let dayMs = Date.parse(fromDate); dayMs <= lastMs; dayMs += DAY_MS) {
    const toMs = beginningOf(dayMs + DAY_MS, dateAt);
    days.push({ name: dateText(dayMs), fromMs, toMs });
    fromMs = toMs;
  }
  return days;
}

/** The first minute whose date is that one or a later one, found by halving. */
function beginningOf(dayMs: number, dateAt: (atMs: number) => string): number {
  const wanted = dateText(dayMs);
  let before = dayMs - OFFSET_MAX_MS;
  let reached = dayMs + OFFSET_MAX_MS;
  while (reached - before > MINUTE_MS) {
    const middle = before + Math.floor((reached - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (dateAt(middle) >= wanted) reached = middle;
    else before = middle;
  }
  return reached;
}

function dateText(dayMs: number): string {
  return new Date(dayMs).toISOString().slice(0, 10);
}

/** How many days lie between two dates, both included; less than 1 where they are the wrong way round. */
export function daysBetween(fromDate: string, toDate: string): number {
  return Math.round((Date.parse(toDate) - Date.parse(fromDate)) / DAY_MS) + 1;
}
