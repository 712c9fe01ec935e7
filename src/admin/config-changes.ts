import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { SettingsChangeAnswer } from './contract-operations.ts';

/** What differs between two configurations, option by option; lists are compared as they stand. */
export function configChanges(
  from: JsonObject,
  to: JsonObject,
  fixed: readonly string[],
): readonly SettingsChangeAnswer[] {
  return differences(from, to, '').map(({ path, was, is }) => ({
    path,
    from: was,
    to: is,
    needs_restart: fixed.some((name) => path === name || path.startsWith(`${name}.`)),
  }));
}

interface Difference {
  readonly path: string;
  readonly was: JsonValue;
  readonly is: JsonValue;
}

function differences(from: JsonObject, to: JsonObject, path: string): readonly Difference[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names.flatMap((name): readonly Difference[] => {
    const place = path === '' ? name : `${path}.${name}`;
    const was = from[name] ?? null;
    const is = to[name] ?? null;
    if (isJsonObject(was) && isJsonObject(is)) return differences(was, is, place);
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ path: place, was, is }];
  });
}
