import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import { resolvePointer } from '../../../std/resolve-pointer.ts';

/** Schemas within schemas; those who make others of them go down as deep. */
const DEPTH_MAX = 200;

/**
 * Whether structured outputs can hold an answer to a schema at all (API reference §8). What they
 * cannot is refused upstream, or, once its objects are closed, means something else.
 */
export function canBeHeld(root: JsonObject): boolean {
  let level: readonly JsonValue[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) return false;
    const nodes = level.filter((node) => isJsonObject(node));
    if (nodes.length < level.length || !nodes.every((node) => isNodeHeld(node, root))) return false;
    level = nodes.flatMap((node) => [...subschemasOf(node), ...definitionsIn(node)]);
  }
  return !isCircular(root);
}

/** Whether a node says that it is an object, or at least that it may be one. */
export function isObjectSchema(node: JsonObject): boolean {
  return node['type'] === undefined ? node['properties'] !== undefined : isOfType(node, 'object');
}

/** Whether the type that a node names, or one of them, is the one asked for. */
export function isOfType({ type }: JsonObject, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}

export function isScalarList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
}

/** The one reference that a node wraps in `allOf`, as some generators write it. */
export function wrappedReference(node: JsonObject): JsonObject | undefined {
  if (node['$ref'] !== undefined) return undefined;
  const [only = null, ...more] = listOf(node['allOf']);
  const isAlone = more.length === 0 && node['properties'] === undefined;
  return isAlone && isJsonObject(only) && only['$ref'] !== undefined ? only : undefined;
}

function isNodeHeld(node: JsonObject, root: JsonObject): boolean {
  const { allOf, anyOf, oneOf } = node;
  const { $ref } = wrappedReference(node) ?? node;
  if ($ref !== undefined) return isJsonObject(resolvePointer(root, $ref));
  // Closed objects that have to fit one another fit nothing.
  if (allOf !== undefined) return false;
  if (anyOf !== undefined && oneOf !== undefined) return false;
  return isTyped(node) && !hasAnyMembers(node);
}

function isTyped({ type, properties, items, anyOf, oneOf, ...node }: JsonObject): boolean {
  if (type !== undefined && typeof type !== 'string' && !Array.isArray(type)) return false;
  if (listOf(anyOf ?? oneOf).length > 0) return true;
  const { const: only } = node;
  const isOnly = only !== undefined && (typeof only !== 'object' || only === null);
  return (
    isOnly ||
    isScalarList(node['enum']) ||
    type !== undefined ||
    isJsonObject(properties) ||
    isJsonObject(items)
  );
}

/** An object whose members are not named: closed, it could only be empty. */
function hasAnyMembers(node: JsonObject): boolean {
  if (!isObjectSchema(node)) return false;
  const { properties, additionalProperties: others } = node;
  if (isJsonObject(properties) && Object.keys(properties).length > 0) return false;
  return others !== false && (others !== undefined || properties === undefined);
}

/** The schemas right inside a schema, its definitions apart. */
function subschemasOf({ properties, items, anyOf, oneOf }: JsonObject): readonly JsonValue[] {
  return [
    ...(isJsonObject(properties) ? Object.values(properties) : []),
    ...(isJsonObject(items) ? [items] : []),
    ...listOf(anyOf),
    ...listOf(oneOf),
  ];
}

function definitionsIn({ $defs, definitions }: JsonObject): readonly JsonValue[] {
  return [$defs, definitions].flatMap((named) =>
    named !== undefined && isJsonObject(named) ? Object.values(named) : [],
  );
}

interface Step {
  readonly target: JsonObject;
  readonly waiting: JsonObject[];
}

/**
 * Depth first over what refers to what, with a stack of its own, since a chain of definitions may
 * be long. Targets are told apart by what they are, not by how they are spelled: each is looked into once.
 */
function isCircular(root: JsonObject): boolean {
  const done = new Set<JsonObject>();
  const open = new Set<JsonObject>();
  const path: Step[] = [];
  const enter = (target: JsonObject): void => {
    open.add(target);
    path.push({ target, waiting: targetsIn(target, root) });
  };
  enter(root);
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const next = step.waiting.pop();
    if (next === undefined) {
      open.delete(step.target);
      done.add(step.target);
      path.pop();
    } else if (open.has(next)) {
      return true;
    } else if (!done.has(next)) {
      enter(next);
    }
  }
  return false;
}

/** What a schema refers to; its definitions count where they are used. */
function targetsIn(schema: JsonObject, root: JsonObject): JsonObject[] {
  const found = new Set<JsonObject>();
  const waiting: JsonValue[] = [schema];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!isJsonObject(node)) continue;
    const { $ref } = wrappedReference(node) ?? node;
    const target = $ref === undefined ? undefined : resolvePointer(root, $ref);
    if (target !== undefined && isJsonObject(target)) found.add(target);
    else waiting.push(...subschemasOf(node));
  }
  return [...found];
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
