import type { HeaderList } from './upstream.ts';

/** How far a batch is; API reference §1.5, `processing_status`. */
export type BatchStatus = 'in_progress' | 'canceling' | 'ended';

/** What became of one request of a batch; API reference §1.5, `result.type`. */
export const itemOutcomes = ['succeeded', 'errored', 'canceled', 'expired'] as const;
export type ItemOutcome = (typeof itemOutcomes)[number];
export type OutcomeCounts = Readonly<Record<ItemOutcome, number>>;

/** A batch as it is when it is made. */
export interface NewBatch {
  readonly id: string;
  /** Whose it is: nobody else sees it. */
  readonly account: string;
  /** The key that made it, on whose behalf its requests run. */
  readonly keyId: string;
  /** The headers of the making request that its requests go out with. */
  readonly headers: HeaderList;
  readonly requests: number;
  /** Of all the requests' `params` on disk. */
  readonly requestBytes: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** A batch with what has become of it. */
export interface MessageBatch extends NewBatch {
  /** Place in the order of making, which lists are sorted by. */
  readonly sequence: number;
  readonly status: BatchStatus;
  readonly cancelInitiatedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** When its results were removed. */
  readonly archivedAtMs: number | undefined;
  /** All zero until it has ended. */
  readonly counts: OutcomeCounts;
  /** Of the results on disk, once it has ended. */
  readonly resultsBytes: number;
}

/** One request of a batch, and where its `params` lie in the batch's file. */
export interface BatchItem {
  readonly position: number;
  readonly customId: string;
  readonly paramsStart: number;
  readonly paramsBytes: number;
}
