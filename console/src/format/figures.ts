const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const plain = new Intl.NumberFormat('en-US');
const COMPACT_FROM = 100_000;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const CENTISECOND_MS = 10;
const HOUR_SECONDS = 3600;
const KIBI = 1024;
/** So much of a unit is a whole one once it is rounded to a digit: there is no `1024.0 KiB`. */
const ROUNDS_UP_FROM = 1 - 0.05 / KIBI;

/** A count: in full while it is short, as `1.2M` where it is long; a dash where it is unknown. */
export function countText(value: number | string | bigint | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const count = Number(value);
  return count >= COMPACT_FROM ? compact.format(count) : plain.format(count);
}

/** A duration as people say it: `340 ms`, `2.41 s`, `3 m 12 s`, `5 h 7 m`. */
export function durationText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  const whole = Math.round(ms);
  if (whole < SECOND_MS) return `${String(whole)} ms`;
  if (whole < MINUTE_MS - CENTISECOND_MS / 2) return `${(whole / SECOND_MS).toFixed(2)} s`;
  const seconds = Math.round(whole / SECOND_MS);
  if (seconds < HOUR_SECONDS) {
    return `${String(Math.floor(seconds / 60))} m ${String(seconds % 60)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return `${plain.format(Math.floor(minutes / 60))} h ${String(minutes % 60)} m`;
}

/** A share as a percentage; a dash where there was nothing to have a share of. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  return `${percent.toFixed(percent !== 0 && percent < 1 ? 2 : 1)} %`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size: `512 B`, `1.4 MiB`. */
export function bytesText(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return '–';
  const reached = byteUnits.findLastIndex((_unit, at) => bytes >= KIBI ** at * ROUNDS_UP_FROM);
  const step = Math.max(0, reached);
  const value = bytes / KIBI ** step;
  return `${step === 0 ? String(value) : value.toFixed(1)} ${byteUnits[step] ?? 'B'}`;
}
