import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { LogFilter, LogFilterKey, LogOperator } from '../policy/gateway-log.ts';
import { logFilterKeys, logOperators } from '../policy/gateway-log.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import { invalidInQuery } from './invalid-in-query.ts';

const FILTERS_MAX = 20;
const VALUES_MAX = 50;
const LETTERS_MAX = 1024;

/** What the values of a key are. */
type ValueKind = 'text' | 'amount' | 'truth' | 'time';

const amounts: ReadonlySet<LogFilterKey> = new Set([
  'cost',
  'tokens',
  'tokens_in',
  'tokens_out',
  'duration',
  'feedback',
]);
const truths: ReadonlySet<LogFilterKey> = new Set([
  'success',
  'cached',
  'authentication',
  'wholesale',
  'compatibilityMode',
]);
const inequalities: ReadonlySet<LogOperator> = new Set(['lt', 'gt', 'lte', 'gte']);

/** A filter as it was said. */
interface SaidFilter {
  key: JsonValue;
  operator: JsonValue;
  values: JsonValue[];
}

/**
 * The filters of a list of logs (Workers reference §3.11), however they are spelled: as JSON in
 * `filters`, with brackets (`filters[0][key]`), or one after the other (`filters.key`), as the
 * service's own client has them.
 */
export function readLogFilters(query: URLSearchParams): readonly LogFilter[] | Refusal {
  const said = saidFilters(query);
  if ('code' in said) return said;
  if (said.length > FILTERS_MAX) return invalidInQuery('filters', `at most ${String(FILTERS_MAX)}`);
  const filters: LogFilter[] = [];
  for (const [index, filter] of said.entries()) {
    const read = readLogFilter(filter, `filters[${String(index)}]`);
    if (isRefusal(read)) return read;
    filters.push(read);
  }
  return filters;
}

const memberPattern =
  /^filters(?:\[(?<index>\d*)\])?[.[](?<member>key|operator|value)\]?(?:\[\d*\])?$/;

function saidFilters(query: URLSearchParams): SaidFilter[] | Refusal {
  const said: SaidFilter[] = [];
  const byIndex = new Map<string, SaidFilter>();
  for (const [name, text] of query) {
    if (name === 'filters' || name === 'filters[]') {
      const listed = listedFilters(text);
      if (listed === undefined) return invalidInQuery('filters', 'a JSON list of filters');
      said.push(...listed);
      continue;
    }
    const { index, member } = memberPattern.exec(name)?.groups ?? {};
    if (member === undefined) continue;
    const filter = filterAt(said, byIndex, { index: index ?? '', member });
    if (member === 'value') filter.values.push(text);
    else filter[member === 'key' ? 'key' : 'operator'] = text;
  }
  return said;
}

/** Without an index a filter begins with its key. */
function filterAt(
  said: SaidFilter[],
  byIndex: Map<string, SaidFilter>,
  { index, member }: { readonly index: string; readonly member: string },
): SaidFilter {
  const known = index === '' ? said.at(-1) : byIndex.get(index);
  if (known !== undefined && !(index === '' && member === 'key')) return known;
  const begun: SaidFilter = { key: null, operator: 'eq', values: [] };
  said.push(begun);
  if (index !== '') byIndex.set(index, begun);
  return begun;
}

function listedFilters(text: string): SaidFilter[] | undefined {
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed') return undefined;
  const list = isList(parsed.value) ? parsed.value : [parsed.value];
  const filters: SaidFilter[] = [];
  for (const filter of list) {
    if (!isJsonObject(filter)) return undefined;
    const { key = null, operator = 'eq', value = [] } = filter;
    filters.push({ key, operator, values: isList(value) ? [...value] : [value] });
  }
  return filters;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** One filter, its values what its key has. */
function readLogFilter({ key, operator, values }: SaidFilter, place: string): LogFilter | Refusal {
  if (!isOneOf(logFilterKeys, key)) return oneOf(`${place}.key`, logFilterKeys);
  if (!isOneOf(logOperators, operator)) return oneOf(`${place}.operator`, logOperators);
  if (values.length === 0 || values.length > VALUES_MAX) {
    return invalidInQuery(`${place}.value`, `1 to ${String(VALUES_MAX)} values`);
  }
  const kind = kindOf(key, operator);
  const read: (string | number | null)[] = [];
  for (const value of values) {
    const one = key === 'metadata.value' ? metadataValue(value, operator) : readValue(value, kind);
    if (one === undefined) return invalidInQuery(`${place}.value`, expected[kind]);
    read.push(one);
  }
  return { key, operator, values: read };
}

function kindOf(key: LogFilterKey, operator: LogOperator): ValueKind {
  if (operator === 'contains') return 'text';
  if (key === 'created_at') return 'time';
  if (amounts.has(key)) return 'amount';
  return truths.has(key) ? 'truth' : 'text';
}

const expected: Readonly<Record<ValueKind, string>> = {
  text: `texts of at most ${String(LETTERS_MAX)} letters`,
  amount: 'numbers',
  truth: 'true or false',
  time: 'times, as 2026-11-17T08:00:00Z or in milliseconds',
};

/** A value of a filter; undefined where it is none of its kind. */
function readValue(value: JsonValue, kind: ValueKind): string | number | null | undefined {
  // A query has no other word for nothing.
  if (value === null || (value === '' && kind !== 'text')) return null;
  if (typeof value === 'object') return undefined;
  switch (kind) {
    case 'text':
      return String(value).length <= LETTERS_MAX ? String(value) : undefined;
    case 'amount':
      return readAmount(value);
    case 'truth':
      return readTruth(String(value));
    case 'time':
      return readTime(value);
  }
}

function readAmount(value: string | number | boolean): number | undefined {
  if (typeof value === 'boolean') return undefined;
  return Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function readTruth(text: string): number | undefined {
  if (text === 'true' || text === '1') return 1;
  return text === 'false' || text === '0' ? 0 : undefined;
}

/** A time in milliseconds; undefined where it is none. */
export function readTime(value: string | number | boolean): number | undefined {
  const text = String(value);
  const timeMs = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(timeMs) ? timeMs : undefined;
}

/** More and less are asked of amounts; all else is compared as text. */
function metadataValue(
  value: JsonValue,
  operator: LogOperator,
): string | number | null | undefined {
  const amount = inequalities.has(operator) ? readValue(value, 'amount') : undefined;
  return amount ?? readValue(value, 'text');
}

function isOneOf<Word extends string>(words: readonly Word[], value: JsonValue): value is Word {
  return (words as readonly JsonValue[]).includes(value);
}

function oneOf(place: string, words: readonly string[]): Refusal {
  return invalidInQuery(place, `one of ${words.join(', ')}`);
}
