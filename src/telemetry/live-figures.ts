import type { Clock } from '../std/clock.ts';
import { LATENCY_BUCKETS, latencyBucketOf, latencyPercentile } from './latency-buckets.ts';
import type { RequestRecord } from './request-log.ts';

/** How long a step is, how many are kept, and most names that one tells apart. */
export const LIVE_STEP_MS = 5000;
const STEPS = 60;
const NAMES_MAX = 200;
const RECENT = 20;
const TOP = 10;
const OTHER = 'other';
const REFUSED_FROM = 400;

/** Requests of a step, or of one name in it. */
export interface LiveSums {
  requests: number;
  failed: number;
  inputTokens: number;
  outputTokens: number;
  costNanoUsd: bigint;
}

/** Five seconds of requests, by when they ended. */
export interface LiveStep extends Readonly<LiveSums> {
  readonly fromMs: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p50FirstContentMs: number | undefined;
}

/** What one name came to in all steps. */
export interface LiveName extends Readonly<LiveSums> {
  readonly name: string;
}

/** The last minutes, for whoever looks on. */
export interface LiveView {
  /** Oldest first, those without a request too; the last one is still being counted. */
  readonly steps: readonly LiveStep[];
  readonly models: readonly LiveName[];
  readonly upstreams: readonly LiveName[];
  readonly keys: readonly LiveName[];
  /** Newest first. */
  readonly recent: readonly RequestRecord[];
}

type Dimension = 'models' | 'upstreams' | 'keys';

interface CountedStep extends LiveSums {
  /** Which step since the epoch it is. */
  number: number;
  readonly totalCounts: number[];
  readonly contentCounts: number[];
  readonly names: Readonly<Record<Dimension, Map<string, LiveSums>>>;
}

const nameOf: Readonly<Record<Dimension, (record: RequestRecord) => string | undefined>> = {
  // What nobody knows is a name that a caller made up: it would push others out.
  models: ({ model, status }) => (status === 404 ? undefined : model),
  upstreams: ({ upstream }) => upstream,
  keys: ({ keyId }) => keyId,
};
const dimensions = Object.keys(nameOf) as readonly Dimension[];

/**
 * Figures of the last five minutes, in memory: a ring of steps, each counted up as requests end, at a
 * cost that does not grow with how many there are.
 */
export class LiveFigures {
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #steps: CountedStep[] = Array.from({ length: STEPS }, () => emptyStep());
  /** A ring; `#count` says where it goes on. */
  readonly #recent: RequestRecord[] = [];
  #count = 0;

  constructor(clock: Pick<Clock, 'wallMs'>) {
    this.#clock = clock;
  }

  /** A request has ended. */
  request(record: RequestRecord): void {
    const step = this.#stepNow();
    const isFailed = record.status >= REFUSED_FROM || record.errorCode !== undefined;
    add(step, record, isFailed);
    bump(step.totalCounts, record.totalMs);
    if (record.firstContentMs !== undefined) bump(step.contentCounts, record.firstContentMs);
    for (const dimension of dimensions) {
      const name = nameOf[dimension](record);
      if (name !== undefined) add(sumsOf(step.names[dimension], name), record, isFailed);
    }
    this.#recent[this.#count % RECENT] = record;
    this.#count += 1;
  }

  view(): LiveView {
    const last = this.#numberNow();
    const steps = Array.from({ length: STEPS }, (_, index) => {
      const number = last - STEPS + 1 + index;
      const kept = this.#steps[number % STEPS];
      return kept?.number === number ? kept : { ...NOTHING_COUNTED, number };
    });
    return {
      steps: steps.map((step) => shown(step)),
      models: topOf(steps, 'models'),
      upstreams: topOf(steps, 'upstreams'),
      keys: topOf(steps, 'keys'),
      recent: this.#newestFirst(),
    };
  }

  #newestFirst(): readonly RequestRecord[] {
    const next = this.#count % RECENT;
    return [...this.#recent.slice(next), ...this.#recent.slice(0, next)].toReversed();
  }

  #numberNow(): number {
    return Math.floor(this.#clock.wallMs() / LIVE_STEP_MS);
  }

  /** The step that runs; the place of one that is five minutes old is taken anew. */
  #stepNow(): CountedStep {
    const number = this.#numberNow();
    const at = number % STEPS;
    const known = this.#steps[at];
    if (known?.number === number) return known;
    const begun = emptyStep();
    begun.number = number;
    this.#steps[at] = begun;
    return begun;
  }
}

function emptySums(): LiveSums {
  return { requests: 0, failed: 0, inputTokens: 0, outputTokens: 0, costNanoUsd: 0n };
}

function emptyStep(): CountedStep {
  return {
    ...emptySums(),
    number: -1,
    totalCounts: Array.from({ length: LATENCY_BUCKETS }, () => 0),
    contentCounts: Array.from({ length: LATENCY_BUCKETS }, () => 0),
    names: { models: new Map(), upstreams: new Map(), keys: new Map() },
  };
}

/** What a step is shown as in which nothing ended. */
const NOTHING_COUNTED: Readonly<CountedStep> = emptyStep();

function add(sums: LiveSums, { usage, money }: RequestRecord, isFailed: boolean): void {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage;
  sums.requests += 1;
  if (isFailed) sums.failed += 1;
  sums.inputTokens += inputTokens + cacheReadTokens + cacheWriteTokens;
  sums.outputTokens += outputTokens;
  sums.costNanoUsd += money?.costNanoUsd ?? 0n;
}

function bump(counts: number[], durationMs: number): void {
  const bucket = latencyBucketOf(durationMs);
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

/** The sums of a name; names beyond the bound share one. */
function sumsOf(names: Map<string, LiveSums>, name: string): LiveSums {
  const known = names.get(name);
  if (known !== undefined) return known;
  const kept = names.size < NAMES_MAX ? name : OTHER;
  const sums = names.get(kept) ?? emptySums();
  names.set(kept, sums);
  return sums;
}

function shown(step: CountedStep): LiveStep {
  const { requests, failed, inputTokens, outputTokens, costNanoUsd } = step;
  return {
    fromMs: step.number * LIVE_STEP_MS,
    requests,
    failed,
    inputTokens,
    outputTokens,
    costNanoUsd,
    p50Ms: latencyPercentile(step.totalCounts, 0.5),
    p95Ms: latencyPercentile(step.totalCounts, 0.95),
    p50FirstContentMs: latencyPercentile(step.contentCounts, 0.5),
  };
}

function topOf(steps: readonly CountedStep[], dimension: Dimension): readonly LiveName[] {
  const all = new Map<string, LiveSums>();
  for (const { names } of steps) {
    for (const [name, counted] of names[dimension]) {
      const sums = all.get(name) ?? emptySums();
      sums.requests += counted.requests;
      sums.failed += counted.failed;
      sums.inputTokens += counted.inputTokens;
      sums.outputTokens += counted.outputTokens;
      sums.costNanoUsd += counted.costNanoUsd;
      all.set(name, sums);
    }
  }
  return [...all]
    .map(([name, sums]) => ({ name, ...sums }))
    .toSorted((one, other) => other.requests - one.requests || (one.name < other.name ? -1 : 1))
    .slice(0, TOP);
}
