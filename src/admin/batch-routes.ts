import { z } from 'zod';
import { refusal } from '../messages/errors.ts';
import type { Refusal } from '../messages/errors.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { BatchAnswer } from './contract-exchanges.ts';
import {
  cursorField,
  idField,
  limitField,
  maybeTimeField,
  pageOf,
  timeField,
} from './field-schemas.ts';
import { readCountedCursor } from './list-cursor.ts';

const BATCHES = '/admin/v1/batches';
const access = { kind: 'admin' } as const;
const params = z.object({ batch: idField });
const count = z.int().nonnegative();

const batchShape: z.ZodType<BatchAnswer> = z.object({
  id: z.string(),
  account: z.string(),
  key_id: z.string().nullable(),
  status: z.enum(['in_progress', 'canceling', 'ended']),
  requests: count,
  done: count.describe('How many have an outcome.'),
  counts: z.object({ succeeded: count, errored: count, canceled: count, expired: count }),
  progress: z.number().min(0).max(1),
  created_at: timeField,
  expires_at: timeField,
  ended_at: maybeTimeField,
  cancel_initiated_at: maybeTimeField,
  archived_at: maybeTimeField,
  request_bytes: count.nullable(),
  results_bytes: count.nullable(),
});

/** Batches of all accounts, as far as the gateway keeps them itself. */
export const batchRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: BATCHES,
    operationId: 'listBatches',
    summary: 'Batches that the gateway keeps, of every account, newest first.',
    access,
    query: z.strictObject({
      limit: limitField,
      cursor: cursorField,
      account: idField.optional(),
      status: z.enum(['in_progress', 'canceling', 'ended']).optional(),
    }),
    answer: pageOf(batchShape),
    read: async ({ parts, query: { cursor, limit, account, status } }) => {
      const place = readCountedCursor(cursor);
      if (typeof place === 'object') return place;
      const before = place === undefined ? undefined : Number(place);
      const wanted = { account, status, before, limit: limit + 1 };
      const found = await parts.explorer.batches.list(wanted);
      const data = found.slice(0, limit);
      const last = data.at(-1);
      const hasMore = found.length > limit && last !== undefined;
      return {
        data: data.map(({ batch }) => batch),
        next_cursor: hasMore ? String(last.sequence) : null,
      };
    },
  }),
  readRoute({
    method: 'GET',
    path: `${BATCHES}/{batch}`,
    operationId: 'getBatch',
    summary: 'One batch: how far it is.',
    access,
    params,
    answer: batchShape,
    read: async ({ parts, params: { batch } }) =>
      (await parts.explorer.batches.find(batch)) ?? noBatch(batch),
  }),
  writeRoute({
    method: 'POST',
    path: `${BATCHES}/{batch}/cancel`,
    operationId: 'cancelBatch',
    summary: 'Begins no more requests of a batch; those that run finish.',
    access,
    params,
    answer: batchShape,
    write: async ({ parts, params: { batch: id } }) => {
      const { batches } = parts.explorer;
      const before = await batches.find(id);
      if (before === undefined) return noBatch(id);
      const isNew = await batches.cancel(id);
      const now = await batches.find(id);
      if (now === undefined) return noBatch(id);
      if (isNew) {
        const { account } = before;
        const note = { action: 'batch.cancel', subject: id, account };
        const states = { before: { status: before.status }, after: { status: now.status } };
        return { kind: 'done', answer: now, note: { ...note, ...states } };
      }
      if (before.status === 'canceling') {
        return { kind: 'done', answer: now, note: 'nothing_new' };
      }
      return refusal('conflict', 'The batch has ended.', { reason: 'batch_ended' });
    },
  }),
];

function noBatch(id: string): Refusal {
  return refusal('not_found', `There is no batch "${id}".`, { reason: 'batch_not_found' });
}
