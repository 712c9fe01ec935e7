import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { findJsonValues } from '../std/find-json-values.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { JsonBounds } from '../std/scan-json.ts';
import { scanJsonObject } from '../std/scan-json.ts';

/** One way in which a universal request may be answered; Workers reference §3.1. */
export interface UniversalStep {
  readonly provider: string;
  /** The path behind the provider, with a slash in front. */
  readonly path: string;
  /** Without its question mark; empty where there is none. */
  readonly query: string;
  /** By lower-case name: the provider's own, and options for this step alone. */
  readonly headers: Readonly<Record<string, string>>;
  /** The provider's body, the bytes that it came in. */
  readonly body: Uint8Array;
}

/** Most steps of one request: each may cost an upstream call. */
export const STEPS_MAX = 10;

/** How the members of a step's `config` are said as headers; Workers reference §3.1, §3.2. */
const configHeaders: Readonly<Record<string, string>> = {
  requestTimeout: 'cf-aig-request-timeout',
  maxAttempts: 'cf-aig-max-attempts',
  retryDelay: 'cf-aig-retry-delay',
  backoff: 'cf-aig-backoff',
};

const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** What a header can hold; anything else would end it, and begin another one. */
const headerValue = /^[\t\u0020-\u007e\u00a0-\u00ff]*$/;
/** All of a step's, names and values: what the head of a request could hold. */
const HEADERS_LETTERS_MAX = 32 * 1024;
/** What goes on in an upstream's path: what queries of the provider hold, and nothing that could be more. */
const plainQuery = /^[A-Za-z0-9_.~=&%,:@+-]{0,1024}$/;
const SPACE = /^[\t\n\r ]*$/;

/**
 * The steps of a universal request, in their order: a list, or one that stands alone. Each query
 * stays the bytes that it came in.
 */
export function readUniversalSteps(
  body: Uint8Array,
  bounds: JsonBounds,
): readonly UniversalStep[] | Refusal {
  const list = readList(body, bounds);
  if (!(list instanceof Uint8Array)) return list;
  const parsed = parseJson(textOf(list));
  if (parsed.kind === 'malformed') return malformed(parsed.detail);
  const given = parsed.value;
  if (!Array.isArray(given)) return invalid('the top level', 'expected a list of steps');
  if (given.length === 0 || given.length > STEPS_MAX) {
    return invalid('the top level', `expected 1 to ${String(STEPS_MAX)} steps`);
  }
  const bodies = queryBytes(list);
  const steps: UniversalStep[] = [];
  for (const [index, value] of (given as readonly JsonValue[]).entries()) {
    const step = readStep(value, String(index), bodies.get(index));
    if (isRefusal(step)) return step;
    steps.push(step);
  }
  return steps;
}

const OPEN = Buffer.from('{"steps":');
const CLOSE = Buffer.from('}');

/** One JSON value within bounds, in brackets where it stands alone. */
function readList(body: Uint8Array, bounds: JsonBounds): Uint8Array | Refusal {
  const brace = body.indexOf('{'.charCodeAt(0));
  const isAlone = brace >= 0 && SPACE.test(textOf(body, 0, brace));
  const scan = scanJsonObject(isAlone ? body : Buffer.concat([OPEN, body, CLOSE]), bounds);
  if (scan.kind === 'malformed') return malformed(scan.detail);
  // Whatever breaks out of what it was put into brings a member of its own.
  if (!isAlone && scan.kind === 'object' && scan.members.size !== 1) {
    return malformed('more than one value');
  }
  return isAlone ? Buffer.concat([Buffer.from('['), body, Buffer.from(']')]) : body;
}

/** By the step's place, its query as it stands in the body; none where it is there twice. */
function queryBytes(list: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const found = findJsonValues(list, {
    isWanted: ([, member, ...deeper]) => member === 'query' && deeper.length === 0,
    mayHold: (place) => place.length <= 1,
  });
  const bytes = new Map<number, Uint8Array>();
  const twice = new Set<number>();
  for (const { place, span } of found ?? []) {
    const index = Number(place[0]);
    if (bytes.has(index)) twice.add(index);
    bytes.set(index, list.subarray(span.start, span.end));
  }
  for (const index of twice) bytes.delete(index);
  return bytes;
}

function readStep(
  step: JsonValue,
  at: string,
  body: Uint8Array | undefined,
): UniversalStep | Refusal {
  if (!isJsonObject(step)) return invalid(at, 'expected an object');
  const { provider, endpoint, query } = step;
  if (typeof provider !== 'string') return invalid(`${at}/provider`, 'required, a string');
  if (typeof endpoint !== 'string') return invalid(`${at}/endpoint`, 'required, a string');
  if (body === undefined || !isJsonObject(query)) {
    return invalid(`${at}/query`, 'required once, an object');
  }
  const headers = readHeaders(step, at);
  if (isRefusal(headers)) return headers;
  const cut = endpoint.indexOf('?');
  const asked = cut < 0 ? '' : endpoint.slice(cut + 1);
  if (!plainQuery.test(asked)) return invalid(`${at}/endpoint`, 'expected a plain query');
  return {
    provider,
    path: `/${(cut < 0 ? endpoint : endpoint.slice(0, cut)).replace(/^\/+/, '')}`,
    query: asked,
    headers: headers.given,
    body,
  };
}

/** What is more specific comes later: `config`, then the step's own headers. */
function readHeaders(
  { config = {}, headers = {}, authorization }: JsonObject,
  at: string,
): { readonly given: Readonly<Record<string, string>> } | Refusal {
  if (!isJsonObject(config)) return invalid(`${at}/config`, 'expected an object');
  if (!isJsonObject(headers)) return invalid(`${at}/headers`, 'expected an object');
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(config)) {
    const header = Object.hasOwn(configHeaders, name) ? configHeaders[name] : undefined;
    if (header === undefined) {
      const known = Object.keys(configHeaders).join(', ');
      return invalid(`${at}/config/${name.slice(0, 64)}`, `no such option, of ${known}`);
    }
    if (value !== null) given[header] = asText(value);
  }
  if (typeof authorization === 'string') given['authorization'] = authorization;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== null) given[name.toLowerCase()] = asText(value);
  }
  const strange = Object.entries(given).find(
    ([name, value]) => !headerName.test(name) || !headerValue.test(value),
  );
  if (strange !== undefined) {
    return invalid(`${at}/headers/${strange[0].slice(0, 64)}`, 'expected what a header can hold');
  }
  const letters = Object.entries(given).flat().join('').length;
  if (letters > HEADERS_LETTERS_MAX) {
    return invalid(`${at}/headers`, `expected at most ${String(HEADERS_LETTERS_MAX)} letters`);
  }
  return { given };
}

/** As the binding turns values into text before it sends them; Workers reference §1.6. */
function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function malformed(detail: string): Refusal {
  return refusal('malformed_json', `The request body is not valid JSON: ${detail}`);
}

function invalid(place: string, expected: string): Refusal {
  return refusal('invalid_request', `Invalid value at ${place}: ${expected}`, {
    param: place,
    reason: 'gateway_option_invalid',
  });
}
