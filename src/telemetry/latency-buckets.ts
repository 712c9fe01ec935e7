/**
 * Where the buckets of durations end, in milliseconds; the last one has no end. Rows of the store are made
 * of them, so they never change: another set would be another table.
 */
export const latencyBoundsMs = [
  5, 10, 25, 50, 100, 200, 400, 700, 1000, 1500, 2000, 3000, 5000, 8000, 12_000, 20_000, 30_000,
  60_000, 120_000, 300_000,
] as const;

/** How many buckets there are: one more than they have ends. */
export const LATENCY_BUCKETS: number = latencyBoundsMs.length + 1;

/** The bucket that a duration falls into. */
export function latencyBucketOf(durationMs: number): number {
  let bucket = 0;
  while (durationMs > (latencyBoundsMs[bucket] ?? Infinity)) bucket += 1;
  return bucket;
}

/**
 * The duration that a share of what was counted stayed below: exact to the bucket, and inside it as if
 * durations were spread evenly. Undefined where nothing was counted; what is in the last bucket took
 * longer than its beginning, and by how much nobody knows.
 */
export function latencyPercentile(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const wanted = share * total;
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      const startMs = latencyBoundsMs[bucket - 1] ?? 0;
      const endMs = latencyBoundsMs[bucket] ?? startMs;
      return startMs + ((endMs - startMs) * Math.max(0, wanted - below)) / count;
    }
    below += count;
  }
  return latencyBoundsMs.at(-1);
}
