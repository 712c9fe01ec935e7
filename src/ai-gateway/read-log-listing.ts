import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type {
  LogFilter,
  LogFilterKey,
  LogListing,
  LogOperator,
  LogOrder,
  LogSelection,
  LoggedGateway,
} from '../policy/gateway-log.ts';
import { logOrders } from '../policy/gateway-log.ts';
import { invalidInQuery } from './invalid-in-query.ts';
import { readLogFilters, readTime } from './read-log-filters.ts';

const SEARCH_LETTERS_MAX = 256;
/** Of all conditions of one question: each of them is held against each log. */
const VALUES_MAX = 100;

/** One filter that a parameter of its own stands for. */
interface FlatFilter {
  readonly key: LogFilterKey;
  readonly operator: LogOperator;
  readonly read: (text: string) => string | number | undefined;
  readonly expected: string;
}

const texts = ['model', 'model_type', 'provider', 'request_content_type', 'response_content_type'];
const measures = ['cost', 'duration', 'tokens_in', 'tokens_out', 'total_tokens'] as const;

const readTruth = (text: string): number | undefined => {
  if (text === 'true') return 1;
  return text === 'false' ? 0 : undefined;
};
const readAmount = (text: string): number | undefined =>
  text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
/** Here, and here only, a no is 0. */
const readFeedback = (text: string): number | undefined => feedbacks.get(text);
const feedbacks: ReadonlyMap<string, number> = new Map([
  ['0', -1],
  ['-1', -1],
  ['1', 1],
]);

/** What lists could be asked for before there were filters; still taken. Workers reference §3.11. */
const flatFilters: ReadonlyMap<string, FlatFilter> = new Map([
  ...texts.map((name) => flat(name, name as LogFilterKey, 'eq', (text) => text)),
  flat('success', 'success', 'eq', readTruth),
  flat('cached', 'cached', 'eq', readTruth),
  flat('feedback', 'feedback', 'eq', readFeedback),
  flat('start_date', 'created_at', 'gte', readTime),
  flat('end_date', 'created_at', 'lte', readTime),
  ...measures.flatMap((measure) => {
    const key = measure === 'total_tokens' ? 'tokens' : measure;
    return [
      flat(`min_${measure}`, key, 'gte', readAmount),
      flat(`max_${measure}`, key, 'lte', readAmount),
    ];
  }),
]);

function flat(
  name: string,
  key: LogFilterKey,
  operator: LogOperator,
  read: FlatFilter['read'],
): readonly [string, FlatFilter] {
  const words = new Map<FlatFilter['read'], string>([
    [readTruth, 'true or false'],
    [readAmount, 'a number'],
    [readFeedback, '0 or 1'],
    [readTime, 'a time, as 2026-11-17T08:00:00Z'],
  ]);
  return [name, { key, operator, read, expected: words.get(read) ?? 'a text' }];
}

/** Which logs a query asks for. */
export function readLogSelection(
  query: URLSearchParams,
  gateway: LoggedGateway,
): LogSelection | Refusal {
  const listed = readLogFilters(query);
  if ('code' in listed) return listed;
  const filters: LogFilter[] = [...listed];
  for (const [name, text] of query) {
    const filter = flatFilters.get(name);
    if (filter === undefined || text === '') continue;
    const value = filter.read(text);
    if (value === undefined) return invalidInQuery(name, filter.expected);
    filters.push({ key: filter.key, operator: filter.operator, values: [value] });
  }
  if (filters.reduce((count, { values }) => count + values.length, 0) > VALUES_MAX) {
    return invalidInQuery('filters', `at most ${String(VALUES_MAX)} values in all`);
  }
  const search = query.get('search') ?? undefined;
  if (search !== undefined && search.length > SEARCH_LETTERS_MAX) {
    return invalidInQuery('search', `at most ${String(SEARCH_LETTERS_MAX)} letters`);
  }
  return { ...gateway, filters, search };
}

/** In which order a query wants them, the latest first where it does not say. */
export function readLogOrder(
  query: URLSearchParams,
): Pick<LogListing, 'orderBy' | 'isDescending'> | Refusal {
  const orderBy = query.get('order_by') ?? 'created_at';
  const direction = query.get('order_by_direction') ?? query.get('direction') ?? 'desc';
  if (!isLogOrder(orderBy)) return invalidInQuery('order_by', `one of ${logOrders.join(', ')}`);
  if (direction !== 'asc' && direction !== 'desc') {
    return invalidInQuery('order_by_direction', 'asc or desc');
  }
  return { orderBy, isDescending: direction === 'desc' };
}

function isLogOrder(text: string): text is LogOrder {
  return (logOrders as readonly string[]).includes(text);
}

/** A whole number of a query, within its bounds. */
export function readWhole(
  query: URLSearchParams,
  name: string,
  { absent, most }: { readonly absent: number; readonly most: number },
): number | Refusal {
  const text = query.get(name);
  if (text === null) return absent;
  const isWhole = /^[0-9]{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most;
  if (isWhole) return Number(text);
  return invalidInQuery(name, `a whole number from 1 to ${String(most)}`);
}

/** A listing, but for which part of it. */
export function readLogListing(
  query: URLSearchParams,
  gateway: LoggedGateway,
): Omit<LogListing, 'offset' | 'limit'> | Refusal {
  const selection = readLogSelection(query, gateway);
  if (isRefusal(selection)) return selection;
  const order = readLogOrder(query);
  return isRefusal(order) ? order : { ...selection, ...order };
}
