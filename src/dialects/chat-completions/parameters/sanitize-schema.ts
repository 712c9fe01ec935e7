import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import {
  canBeHeld,
  isObjectSchema,
  isOfType,
  isScalarList,
  wrappedReference,
} from './can-be-held.ts';

/**
 * A JSON Schema as structured outputs take it (chat reference §2.7, API reference §8): objects are
 * closed, and what no grammar is made of is said in the description instead. Undefined where they
 * cannot hold it.
 */
export function sanitizeSchema(schema: JsonObject): JsonObject | undefined {
  return canBeHeld(schema) ? sanitizeNode(schema) : undefined;
}

const formats: ReadonlySet<JsonValue> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

type Member = readonly [string, JsonValue];

/** What a keyword is in the sanitised schema; undefined where the description says it instead. */
const keywords: Readonly<Record<string, (value: JsonValue) => Member | undefined>> = {
  type: (value) => ['type', value],
  const: (value) => (isScalarList([value]) ? ['const', value] : undefined),
  enum: (value) => (isScalarList(value) ? ['enum', value] : undefined),
  default: (value) => ['default', value],
  title: (value) => ['title', value],
  required: (value) => ['required', value],
  format: (value) => (formats.has(value) ? ['format', value] : undefined),
  minItems: (value) => (value === 0 || value === 1 ? ['minItems', value] : undefined),
  properties: (value) => ['properties', sanitizeMap(value)],
  $defs: (value) => ['$defs', sanitizeMap(value)],
  definitions: (value) => ['definitions', sanitizeMap(value)],
  items: (value) => (isJsonObject(value) ? ['items', sanitizeNode(value)] : undefined),
  anyOf: (value) => ['anyOf', sanitizeList(value)],
  oneOf: (value) => ['anyOf', sanitizeList(value)],
};

/** What is written anew, and what constrains nothing. */
const leftOut: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  'additionalProperties',
  'unevaluatedProperties',
  'description',
]);

/** Keywords that mean something for one type only, and for a node of another type nothing. */
const typeOfKeyword: ReadonlyMap<string, string> = new Map([
  ['properties', 'object'],
  ['required', 'object'],
  ['items', 'array'],
  ['minItems', 'array'],
  ['format', 'string'],
]);

/** Keywords for which null is a value. */
export const takesNull: ReadonlySet<string> = new Set(['const', 'default']);

function sanitizeNode(given: JsonObject): JsonObject {
  const { $ref: reference } = wrappedReference(given) ?? given;
  if (reference !== undefined) return sanitizeReference(reference, given);
  const node = { ...typeOf(given), ...given };
  const members: Member[] = [];
  const constraints: string[] = [];
  for (const [keyword, value] of Object.entries(node)) {
    if (saysNothing(keyword, node)) continue;
    const kept = Object.hasOwn(keywords, keyword) ? keywords[keyword]?.(value) : undefined;
    if (kept === undefined) constraints.push(`${keyword}: ${JSON.stringify(value)}`);
    else members.push(kept);
  }
  return {
    ...Object.fromEntries(members),
    ...describe(node, constraints),
    ...(isObjectSchema(node) ? { additionalProperties: false } : {}),
  };
}

function saysNothing(keyword: string, node: JsonObject): boolean {
  if (leftOut.has(keyword)) return true;
  if (node[keyword] === null && !takesNull.has(keyword)) return true;
  const type = typeOfKeyword.get(keyword);
  return type !== undefined && node['type'] !== undefined && !isOfType(node, type);
}

/** A reference stands alone, but for definitions where it is the whole schema. */
function sanitizeReference($ref: JsonValue, node: JsonObject): JsonObject {
  const definitions = ['$defs', 'definitions'].flatMap((key) => {
    const value = node[key];
    return value === undefined ? [] : [[key, sanitizeMap(value)] as const];
  });
  return { $ref, ...Object.fromEntries(definitions) };
}

/** What is left unsaid where the members say it. */
function typeOf(node: JsonObject): JsonObject {
  if (node['type'] !== undefined) return {};
  if (node['properties'] !== undefined) return { type: 'object' };
  return node['items'] === undefined ? {} : { type: 'array' };
}

function describe(node: JsonObject, constraints: readonly string[]): JsonObject {
  const own = typeof node['description'] === 'string' ? [node['description']] : [];
  const said = constraints.length === 0 ? [] : [`Must fulfil ${constraints.join(', ')}.`];
  const text = [...own, ...said].join('\n\n');
  return text === '' ? {} : { description: text };
}

function sanitizeMap(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, sanitizeInner(inner)]),
  );
}

function sanitizeList(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return value;
  return (value as readonly JsonValue[]).map((inner) => sanitizeInner(inner));
}

function sanitizeInner(inner: JsonValue): JsonValue {
  return isJsonObject(inner) ? sanitizeNode(inner) : inner;
}
