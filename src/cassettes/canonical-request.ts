import { hash } from 'node:crypto';
import type { RecordedExchange } from '../messages/recorded-exchange.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { isMediaDigest, mediaDigest } from './redact-exchange.ts';

/** What of an exchange says which one it is. */
export interface RequestMeaning {
  readonly operation: RecordedExchange['operation'];
  readonly method: string;
  readonly path: string;
  /** Without its secrets. */
  readonly body: JsonValue | undefined;
}

/** Members of a request's body that do not change what is asked for. */
const meaningless: ReadonlySet<string> = new Set(['stream', 'metadata']);
/** Below these members anything may stand, and nothing of it is the protocol's. */
const freeForm: ReadonlySet<string> = new Set([
  'input',
  'input_schema',
  'input_examples',
  'schema',
]);
const callTypes: ReadonlySet<string> = new Set(['tool_use', 'server_tool_use', 'mcp_tool_use']);

/**
 * A request without what does not change its meaning: the order of members, whether it is streamed,
 * metadata, cache marks, ids of tool calls, a text as a string or as a block. Two requests mean the
 * same where this is the same.
 */
export function canonicalRequest({ operation, method, path, body }: RequestMeaning): JsonObject {
  const asked = isJsonObject(body) ? withoutMeaningless(body) : (body ?? null);
  return {
    operation,
    // The body says it all; where there is none the path does.
    ...(body === undefined ? { method, path } : {}),
    body: new Canon().value(asked),
  };
}

/** A short name for a canonical request, equal where the requests are. */
export function requestKey(canonical: JsonObject): string {
  return hash('sha256', JSON.stringify(canonical));
}

function withoutMeaningless(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !meaningless.has(name)));
}

/** The walk over one request: ids of calls are numbered in the order in which they come. */
class Canon {
  readonly #callNames = new Map<string, string>();

  value(value: JsonValue): JsonValue {
    if (Array.isArray(value))
      return (value as readonly JsonValue[]).map((item) => this.value(item));
    if (!isJsonObject(value)) return value;
    const entries = Object.entries(value)
      .filter(([name]) => name !== 'cache_control')
      .toSorted(byName);
    return Object.fromEntries(
      entries.map(([name, held]) => [name, this.#member(value, name, held)]),
    );
  }

  #member(holder: JsonObject, name: string, value: JsonValue): JsonValue {
    if (freeForm.has(name)) return sorted(value);
    if (typeof value !== 'string') return this.value(value);
    if (name === 'tool_use_id' || (name === 'id' && isCall(holder))) return this.#callName(value);
    if (name === 'system' || (name === 'content' && isTurnOrResult(holder))) {
      return [{ text: value, type: 'text' }];
    }
    const isMedia = name === 'data' && holder['type'] === 'base64';
    return isMedia && !isMediaDigest(value) ? mediaDigest(value) : value;
  }

  #callName(id: string): string {
    const known = this.#callNames.get(id);
    if (known !== undefined) return known;
    const name = `call ${String(this.#callNames.size + 1)}`;
    this.#callNames.set(id, name);
    return name;
  }
}

function isCall({ type }: JsonObject): boolean {
  return typeof type === 'string' && callTypes.has(type);
}

/** Where a string is short for one block of text (API reference §2.2). */
function isTurnOrResult({ role, type }: JsonObject): boolean {
  return typeof role === 'string' || type === 'tool_result';
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => sorted(item));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).toSorted(byName);
  return Object.fromEntries(entries.map(([name, held]) => [name, sorted(held)]));
}

function byName(
  [one]: readonly [string, JsonValue],
  [other]: readonly [string, JsonValue],
): number {
  return one < other ? -1 : Number(one > other);
}
