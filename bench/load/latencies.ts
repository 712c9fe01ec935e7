import type { Latencies } from './jobs.ts';

function pick(sorted: Float64Array, share: number): number | null {
  // Nearest rank: the smallest value that at least this share of all values does not exceed.
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  return value === undefined || !Number.isFinite(value)
    ? null
    : Math.round(value * 10_000) / 10_000;
}

/** The percentiles of some durations; Infinity stands for what never came. */
export function summarizeLatencies(durationsMs: readonly number[]): Latencies {
  const sorted = Float64Array.from(durationsMs).toSorted();
  return { p50: pick(sorted, 0.5), p90: pick(sorted, 0.9), p99: pick(sorted, 0.99) };
}
