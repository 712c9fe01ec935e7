const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** The time of the reader's clock, to the second. */
export function clockText(instant: string): string {
  return clock.format(new Date(instant));
}

/** The same with the day: short, for lists. */
export function momentText(instant: string): string {
  const date = new Date(instant);
  return `${day.format(date)}, ${clock.format(date)}`;
}
