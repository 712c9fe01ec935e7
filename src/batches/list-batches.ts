import { ruleTexts } from '../emulator/rules/rule-texts.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { BatchCursor } from '../store/sqlite-batch-store.ts';
import type { BatchObject } from './batch-object.ts';
import { batchObject } from './batch-object.ts';
import type { BatchStore } from './batch-store.ts';

/** A page of batches; API reference §1.1, §1.5. */
export interface BatchPage {
  readonly data: readonly BatchObject[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1000;

/** Newest first, from or up to a cursor; a batch that was deleted meanwhile still serves as one. */
export function listBatches(
  query: URLSearchParams,
  {
    account,
    origin,
    store,
  }: {
    readonly account: string;
    readonly origin: string;
    readonly store: BatchStore;
  },
): BatchPage | Refusal {
  const limit = readLimit(query.get('limit'));
  if (typeof limit !== 'number') return limit;
  const cursor = readCursor(query, (id) => store.sequenceOf(account, id));
  if (cursor !== undefined && isRefusal(cursor)) return cursor;
  const { batches, hasMore } = store.list(account, cursor, limit);
  return {
    data: batches.map((batch) => batchObject(batch, origin)),
    has_more: hasMore,
    first_id: batches[0]?.id ?? null,
    last_id: batches.at(-1)?.id ?? null,
  };
}

function readLimit(text: string | null): number | Refusal {
  if (text === null) return LIMIT_DEFAULT;
  const limit = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (limit === undefined) return refusal('invalid_request', ruleTexts.limitNotInteger);
  if (limit < 1) return refusal('invalid_request', ruleTexts.limitTooSmall(1));
  if (limit > LIMIT_MAX) return refusal('invalid_request', ruleTexts.limitTooLarge(LIMIT_MAX));
  return limit;
}

function readCursor(
  query: URLSearchParams,
  sequenceOf: (id: string) => number | undefined,
): BatchCursor | Refusal | undefined {
  const [after, before] = [query.get('after_id'), query.get('before_id')];
  if (after !== null && before !== null) {
    return refusal('invalid_request', ruleTexts.bothCursors);
  }
  const id = after ?? before;
  if (id === null) return undefined;
  const sequence = sequenceOf(id);
  if (sequence === undefined) return refusal('not_found', ruleTexts.batchUnknown(id));
  return { direction: after === null ? 'newer' : 'older', sequence };
}
