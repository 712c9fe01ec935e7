import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';

/** The text that a field holds; empty where it holds none. Nothing that upstreams send is relied on. */
export function textIn(holder: JsonObject, field: string): string {
  const value = holder[field];
  return typeof value === 'string' ? value : '';
}

/** The object that a field holds; an empty one where it holds none. */
export function objectIn(holder: JsonObject, field: string): JsonObject {
  const value = holder[field];
  return value !== undefined && isJsonObject(value) ? value : nothing;
}

/** The objects in the list that a field holds. */
export function objectsIn(holder: JsonObject, field: string): readonly JsonObject[] {
  const value = holder[field];
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  return list.filter((entry) => isJsonObject(entry));
}

const nothing: JsonObject = {};
