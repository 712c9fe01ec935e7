import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  LATENCY_BUCKETS,
  latencyBoundsMs,
  latencyBucketOf,
  latencyPercentile,
} from './latency-buckets.ts';

test.each([
  [0, 0],
  [5, 0],
  [5.1, 1],
  [300_000, LATENCY_BUCKETS - 2],
  [300_001, LATENCY_BUCKETS - 1],
])('%d ms are in bucket %i', (durationMs, bucket) => {
  expect(latencyBucketOf(durationMs)).toBe(bucket);
});

test('nothing counted has no percentile', () => {
  expect(latencyPercentile([], 0.5)).toBeUndefined();
  expect(latencyPercentile([0, 0], 0.5)).toBeUndefined();
});

test('what took longer than the last end took that at least', () => {
  const counts = [...latencyBoundsMs.map(() => 0), 3];
  expect(latencyPercentile(counts, 0.99)).toBe(300_000);
});

test('a percentile is in the bucket of the duration that it stands for', () => {
  const durations = fc.array(fc.integer({ min: 0, max: 300_000 }), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.9, 0.95, 0.99), (all, share) => {
      const counts = Array.from({ length: LATENCY_BUCKETS }, () => 0);
      for (const one of all) counts[latencyBucketOf(one)] = (counts[latencyBucketOf(one)] ?? 0) + 1;
      const sorted = all.toSorted((one, other) => one - other);
      const exact = sorted[Math.ceil(share * all.length) - 1] ?? 0;
      const found = latencyPercentile(counts, share) ?? -1;
      expect(latencyBucketOf(found)).toBe(latencyBucketOf(exact));
    }),
  );
});
