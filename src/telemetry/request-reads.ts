import type { RequestUsage } from './request-usage.ts';

/** A row of the request log as it is read again. */
export interface LoggedRequest {
  /** Its place in the log. */
  readonly place: number;
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly account: string | undefined;
  readonly keyId: string | undefined;
  readonly form: string;
  readonly operation: string;
  readonly model: string | undefined;
  readonly upstream: string | undefined;
  /** The AI gateway that it named; undefined where it came through none, and in rows of before that was kept. */
  readonly gatewayId: string | undefined;
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly isStream: boolean;
  readonly usage: RequestUsage;
  readonly attempts: number | undefined;
  readonly totalMs: number;
  /** Undefined where the request had no bill, or where what it cost is not known. */
  readonly costNanoUsd: bigint | undefined;
  readonly chargedNanoUsd: bigint | undefined;
  /** Undefined where it had no bill. */
  readonly usageSource: 'reported' | 'estimated' | 'none' | undefined;
  readonly priceVersion: string | undefined;
  /** From arrival to the first byte of the answer, and to the first content of a stream. */
  readonly firstByteMs: number | undefined;
  readonly firstContentMs: number | undefined;
  readonly stopReason: string | undefined;
  readonly edits: readonly string[];
  readonly traceId: string | undefined;
  /** Undefined where it was one that went well, of which the row says all there is. */
  readonly attemptsDetail: readonly LoggedAttempt[] | undefined;
}

/** An attempt as it is read again; moments are milliseconds since the request came in. */
export interface LoggedAttempt {
  readonly upstream: string;
  readonly credential: number | undefined;
  readonly model: string | undefined;
  readonly startedMs: number;
  readonly headMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
}

/** Where a list of requests goes on: behind this one. */
export interface RequestPlace {
  readonly startedAtMs: number;
  readonly place: number;
}

/** Each member that is there narrows it further. */
export interface RequestListing {
  readonly account?: string | undefined;
  readonly keyId?: string | undefined;
  readonly model?: string | undefined;
  readonly upstream?: string | undefined;
  /** The form that it was asked in, by the name of its dialect. */
  readonly form?: string | undefined;
  /** The AI gateway that it named. */
  readonly gatewayId?: string | undefined;
  /** Whether a stream was asked for. */
  readonly isStream?: boolean | undefined;
  /** It took this long or longer. */
  readonly totalMinMs?: number | undefined;
  readonly status?: number | undefined;
  /** By its code; `any` for every request that failed. */
  readonly error?: string | undefined;
  readonly costMinNanoUsd?: bigint | undefined;
  /** From this moment on. */
  readonly fromMs?: number | undefined;
  /** Before this one. */
  readonly toMs?: number | undefined;
  readonly after?: RequestPlace | undefined;
  readonly limit: number;
}

/** What usage may be counted by. */
export const usageDimensions = ['day', 'model', 'key', 'account', 'upstream', 'form'] as const;
export type UsageDimension = (typeof usageDimensions)[number];

/** A day where it is asked about: it begins and ends by the calendar of a place. */
export interface UsageDay {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface UsageQuestion {
  readonly account?: string | undefined;
  /** In order; what lies outside is not counted. */
  readonly days: readonly UsageDay[];
  readonly groupBy: readonly UsageDimension[];
  readonly limit: number;
}

export interface UsageGroup {
  readonly by: Readonly<Partial<Record<UsageDimension, string | undefined>>>;
  readonly requests: number;
  readonly failed: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly cacheReadTokens: bigint;
  readonly cacheWriteTokens: bigint;
  readonly webSearchRequests: bigint;
  readonly costNanoUsd: bigint;
  readonly chargedNanoUsd: bigint;
  /** Requests that had a bill and whose cost nobody knows: they are in no sum. */
  readonly unknownCosts: number;
}

/** What figures may be counted by; hours and days are those of UTC. */
export const figureDimensions = [
  'hour',
  'day',
  'account',
  'model',
  'key',
  'upstream',
  'status',
  'error',
] as const;
export type FigureDimension = (typeof figureDimensions)[number];

/** Each member that is there narrows it further. */
export interface FiguresQuestion {
  /** Whole hours: from the one that this moment is in, */
  readonly fromMs: number;
  /** to the one that begins before this. */
  readonly toMs: number;
  readonly account?: string | undefined;
  readonly keyId?: string | undefined;
  readonly model?: string | undefined;
  readonly upstream?: string | undefined;
  readonly groupBy: readonly FigureDimension[];
  /** Most groups, models told apart; beyond it the last one lacks some of its models. */
  readonly limit: number;
}

/** Figures of a group of requests, as they were counted up hour by hour. */
export interface FigureGroup {
  /** An hour or a day by its beginning, in milliseconds. */
  readonly by: Readonly<Partial<Record<FigureDimension, string | number | undefined>>>;
  /** How many models are in it. */
  readonly models: number;
  readonly requests: number;
  readonly failed: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly cacheReadTokens: bigint;
  /** The same by models that read any; '' is the one that is not known. */
  readonly cacheReads: readonly (readonly [model: string, tokens: bigint])[];
  readonly cacheWriteTokens: bigint;
  readonly thinkingTokens: bigint;
  readonly webSearchRequests: bigint;
  readonly costNanoUsd: bigint;
  readonly chargedNanoUsd: bigint;
  readonly unknownCosts: number;
  /** By the buckets of durations. */
  readonly totalCounts: readonly number[];
  readonly firstContentCounts: readonly number[];
}

/** A page of a list. */
export interface RequestsFound {
  readonly rows: readonly LoggedRequest[];
  /** How far was looked, where that is not the end: there may be more behind it. */
  readonly lookedTo: RequestPlace | undefined;
}

/** What was asked, for whoever reads about it: everything that was recorded before the question. */
export interface RequestReads {
  find(requestId: string, account?: string): Promise<LoggedRequest | undefined>;
  /** Newest first. Looks at a bounded number of rows: few of them fitting, a page is short. */
  list(listing: RequestListing): Promise<RequestsFound>;
  usage(question: UsageQuestion): Promise<readonly UsageGroup[]>;
  /** From the figures of each hour, however many requests they are of. */
  figures(question: FiguresQuestion): Promise<readonly FigureGroup[]>;
}
