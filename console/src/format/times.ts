const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto', style: 'short' });

/** Date and time of the reader's own calendar. */
export function instantText(instant: string): string {
  return full.format(new Date(instant));
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** How far away it is: `2 min. ago`, `in 3 hr.`. */
export function relativeText(instant: string, nowMs: number): string {
  const seconds = Math.round((new Date(instant).getTime() - nowMs) / 1000);
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}
