import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/** Where two values differ, at most `countMax` places; paths with dots, indices as numbers. */
export function jsonDifferences(
  one: JsonValue | undefined,
  other: JsonValue | undefined,
  countMax: number,
): readonly string[] {
  const found: string[] = [];
  const compare = (
    left: JsonValue | undefined,
    right: JsonValue | undefined,
    path: readonly string[],
  ): void => {
    if (found.length >= countMax || left === right) return;
    const names = memberNames(left, right);
    if (names === undefined) {
      found.push(path.join('.'));
      return;
    }
    for (const name of names) compare(memberOf(left, name), memberOf(right, name), [...path, name]);
  };
  compare(one, other, []);
  return found;
}

/** The names to look under; undefined where the two are not of one kind. */
function memberNames(
  left: JsonValue | undefined,
  right: JsonValue | undefined,
): readonly string[] | undefined {
  if (Array.isArray(left) && Array.isArray(right)) {
    return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => String(at));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return undefined;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])];
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[])[Number(name)];
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
