import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { resolvePointer } from '../../std/resolve-pointer.ts';
import { subschemasOf } from './schema-parts.ts';

/**
 * The names of definitions that refer to one another in a circle, the first one again at the end;
 * undefined where there is none. Each definition is looked into once, whatever refers to it.
 */
export function circularReference(root: JsonObject): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of referencesIn(root)) {
    const circle = circleFrom(start, { root, done });
    if (circle !== undefined) return circle.map((reference) => nameOf(reference));
  }
  return undefined;
}

interface Step {
  readonly reference: string;
  readonly waiting: string[];
}

/** Depth first, with a stack of its own: a chain of definitions may be long. */
function circleFrom(
  start: string,
  search: { readonly root: JsonObject; readonly done: Set<string> },
): readonly string[] | undefined {
  const path: Step[] = [];
  const enter = (reference: string): void => {
    const target = resolvePointer(search.root, reference);
    path.push({ reference, waiting: target === undefined ? [] : [...referencesIn(target)] });
  };
  if (!search.done.has(start)) enter(start);
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const next = step.waiting.pop();
    if (next === undefined) {
      search.done.add(step.reference);
      path.pop();
      continue;
    }
    const at = path.findIndex(({ reference }) => reference === next);
    if (at >= 0) return [...path.slice(at).map(({ reference }) => reference), next];
    if (!search.done.has(next)) enter(next);
  }
  return undefined;
}

/** What a schema refers to, its own definitions left out: they count where they are used. */
function referencesIn(schema: JsonValue): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting: JsonValue[] = [schema];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isJsonObject(next)) continue;
    const { $ref } = next;
    if (typeof $ref === 'string') found.add($ref);
    waiting.push(...subschemasOf(next));
  }
  return found;
}

function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? reference;
}
