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

/** Reads which part of a list is asked for; Workers reference §2.2. */
export function readListPage(query: URLSearchParams): ListPage | Refusal {
  const page = readCount(query.get('page'), 1, PAGE_MAX);
  const perPage = readCount(query.get('per_page'), PER_PAGE_DEFAULT, PER_PAGE_MAX);
  if (page === undefined) return outOfBounds('page', PAGE_MAX);
  if (perPage === undefined) return outOfBounds('per_page', PER_PAGE_MAX);
  return { kind: 'page', page, perPage };
}

/** The part of a list that was asked for, in the form of the account's lists. */
export function pagedList(items: readonly object[], { page, perPage }: ListPage): ApiAnswer {
  const result = items.slice((page - 1) * perPage, page * perPage);
  const resultInfo = {
    page,
    per_page: perPage,
    count: result.length,
    total_count: items.length,
  };
  return { kind: 'result', result, resultInfo };
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
