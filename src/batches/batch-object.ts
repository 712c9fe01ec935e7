import type { MessageBatch } from '../messages/message-batch.ts';
import { itemOutcomes } from '../messages/message-batch.ts';

/**
 * Says how many requests of a batch have an outcome while it runs: its object, which is the API's own,
 * has none of that before the end.
 */
export const BATCH_DONE_HEADER = 'x-quatrain-batch-done';

/** A batch on the wire; API reference §1.5. */
export interface BatchObject {
  readonly id: string;
  readonly type: 'message_batch';
  readonly processing_status: MessageBatch['status'];
  readonly request_counts: MessageBatch['counts'] & { readonly processing: number };
  readonly ended_at: string | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly archived_at: string | null;
  readonly cancel_initiated_at: string | null;
  readonly results_url: string | null;
}

/** `origin` is the gateway as the caller reached it: results are fetched from there. */
export function batchObject(batch: MessageBatch, origin: string): BatchObject {
  const hasEnded = batch.status === 'ended';
  const isArchived = batch.archivedAtMs !== undefined;
  return {
    id: batch.id,
    type: 'message_batch',
    processing_status: batch.status,
    // Nothing is tallied until the whole batch has ended.
    request_counts: { processing: hasEnded ? 0 : batch.requests, ...batch.counts },
    ended_at: timeText(batch.endedAtMs),
    created_at: new Date(batch.createdAtMs).toISOString(),
    expires_at: new Date(batch.expiresAtMs).toISOString(),
    archived_at: timeText(batch.archivedAtMs),
    cancel_initiated_at: timeText(batch.cancelInitiatedAtMs),
    results_url:
      hasEnded && !isArchived ? `${origin}/v1/messages/batches/${batch.id}/results` : null,
  };
}

function timeText(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}

/** How many requests have an outcome. */
export function countedItems(counts: MessageBatch['counts']): number {
  return itemOutcomes.reduce((total, outcome) => total + counts[outcome], 0);
}
