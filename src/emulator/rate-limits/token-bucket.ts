const MS_PER_MINUTE = 60_000;

/** A meter that refills all the time: how full it was at a moment says how full it is at any later one. */
export interface TokenBucket {
  readonly perMinute: number;
  readonly level: number;
  readonly atMs: number;
}

/** A bucket that nobody has drawn from. */
export function fullBucket(perMinute: number, atMs: number): TokenBucket {
  return { perMinute, level: perMinute, atMs };
}

/** How much is in it; less than nothing where more was drawn than there was. */
export function levelAt({ perMinute, level, atMs }: TokenBucket, nowMs: number): number {
  return Math.min(perMinute, level + (Math.max(0, nowMs - atMs) * perMinute) / MS_PER_MINUTE);
}

/** The bucket after a draw; a negative draw gives back. It never owes more than a minute refills. */
export function drawn(bucket: TokenBucket, amount: number, nowMs: number): TokenBucket {
  const { perMinute } = bucket;
  const level = levelAt(bucket, nowMs) - amount;
  return { perMinute, level: Math.max(-perMinute, Math.min(perMinute, level)), atMs: nowMs };
}

/** How long until so much is in it; for more than it ever holds, until it is full. */
export function untilLevelMs(bucket: TokenBucket, wanted: number, nowMs: number): number {
  const missing = Math.min(wanted, bucket.perMinute) - levelAt(bucket, nowMs);
  return missing <= 0 ? 0 : (missing * MS_PER_MINUTE) / bucket.perMinute;
}
