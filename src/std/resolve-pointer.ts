import type { JsonValue } from './json.ts';
import { isJsonObject } from './json.ts';

const STEPS_MAX = 32;

/** What a reference within a schema points to (`#`, `#/$defs/Name`); undefined where it leads away or nowhere. */
export function resolvePointer(root: JsonValue, reference: JsonValue): JsonValue | undefined {
  if (typeof reference !== 'string' || !/^#(?:\/|$)/.test(reference)) return undefined;
  let target: JsonValue | undefined = root;
  for (const step of reference.split('/', STEPS_MAX + 1).slice(1)) {
    const key = unescaped(step);
    if (Array.isArray(target)) target = (target as readonly JsonValue[])[Number(key)];
    else target = isJsonObject(target) && Object.hasOwn(target, key) ? target[key] : undefined;
  }
  return target;
}

/** A JSON Pointer in a URI's fragment: percent first, then `~1` and `~0` (RFC 6901 §6). */
function unescaped(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // A stray percent sign stands for itself.
    text = step;
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}
