import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { Backoff, CustomCost, GatewayOptions } from './gateway-call.ts';
import { readMetadata } from './read-metadata.ts';

/** What a value of an option amounts to. */
export type ReadValue<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  /** Without meaning, and by the service's own rule no reason to refuse. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'invalid'; readonly expected: string };

/** How one option is said, and what its values may be. */
export interface OptionRule<Value> {
  /** The header, then older spellings of it. */
  readonly headers: readonly string[];
  /** Where the binding has it below `options.gateway`; absent where a header alone says it. */
  readonly path?: readonly string[];
  /** The text of a header as the value that JSON would have. */
  readonly fromText: (text: string) => JsonValue | undefined;
  readonly read: (value: JsonValue) => ReadValue<Value>;
}

type Given<Name extends keyof GatewayOptions> = NonNullable<GatewayOptions[Name]>;
export type OptionRules = {
  readonly [Name in keyof GatewayOptions]-?: OptionRule<Given<Name>>;
};

/** Workers reference §3.14: one minute to one month, of which the longest. */
const CACHE_TTL_SECONDS_MIN = 60;
const CACHE_TTL_SECONDS_MAX = 31 * 24 * 60 * 60;
const ATTEMPTS_MAX = 5;
const RETRY_DELAY_MS_MAX = 5000;
const REQUEST_TIMEOUT_MS_MAX = 24 * 60 * 60 * 1000;
const CACHE_KEY_LETTERS_MAX = 1024;
/** In USD, of a token as of a request: what is more would be no price, and would not fit into any sum. */
const COST_USD_MAX = 1e6;

const asIs = (text: string): JsonValue => text;
const booleanText = (text: string): JsonValue | undefined => {
  const word = text.trim().toLowerCase();
  if (word === 'true') return true;
  return word === 'false' ? false : undefined;
};
const integerText = (text: string): JsonValue | undefined =>
  /^[0-9]{1,15}$/.test(text.trim()) ? Number(text) : undefined;
const jsonText = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const value = <Value>(read: Value): ReadValue<Value> => ({ kind: 'value', value: read });
const invalid = (expected: string): ReadValue<never> => ({ kind: 'invalid', expected });

function boolean(header: string, path?: readonly string[]): OptionRule<boolean> {
  return {
    headers: [header],
    ...(path === undefined ? {} : { path }),
    fromText: booleanText,
    read: (given) => (typeof given === 'boolean' ? value(given) : invalid('true or false')),
  };
}

/** Whole and not negative; what is out of bounds counts as the bound. Workers reference §0.3. */
function integer(
  header: string,
  path: readonly string[],
  within: (given: number) => number,
): OptionRule<number> {
  return {
    headers: [header],
    path,
    fromText: integerText,
    read: (given) =>
      typeof given === 'number' && Number.isSafeInteger(given) && given >= 0
        ? value(within(given))
        : invalid('a whole number that is not negative'),
  };
}

const between =
  (least: number, most: number) =>
  (given: number): number =>
    Math.min(Math.max(given, least), most);

/** 0 stays: it means that nothing is to be cached. */
const cacheTtl = (given: number): number =>
  given === 0 ? 0 : between(CACHE_TTL_SECONDS_MIN, CACHE_TTL_SECONDS_MAX)(given);

function text(
  header: string,
  path: readonly string[] | undefined,
  { pattern, expected }: { readonly pattern: RegExp; readonly expected: string },
): OptionRule<string> {
  return {
    headers: [header],
    ...(path === undefined ? {} : { path }),
    fromText: asIs,
    read: (given) =>
      typeof given === 'string' && pattern.test(given) ? value(given) : invalid(expected),
  };
}

const backoffs: ReadonlySet<JsonValue> = new Set<Backoff>(['constant', 'linear', 'exponential']);
const isBackoff = (given: JsonValue): given is Backoff => backoffs.has(given);

/** An id that can stand in a header of the reply; one that cannot is not given back. */
const eventIdPattern = /^[\x21-\x7e]{1,256}$/;
/** What a stored key is called. */
export const aliasPattern: RegExp = /^[A-Za-z0-9_.-]{1,64}$/;

