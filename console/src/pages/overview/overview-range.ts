const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The names of ranges, as the address has them. */
export type RangeName = '1h' | '24h' | '7d' | '30d';

interface RangeParts {
  readonly text: string;
  readonly step: 'hour' | 'day';
  /** How many steps, the one that is still going on among them. */
  readonly steps: number;
}

const ranges: Readonly<Record<RangeName, RangeParts>> = {
  // The hour that has just begun says little alone.
  '1h': { text: 'This hour and the last', step: 'hour', steps: 2 },
  '24h': { text: '24 hours', step: 'hour', steps: 24 },
  '7d': { text: '7 days', step: 'hour', steps: 168 },
  '30d': { text: '30 days', step: 'day', steps: 30 },
};

/** Every range with what it is called. */
export const rangeOptions: readonly { readonly value: RangeName; readonly text: string }[] = [
  { value: '1h', text: ranges['1h'].text },
  { value: '24h', text: ranges['24h'].text },
  { value: '7d', text: ranges['7d'].text },
  { value: '30d', text: ranges['30d'].text },
];

/** The range that an address names; a day where it names none. */
export function rangeIn(text: string | undefined): RangeName {
  return rangeOptions.find(({ value }) => value === text)?.value ?? '24h';
}

/** A time that is counted up in whole steps. */
export interface CountedTime {
  readonly from: string;
  readonly to: string;
  readonly step: 'hour' | 'day';
  /** The beginning of every step in milliseconds, oldest first. */
  readonly stepsMs: readonly number[];
}

/** What a range means now: whole hours, or whole days of UTC, to the end of the present one. */
export function timeOf(name: RangeName, nowMs: number): CountedTime {
  const { step, steps } = ranges[name];
  const size = step === 'hour' ? HOUR_MS : DAY_MS;
  const toMs = (Math.floor(nowMs / size) + 1) * size;
  const stepsMs = Array.from({ length: steps }, (_, at) => toMs - (steps - at) * size);
  return {
    from: new Date(toMs - steps * size).toISOString(),
    to: new Date(toMs).toISOString(),
    step,
    stepsMs,
  };
}
