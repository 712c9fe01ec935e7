import { z } from 'zod';
import type { HeaderMap } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { JsonObject } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import { scanJsonObject } from '../std/scan-json.ts';
import type { ApiRoute } from './api-route.ts';

/** Bodies are settings and orders, or what a payment processor says: never content. */
export const BODY_BYTES_MAX: number = 256 * 1024;
const BODY_BOUNDS = { depthMax: 32, keysMax: 10_000 } as const;
const IDEMPOTENCY_KEY_LETTERS_MAX = 255;

/** What the schemas of a route made of a request. */
export interface ReadInput {
  readonly kind: 'input';
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
}

/** A request as it came, cut into what its route's schemas are about. */
export interface RawInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly bodyBytes: Uint8Array;
  readonly headers: HeaderMap;
}

/** Holds a request to its route's schemas; a refusal names the field by its path. */
export function readCall(route: ApiRoute, raw: RawInput): ReadInput | Refusal {
  const key = readIdempotencyKey(raw.headers, route.isMoneyWrite === true);
  if (typeof key === 'object') return key;
  const params = checked(route.params, raw.params);
  if (isRefusal(params)) return params;
  const query = readQuery(raw.query);
  if (isRefusal(query)) return query;
  const asked = checked(route.query ?? nothingOf(route), query.values);
  if (isRefusal(asked)) return asked;
  const ordered = readOrder(route, raw.bodyBytes);
  if (isRefusal(ordered)) return ordered;
  return {
    kind: 'input',
    params: params.value,
    query: asked.value,
    body: ordered.value,
    idempotencyKey: key,
  };
}

const nothing = z.strictObject({});

/** Where nothing is taken, nothing is overlooked either. What a processor signs is its own affair. */
function nothingOf({ access }: ApiRoute): z.ZodType | undefined {
  return access.kind === 'signed' ? undefined : nothing;
}

/** A body; where a route takes none, none, or an object without members. */
function readOrder(route: ApiRoute, bytes: Uint8Array): Checked | Refusal {
  const schema = route.body ?? nothingOf(route);
  const isAbsent = route.body === undefined && bytes.length === 0;
  if (schema === undefined || isAbsent) return { kind: 'checked', value: undefined };
  const body = readObject(bytes);
  return isRefusal(body) ? body : checked(schema, body.value);
}

interface Checked {
  readonly kind: 'checked';
  readonly value: unknown;
}

function checked(schema: z.ZodType | undefined, value: unknown): Checked | Refusal {
  if (schema === undefined) return { kind: 'checked', value: undefined };
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return { kind: 'checked', value: data };
  const [issue] = error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const param = [...(issue?.path ?? []), ...unknown].map(String).join('.');
  const text = `${param === '' ? 'The request' : param}: ${issue?.message ?? 'is not valid'}`;
  return refusal('invalid_request', text, param === '' ? {} : { param });
}

interface ReadQuery {
  readonly kind: 'query';
  readonly values: Readonly<Record<string, string>>;
}

/** A name that stands twice would be read differently by others: it is refused. */
function readQuery(query: string): ReadQuery | Refusal {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (values.has(name)) {
      return refusal('invalid_request', `${name}: given more than once`, { param: name });
    }
    values.set(name, value);
  }
  return { kind: 'query', values: Object.fromEntries(values) };
}

function readObject(
  bytes: Uint8Array,
): { readonly kind: 'object'; readonly value: JsonObject } | Refusal {
  const scan = scanJsonObject(bytes, BODY_BOUNDS);
  if (scan.kind === 'malformed') return malformed(scan.detail);
  const parsed = parseJson(textOf(bytes));
  if (parsed.kind === 'malformed') return malformed(parsed.detail);
  return isJsonObject(parsed.value)
    ? { kind: 'object', value: parsed.value }
    : refusal('invalid_request', 'The request body has to be a JSON object.');
}

function malformed(detail: string): Refusal {
  return refusal('malformed_json', `The request body is not valid JSON: ${detail}`);
}

/** Wallet reference §8: at most 255 characters, and required where money moves. */
function readIdempotencyKey(headers: HeaderMap, isRequired: boolean): string | undefined | Refusal {
  const key = headers['idempotency-key'];
  const param = { param: 'idempotency-key' };
  if (key === undefined) {
    if (!isRequired) return undefined;
    const text =
      'idempotency-key: required where money moves, so that a repeated request moves it once';
    return refusal('invalid_request', text, { ...param, reason: 'idempotency_key_required' });
  }
  const isPlain = typeof key === 'string' && /^[!-~]+$/.test(key);
  if (isPlain && key.length <= IDEMPOTENCY_KEY_LETTERS_MAX) return key;
  return refusal('invalid_request', 'idempotency-key: 1 to 255 plain letters are wanted', param);
}
