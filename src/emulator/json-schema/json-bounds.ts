import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';

const DEPTH_MAX = 32;
const NODES_MAX = 2000;
const LETTERS_MAX = 20_000;

/**
 * Whether a value from a stranger's schema is small enough to be repeated in an answer and to be
 * walked by recursion.
 */
export function isSmallJson(value: JsonValue): boolean {
  const left = { nodes: NODES_MAX, letters: LETTERS_MAX };
  return fits(value, DEPTH_MAX, left);
}

function fits(value: JsonValue, depth: number, left: { nodes: number; letters: number }): boolean {
  left.nodes -= 1;
  if (depth < 0 || left.nodes < 0) return false;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') {
    left.letters -= value.length;
    return left.letters >= 0;
  }
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    return items.length <= NODES_MAX && items.every((item) => fits(item, depth - 1, left));
  }
  if (!isJsonObject(value)) return true;
  for (const key of Object.keys(value)) {
    left.letters -= key.length;
    if (!fits(value[key] ?? null, depth - 1, left)) return false;
  }
  return left.letters >= 0;
}

/** A member that the object itself has: `toString` is no property unless somebody wrote it. */
export function ownMember(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** How large a value is at its top: items, members, or letters by the dozen. */
export function widthOf(value: JsonValue): number {
  if (typeof value === 'string') return value.length / 12;
  if (Array.isArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

/** One text for values that are the same, members in any order. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_, member: JsonValue) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** Whether two small values are the same, members in any order. */
export function equalJson(left: JsonValue, right: JsonValue): boolean {
  if (left === right) return true;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right)) return false;
    const [ours, theirs] = [left as readonly JsonValue[], right as readonly JsonValue[]];
    return (
      ours.length === theirs.length &&
      ours.every((item, index) => equalJson(item, theirs[index] ?? null))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every(
      (key) => Object.hasOwn(right, key) && equalJson(left[key] ?? null, right[key] ?? null),
    )
  );
}
