import type { CatalogSearch } from '../catalog/search-workers-ai-models.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { isPlainQuery } from './request-target.ts';

/** Which part of a list is asked for. */
export interface CatalogPage {
  readonly page: number;
  readonly perPage: number;
}

/** Everything that the query of a catalog's path can say; Workers reference §2.1. */
export interface CatalogQuery extends CatalogSearch, CatalogPage {
  /** Whether the list is wanted as marketplaces have it. */
  readonly isForMarketplace: boolean;
  /** The one model that is asked for. */
  readonly model?: string;
}

const PER_PAGE_DEFAULT = 50;
const PER_PAGE_MAX = 1000;

/** Reads a query, or says what in it cannot be read. Parameters of no meaning here are passed over. */
export function readCatalogQuery(query: string): CatalogQuery | Refusal {
  if (!isPlainQuery(query))
    return refusal('invalid_request', 'The query string is not a plain one.');
  const parameters = new URLSearchParams(query);
  const numbers = readNumbers(parameters);
  if (isRefusal(numbers)) return numbers;
  const flags = readFlags(parameters);
  if (isRefusal(flags)) return flags;
  const format = textOf(parameters, 'format');
  if (format !== undefined && format !== 'openrouter') {
    return wrong('format', 'must be openrouter, or left out');
  }
  return {
    page: numbers.page ?? 1,
    perPage: numbers.per_page ?? PER_PAGE_DEFAULT,
    isForMarketplace: format === 'openrouter',
    includesDeprecated: flags.include_deprecated,
    ...present('source', numbers.source),
    ...present('author', textOf(parameters, 'author')),
    ...present('search', textOf(parameters, 'search')),
    ...present('task', textOf(parameters, 'task')),
    ...present('model', textOf(parameters, 'model')),
  };
}

const numberBounds = {
  page: { least: 1, most: 1_000_000 },
  per_page: { least: 1, most: PER_PAGE_MAX },
  source: { least: 0, most: 1_000_000 },
} as const;

type Numbers = { -readonly [Name in keyof typeof numberBounds]?: number };

function readNumbers(parameters: URLSearchParams): Readonly<Numbers> | Refusal {
  const numbers: Numbers = {};
  for (const name of ['page', 'per_page', 'source'] as const) {
    const text = textOf(parameters, name);
    if (text === undefined) continue;
    const { least, most } = numberBounds[name];
    const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      return wrong(name, `must be a whole number from ${String(least)} to ${String(most)}`);
    }
    numbers[name] = value;
  }
  return numbers;
}

/** No model of the catalog is experimental: hiding those is read, and hides none. */
const flagNames = ['include_deprecated', 'hide_experimental'] as const;
type Flags = Record<(typeof flagNames)[number], boolean>;

function readFlags(parameters: URLSearchParams): Readonly<Flags> | Refusal {
  const flags: Flags = { include_deprecated: false, hide_experimental: false };
  for (const name of flagNames) {
    const text = textOf(parameters, name);
    if (text !== undefined && text !== 'true' && text !== 'false') {
      return wrong(name, 'must be true or false');
    }
    flags[name] = text === 'true';
  }
  return flags;
}

/** A parameter's value; one that is empty is not given. */
function textOf(parameters: URLSearchParams, name: string): string | undefined {
  const text = parameters.get(name);
  return text === null || text === '' ? undefined : text;
}

function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
}

function wrong(name: string, expectation: string): Refusal {
  return refusal('invalid_request', `${name} ${expectation}.`, { param: name });
}