/** Every option of a request that has an effect here, in one table; Workers reference §1.3, §3.2. */
export const optionRules: OptionRules = {
  skipCache: {
    ...boolean('cf-aig-skip-cache', ['skipCache']),
    headers: ['cf-aig-skip-cache', 'cf-skip-cache'],
  },
  cacheTtlSeconds: {
    ...integer('cf-aig-cache-ttl', ['cacheTtl'], cacheTtl),
    headers: ['cf-aig-cache-ttl', 'cf-cache-ttl'],
  },
  cacheKey: text('cf-aig-cache-key', ['cacheKey'], {
    pattern: new RegExp(`^[^]{1,${String(CACHE_KEY_LETTERS_MAX)}}$`),
    expected: `a text of 1 to ${String(CACHE_KEY_LETTERS_MAX)} letters`,
  }),
  metadata: {
    headers: ['cf-aig-metadata'],
    path: ['metadata'],
    // What is no JSON is ignored as what is not flat is.
    fromText: (given) => jsonText(given) ?? null,
    read: (given) => {
      const metadata = readMetadata(given);
      return metadata === undefined ? { kind: 'ignored' } : value(metadata);
    },
  },
  collectLog: boolean('cf-aig-collect-log', ['collectLog']),
  collectLogPayload: boolean('cf-aig-collect-log-payload'),
  eventId: {
    headers: ['cf-aig-event-id'],
    path: ['eventId'],
    fromText: asIs,
    read: (given) =>
      typeof given === 'string' && eventIdPattern.test(given) ? value(given) : { kind: 'ignored' },
  },
  requestTimeoutMs: integer(
    'cf-aig-request-timeout',
    ['requestTimeoutMs'],
    between(1, REQUEST_TIMEOUT_MS_MAX),
  ),
  maxAttempts: integer('cf-aig-max-attempts', ['retries', 'maxAttempts'], between(1, ATTEMPTS_MAX)),
  retryDelayMs: integer(
    'cf-aig-retry-delay',
    ['retries', 'retryDelayMs'],
    between(0, RETRY_DELAY_MS_MAX),
  ),
  backoff: {
    headers: ['cf-aig-backoff'],
    path: ['retries', 'backoff'],
    fromText: (given) => given.trim().toLowerCase(),
    read: (given) => (isBackoff(given) ? value(given) : invalid('constant, linear or exponential')),
  },
  customCost: {
    headers: ['cf-aig-custom-cost'],
    fromText: jsonText,
    read: (given) => readCustomCost(given),
  },
  providerKeyAlias: text('cf-aig-byok-alias', undefined, {
    pattern: aliasPattern,
    expected: 'the alias of a stored key',
  }),
  needsProviderKey: boolean('cf-aig-no-wholesale'),
};

/** Headers of the service whose options have no effect here; callers are told. */
export const headersWithoutEffect: readonly string[] = [
  'cf-aig-zdr',
  'cf-aig-otel-trace-id',
  'cf-aig-otel-parent-span-id',
  'cf-aig-session-id',
  'cf-aig-turn-id',
  'cf-aig-no-session-affinity',
  'cf-aig-allowed-models',
  'cf-aig-allowed-providers',
];

const COST = 'an object of per_token_in and per_token_out, or of total_cost';

/** Rates of the cache come together: the one that is left out is what input costs. */
function readCustomCost(given: JsonValue): ReadValue<CustomCost> {
  if (!isJsonObject(given)) return invalid(COST);
  const total = amountIn(given, 'total_cost');
  const input = amountIn(given, 'per_token_in');
  const output = amountIn(given, 'per_token_out');
  const cacheRead = amountIn(given, 'per_cache_read_token');
  const cacheWrite = amountIn(given, 'per_cache_write_token');
  const all = [total, input, output, cacheRead, cacheWrite];
  if (all.includes('invalid')) {
    return invalid(`amounts from 0 to ${String(COST_USD_MAX)}`);
  }
  if (typeof total === 'number') return value({ kind: 'total', total });
  if (typeof input !== 'number' || typeof output !== 'number') return invalid(COST);
  const isCacheSaid = typeof cacheRead === 'number' || typeof cacheWrite === 'number';
  return value({
    kind: 'per-token',
    input,
    output,
    ...(isCacheSaid
      ? {
          cacheRead: typeof cacheRead === 'number' ? cacheRead : input,
          cacheWrite: typeof cacheWrite === 'number' ? cacheWrite : input,
        }
      : {}),
  });
}

function amountIn(given: JsonObject, name: string): number | 'invalid' | undefined {
  const amount = given[name];
  if (amount === undefined || amount === null) return undefined;
  const isAmount = typeof amount === 'number' && amount >= 0 && amount <= COST_USD_MAX;
  return isAmount ? amount : 'invalid';
}
