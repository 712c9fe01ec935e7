import type { JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { ownMember } from './json-bounds.ts';

const STEPS_MAX = 32;

/** What a local `$ref` (`#`, `#/$defs/Name`) points to; undefined where it leads nowhere or away. */
export function resolveReference(root: JsonValue, reference: JsonValue): JsonValue | undefined {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
  const steps = reference.slice(1).split('/', STEPS_MAX).slice(1);
  let target: JsonValue | undefined = root;
  for (const step of steps) {
    const key = unescaped(step);
    if (Array.isArray(target)) target = (target as readonly JsonValue[])[Number(key)];
    else target = isJsonObject(target) ? ownMember(target, key) : undefined;
  }
  return target;
}

/** JSON Pointer inside a URI fragment: percent first, then `~1` and `~0` (RFC 6901 §6). */
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
