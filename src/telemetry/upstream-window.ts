import type { Clock } from '../std/clock.ts';
import { LATENCY_BUCKETS, latencyBucketOf, latencyPercentile } from './latency-buckets.ts';
import type { AttemptDetail, RequestRecord } from './request-log.ts';

const MINUTE_MS = 60_000;
/** How far back anybody can ask. */
const MINUTES = 60;
/** Names are those of the configuration; what a reload dropped is forgotten before this is full. */
const UPSTREAMS_MAX = 500;

/** How attempts at an upstream fared. */
export interface UpstreamFigures {
  readonly attempts: number;
  readonly failed: number;
  readonly totalMs: Percentiles;
  readonly firstContentMs: Percentiles;
  readonly lastError: UpstreamError | undefined;
  readonly lastUsedAtMs: number | undefined;
}

export interface Percentiles {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

/** An attempt that failed. */
export interface UpstreamError {
  readonly atMs: number;
  readonly code: string | undefined;
  readonly status: number | undefined;
}

interface CountedMinute {
  /** Since the epoch; whoever reads takes none that is too long ago. */
  minute: number;
  attempts: number;
  failed: number;
  readonly total: number[];
  readonly content: number[];
}

interface CountedUpstream {
  /** A ring: a minute stands at its number modulo its length. */
  readonly minutes: (CountedMinute | undefined)[];
  lastError: UpstreamError | undefined;
  lastUsedAtMs: number;
}

/**
 * How each upstream fared in the last hour, minute by minute, in this process's memory: the log knows it
 * by the hour alone, and only where it is kept. Costs a few sums for each request that has ended.
 */
export class UpstreamWindow {
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #byName = new Map<string, CountedUpstream>();

  constructor(clock: Pick<Clock, 'wallMs'>) {
    this.#clock = clock;
  }

  /** A request has ended. */
  request(record: RequestRecord): void {
    const { trail = [], startedAtMs, startedMs = 0 } = record;
    const minute = Math.floor(this.#clock.wallMs() / MINUTE_MS);
    for (const [at, attempt] of trail.entries()) {
      const isLast = at === trail.length - 1;
      const known = this.#of(attempt.upstream);
      const counted = minuteOf(known, minute);
      known.lastUsedAtMs = startedAtMs + attempt.startedMs - startedMs;
      counted.attempts += 1;
      const error = errorOf(attempt, isLast ? record : undefined);
      if (error !== undefined) {
        counted.failed += 1;
        known.lastError = { ...error, atMs: known.lastUsedAtMs };
      } else if (isLast) {
        bump(counted.total, record.totalMs);
        if (record.firstContentMs !== undefined) bump(counted.content, record.firstContentMs);
      }
    }
  }

  /** The figures of the last minutes, the one that runs among them; at most sixty. */
  read(name: string, lastMinutes: number): UpstreamFigures {
    const known = this.#byName.get(name);
    const fromMinute = Math.floor(this.#clock.wallMs() / MINUTE_MS) - lastMinutes;
    const counted = (known?.minutes ?? []).filter(
      (one) => one !== undefined && one.minute > fromMinute,
    ) as readonly CountedMinute[];
    const fromMs = (fromMinute + 1) * MINUTE_MS;
    const lastError = known?.lastError;
    const lastUsedAtMs = known?.lastUsedAtMs;
    return {
      attempts: sumOf(counted, ({ attempts }) => attempts),
      failed: sumOf(counted, ({ failed }) => failed),
      totalMs: percentilesOf(counted, 'total'),
      firstContentMs: percentilesOf(counted, 'content'),
      lastError: lastError !== undefined && lastError.atMs >= fromMs ? lastError : undefined,
      lastUsedAtMs: lastUsedAtMs !== undefined && lastUsedAtMs >= fromMs ? lastUsedAtMs : undefined,
    };
  }

  #of(name: string): CountedUpstream {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (this.#byName.size >= UPSTREAMS_MAX) this.#forgetOldest();
    const begun: CountedUpstream = {
      minutes: Array.from<undefined>({ length: MINUTES }),
      lastError: undefined,
      lastUsedAtMs: 0,
    };
    this.#byName.set(name, begun);
    return begun;
  }

  #forgetOldest(): void {
    const [oldest] = [...this.#byName].toSorted(
      ([, one], [, other]) => one.lastUsedAtMs - other.lastUsedAtMs,
    );
    if (oldest !== undefined) this.#byName.delete(oldest[0]);
  }
}

function minuteOf({ minutes }: CountedUpstream, minute: number): CountedMinute {
  const place = minute % MINUTES;
  const known = minutes[place];
  if (known?.minute === minute) return known;
  const begun = { minute, attempts: 0, failed: 0, total: noCounts(), content: noCounts() };
  minutes[place] = begun;
  return begun;
}

function noCounts(): number[] {
  return Array.from({ length: LATENCY_BUCKETS }, () => 0);
}

function bump(counts: number[], durationMs: number): void {
  const bucket = latencyBucketOf(durationMs);
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

/** Statuses that are about how we stand there: not taken, not paid, too often. */
const aboutUs: ReadonlySet<number> = new Set([401, 402, 403, 429]);

/**
 * What went wrong with an attempt: it failed before it began, or, as the last one of its request, broke
 * later. A no to what was asked is the caller's matter, and one who left is no failure.
 */
function errorOf(
  { status, errorCode }: AttemptDetail,
  ended: RequestRecord | undefined,
): Omit<UpstreamError, 'atMs'> | undefined {
  if (status !== undefined && (status >= 500 || aboutUs.has(status))) {
    return { code: errorCode, status };
  }
  const code = ended?.errorCode;
  const isBroken = status !== undefined && status < 400 && code?.startsWith('upstream_') === true;
  return isBroken ? { code, status } : undefined;
}

function sumOf(
  counted: readonly CountedMinute[],
  figure: (minute: CountedMinute) => number,
): number {
  return counted.reduce((sum, minute) => sum + figure(minute), 0);
}

function percentilesOf(counted: readonly CountedMinute[], which: 'total' | 'content'): Percentiles {
  const counts = noCounts().map((_, bucket) =>
    sumOf(counted, ({ [which]: counts }) => counts[bucket] ?? 0),
  );
  return { p50: latencyPercentile(counts, 0.5), p95: latencyPercentile(counts, 0.95) };
}
