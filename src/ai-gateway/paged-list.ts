import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { ApiAnswer } from './api-route.ts';

const PER_PAGE_DEFAULT = 20;
const PER_PAGE_MAX = 1000;
const PAGE_MAX = 1_000_000;

/** Which part of a list is asked for. */
export interface ListPage {
  readonly kind: 'page';
  readonly page: number;
  readonly perPage: number;
}

/** Reads which part of a list is asked for; Workers reference §2.2. What is large has small pages. */
export function readListPage(
  query: URLSearchParams,
  perPageMax: number = PER_PAGE_MAX,
): ListPage | Refusal {
  const page = readCount(query.get('page'), 1, PAGE_MAX);
  const perPage = readCount(query.get('per_page'), PER_PAGE_DEFAULT, perPageMax);
  if (page === undefined) return outOfBounds('page', PAGE_MAX);
  if (perPage === undefined) return outOfBounds('per_page', perPageMax);
  return { kind: 'page', page, perPage };
}

/** The part of a list that was asked for, in the form of the account's lists. */
export function pagedList(items: readonly object[], page: ListPage): ApiAnswer {
  const { perPage } = page;
  const part = items.slice((page.page - 1) * perPage, page.page * perPage);
  return listPart(part, { page, count: items.length });
}

/** The same of a part that whoever has the list took out of it; `count` is of the whole. */
export function listPart(
  result: readonly object[],
  { page: { page, perPage }, count }: { readonly page: ListPage; readonly count: number },
): ApiAnswer {
  const info = { page, per_page: perPage, count: result.length, total_count: count };
  return { kind: 'result', result, resultInfo: info };
}

function readCount(text: string | null, absent: number, most: number): number | undefined {
  if (text === null) return absent;
  const isCount = /^[0-9]{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most;
  return isCount ? Number(text) : undefined;
}

function outOfBounds(name: string, most: number): Refusal {
  const text = `Invalid value at ${name}: expected a whole number from 1 to ${String(most)}`;
  return refusal('invalid_request', text, { param: name });
}
