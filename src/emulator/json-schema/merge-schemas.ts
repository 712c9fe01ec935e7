import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { ownMember } from './json-bounds.ts';
import { listOf, listOrOne } from './schema-parts.ts';

type Combine = (left: JsonValue, right: JsonValue) => JsonValue;

const larger: Combine = (left, right) => Math.max(numberOr(left, right), numberOr(right, left));
const smaller: Combine = (left, right) => Math.min(numberOr(left, right), numberOr(right, left));
const both: Combine = (left, right) => ({ allOf: [left, right] });

/** How two schemas that must both hold become one, keyword by keyword; elsewhere the first stands. */
const combiners: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ['minimum', larger],
  ['exclusiveMinimum', larger],
  ['minLength', larger],
  ['minItems', larger],
  ['minProperties', larger],
  ['maximum', smaller],
  ['exclusiveMaximum', smaller],
  ['maxLength', smaller],
  ['maxItems', smaller],
  ['maxProperties', smaller],
  ['required', (left, right) => [...new Set([...listOf(left), ...listOf(right)])]],
  ['uniqueItems', (left, right) => left === true || right === true],
  ['items', both],
  ['contains', both],
  ['propertyNames', both],
  ['additionalProperties', both],
  ['type', commonTypes],
  ['enum', commonValues],
]);

/** One schema that says what both say. */
export function mergeSchemas(left: JsonObject, right: JsonObject): JsonObject {
  const merged = new Map<string, JsonValue>(Object.entries(left));
  for (const [keyword, said] of Object.entries(right)) {
    const ours = merged.get(keyword);
    const combine = combiners.get(keyword);
    if (ours === undefined) merged.set(keyword, said);
    else if (combine !== undefined) merged.set(keyword, combine(ours, said));
  }
  const properties = mergedProperties(left, right);
  if (properties !== undefined) merged.set('properties', properties);
  return Object.fromEntries(merged);
}

/** A property that one side names is, for the other side, an additional one. */
function mergedProperties(left: JsonObject, right: JsonObject): JsonObject | undefined {
  const ours = isJsonObject(left['properties']) ? left['properties'] : {};
  const theirs = isJsonObject(right['properties']) ? right['properties'] : {};
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  if (keys.size === 0) return undefined;
  return Object.fromEntries(
    [...keys].map((key) => {
      const first = ownMember(ours, key) ?? left['additionalProperties'];
      const second = ownMember(theirs, key) ?? right['additionalProperties'];
      if (first === undefined || second === undefined) return [key, first ?? second ?? true];
      return [key, both(first, second)];
    }),
  );
}

function commonTypes(left: JsonValue, right: JsonValue): JsonValue {
  const theirs = listOrOne(right);
  const common = new Set<JsonValue>();
  for (const name of listOrOne(left)) {
    if (theirs.includes(name)) common.add(name);
    else if (name === 'integer' && theirs.includes('number')) common.add(name);
    else if (name === 'number' && theirs.includes('integer')) common.add('integer');
  }
  return common.size === 0 ? left : [...common];
}

function commonValues(left: JsonValue, right: JsonValue): JsonValue {
  const theirs = new Set(listOf(right).map((value) => keyOf(value)));
  return listOf(left).filter((value) => theirs.has(keyOf(value)));
}

/** Objects in an enum are told apart by where they stand: both lists seldom hold any. */
function keyOf(value: JsonValue): JsonValue {
  return typeof value === 'object' && value !== null ? 'object' : value;
}

function numberOr(value: JsonValue, fallback: JsonValue): number {
  if (typeof value === 'number') return value;
  return typeof fallback === 'number' ? fallback : 0;
}
