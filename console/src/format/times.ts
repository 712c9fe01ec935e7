const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 365.25 * DAY_SECONDS;
const clockParts = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
} as const;
const full = new Intl.DateTimeFormat('en-US', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  ...clockParts,
  timeZoneName: 'short',
});
const clock = new Intl.DateTimeFormat('en-US', clockParts);
const day = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric' });
const dayOfYear = new Intl.DateTimeFormat('en-US', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
});
const relative = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto', style: 'short' });

/** Date and time by the reader's own clock, which it names: `Nov 21, 2026, 18:22:20 GMT+1`. */
export function instantText(instant: string): string {
  return full.format(new Date(instant));
}

/** The time by the reader's clock, to the second. */
export function clockText(instant: string): string {
  return clock.format(new Date(instant));
}

/** The same with the day, and with the year where that is another one: short, for lists. */
export function momentText(instant: string, nowMs: number = Date.now()): string {
  const date = new Date(instant);
  const isThisYear = date.getFullYear() === new Date(nowMs).getFullYear();
  return `${(isThisYear ? day : dayOfYear).format(date)}, ${clock.format(date)}`;
}

const hour = new Intl.DateTimeFormat('en-US', {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** A moment as an axis has it: the day, and the time to the minute. */
export function markText(moment: Date): readonly [day: string, clock: string] {
  return [day.format(moment), hour.format(moment)];
}

/** The day with its year, and the time to the minute: for what is set ahead. */
export function minuteText(instant: string): string {
  const date = new Date(instant);
  return `${dayOfYear.format(date)}, ${hour.format(date)}`;
}

/** Units, and how many of them there are at least: `in 45 days` says more than `next month`. */
const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, size: number, least: number])[] = [
  ['year', YEAR_SECONDS, 2],
  ['month', YEAR_SECONDS / 12, 2],
  ['day', DAY_SECONDS, 1],
  ['hour', 3600, 1],
  ['minute', 60, 1],
  ['second', 1, 1],
];

/** What has just happened is a little ahead of a page that looks at its clock now and then. */
const AHEAD_SECONDS = 5;

/** How far away it is: `2 min. ago`, `in 3 hr.`. */
export function relativeText(instant: string, nowMs: number): string {
  const away = Math.round((new Date(instant).getTime() - nowMs) / 1000);
  const seconds = away > 0 && away <= AHEAD_SECONDS ? 0 : away;
  const [unit, size] = steps.find(([, length, least]) => Math.abs(seconds) >= length * least) ?? [
    'second',
    1,
  ];
  return relative.format(Math.trunc(seconds / size), unit);
}

/** What a field for date and time holds, which is of the reader's own clock; undefined where it is none. */
export function instantOfLocal(text: string): string | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** An instant as such a field holds it, to the minute. */
export function localTimeOf(instant: string): string {
  const at = new Date(instant);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);
}
