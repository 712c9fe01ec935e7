import type { HeaderList } from '../../messages/upstream.ts';
import type { BucketSet, Meter } from './rate-limiter.ts';
import type { TokenBucket } from './token-bucket.ts';
import { levelAt, untilLevelMs } from './token-bucket.ts';

const MS_PER_SECOND = 1000;
const ROUNDED_TO = 1000;

/** When the headers are written, and for which meter an answer is refused. */
export interface HeaderMoment {
  readonly nowMs: number;
  readonly wallMs: number;
  readonly exceeded?: Meter | undefined;
}

/** The twelve headers of a 200 and of a 429 (API reference §1.3). */
export function rateLimitHeaders(buckets: BucketSet, moment: HeaderMoment): HeaderList {
  const { requests, inputTokens, outputTokens } = buckets;
  const input = shown(inputTokens, moment);
  const output = shown(outputTokens, moment);
  return [
    ...family('requests', { ...shown(requests, moment), remaining: whole(requests, moment) }),
    ...family('input-tokens', input),
    ...family('output-tokens', output),
    ...family('tokens', tightest(input, output, moment)),
  ];
}

interface ShownMeter {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** What is left of tokens is said to the nearest thousand. */
function shown(bucket: TokenBucket, moment: HeaderMoment): ShownMeter {
  const rounded = Math.round(whole(bucket, moment) / ROUNDED_TO) * ROUNDED_TO;
  return {
    limit: bucket.perMinute,
    remaining: rounded,
    resetMs: moment.wallMs + untilLevelMs(bucket, bucket.perMinute, moment.nowMs),
  };
}

function whole(bucket: TokenBucket, { nowMs }: HeaderMoment): number {
  return Math.max(0, Math.floor(levelAt(bucket, nowMs)));
}

/** `tokens` is the limit in force: one that refuses, or both together where none does. */
function tightest(input: ShownMeter, output: ShownMeter, { exceeded }: HeaderMoment): ShownMeter {
  if (exceeded === 'inputTokens') return input;
  if (exceeded === 'outputTokens') return output;
  return {
    limit: input.limit + output.limit,
    remaining: input.remaining + output.remaining,
    resetMs: Math.max(input.resetMs, output.resetMs),
  };
}

function family(name: string, { limit, remaining, resetMs }: ShownMeter): HeaderList {
  const prefix = `anthropic-ratelimit-${name}`;
  return [
    `${prefix}-limit`,
    String(limit),
    `${prefix}-remaining`,
    String(remaining),
    `${prefix}-reset`,
    rfc3339(resetMs),
  ];
}

/** Whole seconds, in UTC. */
function rfc3339(wallMs: number): string {
  const seconds = Math.ceil(wallMs / MS_PER_SECOND) * MS_PER_SECOND;
  return new Date(seconds).toISOString().replace('.000Z', 'Z');
}
