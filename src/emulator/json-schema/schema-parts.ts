import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { ownMember } from './json-bounds.ts';
import { matchPattern } from './match-pattern.ts';
import { parsePattern } from './parse-pattern.ts';

/** Each pattern is tried on each key: few schemas have more than one, and none needs many. */
const PATTERNS_MAX = 16;

/** What holds for one property: by name, by the patterns of its name, else as an additional one. */
export function memberSchema(flat: JsonObject, properties: JsonObject, key: string): JsonValue {
  const parts: JsonValue[] = [];
  const named = ownMember(properties, key);
  if (named !== undefined) parts.push(named);
  for (const [pattern, schema] of patternEntries(flat['patternProperties'])) {
    const parsed = parsePattern(pattern);
    if (parsed !== undefined && matchPattern(parsed, key) === true) parts.push(schema);
  }
  if (parts.length === 0) return flat['additionalProperties'] ?? true;
  return parts.length === 1 ? (parts[0] ?? true) : { allOf: parts };
}

/** The patterns of `patternProperties` and what they say, as many as are looked at. */
export function patternEntries(
  patterns: JsonValue | undefined,
): readonly (readonly [string, JsonValue])[] {
  return isJsonObject(patterns) ? Object.entries(patterns).slice(0, PATTERNS_MAX) : [];
}

/** Keys in the order of declaration, then those that only `required` names. */
export function inOrder(keys: ReadonlySet<string>, properties: JsonObject): readonly string[] {
  const declared = Object.keys(properties).filter((key) => keys.has(key));
  return [...declared, ...[...keys].filter((key) => !Object.hasOwn(properties, key))];
}

/** How far a branch is from an end: scalars are near, references may go anywhere. */
export function costOf(schema: JsonValue): number {
  if (!isJsonObject(schema)) return 0;
  const type = schema['type'] ?? impliedType(schema);
  if (schema['$ref'] !== undefined) return 4;
  if (type === 'object') return listOf(schema['required']).length === 0 ? 1 : 3;
  if (type === 'array') return numberOf(schema['minItems'], 0) === 0 ? 1 : 3;
  return 0;
}

/** The type that a schema speaks of where it does not say. */
export function impliedType(flat: JsonObject): string {
  const has = (...keywords: readonly string[]): boolean =>
    keywords.some((keyword) => flat[keyword] !== undefined);
  if (has('properties', 'required', 'additionalProperties', 'minProperties')) return 'object';
  if (has('items', 'prefixItems', 'minItems', 'contains')) return 'array';
  if (has('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf')) {
    return 'number';
  }
  return 'string';
}

/** A number of a schema, or what stands for it where there is none. */
export function numberOf(value: JsonValue | undefined, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

/** A list of a schema; empty where there is none. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

/** A list, or one value as a list of one: `type` comes in both forms. */
export function listOrOne(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
}

/** The schemas right inside a schema of structured outputs, its definitions apart. */
export function subschemasOf(schema: JsonObject): readonly JsonValue[] {
  const { properties, anyOf, allOf, items } = schema;
  return [
    ...(isJsonObject(properties) ? Object.values(properties) : []),
    ...listOf(anyOf),
    ...listOf(allOf),
    ...(items === undefined ? [] : [items]),
  ];
}

/** The schemas that others refer to by name. */
export function definitionsIn(schema: JsonObject): readonly JsonValue[] {
  return [schema['$defs'], schema['definitions']].flatMap((named) =>
    isJsonObject(named) ? Object.values(named) : [],
  );
}
