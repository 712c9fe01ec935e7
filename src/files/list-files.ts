import { ruleTexts } from '../emulator/rules/rule-texts.ts';
import type { AccountFile, FileCursor } from '../messages/account-file.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { JsonObject } from '../std/json.ts';
import { fileObject } from './file-object.ts';
import type { FileRows } from './file-store.ts';

/** What a list is asked for. */
export interface FileListing {
  readonly account: string;
  readonly query: URLSearchParams;
  /** Whether the caller speaks the API as it was in its beta: other cursors, another answer. */
  readonly isBeta: boolean;
}

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1000;
const IDS_MAX = 100;
const pagePattern = /^page_([0-9a-z]{1,11})$/;
const PLACE_RADIX = 36;

/** `files.list`, newest first, in the form of the beta or the current one. API reference §1.5. */
export function listFiles(rows: FileRows, listing: FileListing): JsonObject | Refusal {
  const limit = readLimit(listing.query.get('limit'));
  if (typeof limit !== 'number') return limit;
  return listing.isBeta ? betaPage(rows, listing, limit) : currentPage(rows, listing, limit);
}

/** Cursors are the ids of files: `after_id` goes on to older ones, `before_id` back to newer ones. */
function betaPage(
  rows: FileRows,
  { account, query }: FileListing,
  limit: number,
): JsonObject | Refusal {
  const cursor = betaCursor(rows, account, query);
  if (cursor !== undefined && isRefusal(cursor)) return cursor;
  const { files, hasMore } = rows.list(account, cursor, limit);
  return {
    data: files.map((file) => fileObject(file)),
    has_more: hasMore,
    first_id: files[0]?.id ?? null,
    last_id: files.at(-1)?.id ?? null,
  };
}

function betaCursor(
  rows: FileRows,
  account: string,
  query: URLSearchParams,
): FileCursor | Refusal | undefined {
  const after = query.get('after_id');
  const before = query.get('before_id');
  if (after !== null && before !== null) return invalid(ruleTexts.bothCursors);
  const id = after ?? before;
  if (id === null) return undefined;
  const place = rows.placeOf(account, id);
  if (place === undefined) {
    return invalid(ruleTexts.fileCursorUnknown(after === null ? 'before_id' : 'after_id', id));
  }
  return { direction: after === null ? 'newer' : 'older', place };
}

/** The cursor is opaque and holds the place, so that it outlives the file it was made from. */
function currentPage(
  rows: FileRows,
  { account, query }: FileListing,
  limit: number,
): JsonObject | Refusal {
  const ids = namedIds(query);
  const page = query.get('page');
  if (ids.size > 0) {
    if (page !== null || query.has('limit')) return invalid(ruleTexts.fileIdsWithPage);
    if (ids.size > IDS_MAX) return invalid(ruleTexts.fileIdsTooMany(IDS_MAX));
    return { data: named(rows, account, ids), next_page: null };
  }
  const cursor = readPage(page);
  if (cursor !== undefined && isRefusal(cursor)) return cursor;
  const { files, hasMore } = rows.list(account, cursor, limit);
  const last = files.at(-1);
  const place = hasMore && last !== undefined ? rows.placeOf(account, last.id) : undefined;
  return {
    data: files.map((file) => fileObject(file)),
    next_page: place === undefined ? null : `page_${place.toString(PLACE_RADIX)}`,
  };
}

/** `ids[]=a&ids[]=b` as SDKs write lists, or `ids=a&ids=b`. */
function namedIds(query: URLSearchParams): ReadonlySet<string> {
  return new Set([...query.getAll('ids'), ...query.getAll('ids[]')]);
}

/** Those that are there, newest first; the others are left out. */
function named(rows: FileRows, account: string, ids: ReadonlySet<string>): readonly JsonObject[] {
  return [...ids]
    .map((id) => rows.find(account, id))
    .filter((file): file is AccountFile => file !== undefined)
    .toSorted((one, other) => other.createdAtMs - one.createdAtMs)
    .map((file) => fileObject(file));
}

function readPage(page: string | null): FileCursor | Refusal | undefined {
  if (page === null) return undefined;
  const place = pagePattern.exec(page)?.[1];
  if (place === undefined) return invalid(ruleTexts.filePageInvalid);
  const number = Number.parseInt(place, PLACE_RADIX);
  if (!Number.isSafeInteger(number)) return invalid(ruleTexts.filePageInvalid);
  return { direction: 'older', place: number };
}

function readLimit(text: string | null): number | Refusal {
  if (text === null) return LIMIT_DEFAULT;
  if (!/^-?\d{1,9}$/.test(text)) return invalid(ruleTexts.limitNotInteger);
  const limit = Number(text);
  if (limit < 1) return invalid(ruleTexts.limitTooSmall(1));
  return limit > LIMIT_MAX ? invalid(ruleTexts.limitTooLarge(LIMIT_MAX)) : limit;
}

function invalid(detail: string): Refusal {
  return refusal('invalid_request', detail);
}
