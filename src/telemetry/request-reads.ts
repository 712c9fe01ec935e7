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
  readonly status?: number | undefined;
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

/** What was asked, for whoever reads about it: everything that was recorded before the question. */
export interface RequestReads {
  find(requestId: string, account?: string): Promise<LoggedRequest | undefined>;
  /** Newest first. */
  list(listing: RequestListing): Promise<readonly LoggedRequest[]>;
  usage(question: UsageQuestion): Promise<readonly UsageGroup[]>;
}
