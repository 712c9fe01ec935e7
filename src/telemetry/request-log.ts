import type { RequestUsage } from './request-usage.ts';
import type { TraceContext } from './trace-context.ts';

/** One row of the request log: what happened, never what was said. */
export interface RequestRecord {
  readonly requestId: string;
  /** Wall time at which the request came in. */
  readonly startedAtMs: number;
  /** The same moment on the monotonic clock; absent where no attempt is told of. */
  readonly startedMs?: number;
  readonly keyId: string | undefined;
  readonly dialect: string;
  readonly operation: string;
  /** As the caller sent it. */
  readonly model: string | undefined;
  readonly upstream: string | undefined;
  /** The AI gateway that it named, whether or not that let it in; absent where it came through none. */
  readonly gatewayId?: string | undefined;
  readonly status: number;
  /** How it ended, where that is not an answer in full. */
  readonly errorCode: string | undefined;
  readonly isStream: boolean;
  readonly usage: RequestUsage;
  /** Whether `usage` is the answer's final count; otherwise what was known when it broke off. */
  readonly usageIsFinal: boolean;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** From arrival to the first byte of the answer's head; absent where none was sent. */
  readonly firstByteMs: number | undefined;
  readonly totalMs: number;
  /** Who owns the request; absent where nobody proved who asks. */
  readonly account?: string;
  /** How often an upstream was asked; absent where none was. */
  readonly attempts?: number;
  /** Who was asked, in order; of one attempt that went well too. */
  readonly trail?: readonly AttemptDetail[];
  /** From arrival to the first content of a stream; absent where it had none, or is none. */
  readonly firstContentMs?: number | undefined;
  /** Why the model stopped, as the answer says it; absent where it does not. */
  readonly stopReason?: string | undefined;
  /** What the gateway changed of the request. */
  readonly edits?: readonly string[] | undefined;
  /** Where its spans go; absent where nobody traces. */
  readonly trace?: TraceContext | undefined;
  /** What it cost; absent for a request that has no bill. */
  readonly money?: RequestMoney;
  /** Set where the request is one of a batch: whoever settles it does so once for this name. */
  readonly batchItem?: BatchItemName;
}

/** One attempt at an answer; moments are milliseconds of the monotonic clock. */
export interface AttemptDetail {
  readonly attempt: number;
  readonly upstream: string;
  /** Which of several credentials of its upstream it had, from 0; never what that is. */
  readonly credential?: number | undefined;
  /** What the model is called there, where that is another name. */
  readonly model: string | undefined;
  readonly startedMs: number;
  /** The head of its answer was there. */
  readonly headMs?: number;
  /** Its answer could no longer fail unseen, or had failed. */
  readonly endedMs?: number;
  readonly status?: number;
  readonly errorCode?: string | undefined;
}

/** What a request cost, as its bill was closed. */
export interface RequestMoney {
  /** At the prices of the account; undefined where a price or a count is not known. */
  readonly costNanoUsd: bigint | undefined;
  /** What its account paid of that before it was spent. */
  readonly chargedNanoUsd: bigint;
  readonly usageSource: 'reported' | 'estimated' | 'none';
  readonly priceVersion: string | undefined;
}

/** Names one request of a batch, however often it has to be run. */
export interface BatchItemName {
  readonly batchId: string;
  readonly customId: string;
}

/** Where records go. Takes them without waiting: what does not fit is dropped and counted. */
export interface RequestLog {
  record(row: RequestRecord): void;
  /** Records dropped since the start because the queue was full. */
  readonly dropped: number;
}
