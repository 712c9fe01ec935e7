const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const plain = new Intl.NumberFormat('en-US');
const COMPACT_FROM = 100_000;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const KIBI = 1024;

/** A count: in full while it is short, as `1.2M` where it is long; a dash where it is unknown. */
export function countText(value: number | string | bigint | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const count = Number(value);
  return count >= COMPACT_FROM ? compact.format(count) : plain.format(count);
}

/** A duration as people say it: `340 ms`, `2.41 s`, `3 m 12 s`. */
export function durationText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms < SECOND_MS) return `${String(Math.round(ms))} ms`;
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(2)} s`;
  const minutes = Math.floor(ms / MINUTE_MS);
  return `${plain.format(minutes)} m ${String(Math.round((ms % MINUTE_MS) / SECOND_MS))} s`;
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
  const step = Math.min(
    byteUnits.length - 1,
    bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(KIBI)),
  );
  const value = bytes / KIBI ** step;
  return `${step === 0 ? String(value) : value.toFixed(1)} ${byteUnits[step] ?? 'B'}`;
}
