import type { JsonObject, JsonValue } from '../format/json-value.ts';
import { isJsonObject, objectIn, objectsIn, textsIn } from '../format/json-value.ts';

/** So deep a schema is followed: the gateway checks all of it. */
const DEPTH_MAX = 12;

interface Place {
  /** Where `$ref` points to. */
  readonly root: JsonObject;
  readonly name: string;
  readonly depth: number;
}

/**
 * What is plainly wrong with a value by its JSON Schema; undefined where nothing is. It spares a
 * request that would be refused; what it does not know it lets pass, since the gateway decides.
 */
export function checkValue(value: JsonValue, schema: JsonObject, place: Place): string | undefined {
  if (place.depth > DEPTH_MAX) return undefined;
  const meant = resolved(schema, place.root);
  const variants = [...objectsIn(meant, 'anyOf'), ...objectsIn(meant, 'oneOf')];
  if (variants.length > 0) return checkVariants(value, variants, place);
  return (
    checkType(value, meant, place) ??
    checkChoice(value, meant, place) ??
    checkBounds(value, meant, place) ??
    checkMembers(value, meant, place)
  );
}

/** A schema, followed to where it points. */
export function resolved(schema: JsonObject, root: JsonObject): JsonObject {
  const { $ref: target } = schema;
  if (typeof target !== 'string') return schema;
  const found = target
    .replace(/^#\//, '')
    .split('/')
    .reduce<JsonObject>((within, name) => objectIn(within, name), root);
  return { ...found, ...schema, $ref: undefined };
}

/** The complaint of the variant that fits best: the one whose `type` member agrees, if any. */
function checkVariants(
  value: JsonValue,
  variants: readonly JsonObject[],
  place: Place,
): string | undefined {
  const deeper = { ...place, depth: place.depth + 1 };
  const said = variants.map((variant) => checkValue(value, variant, deeper));
  if (said.includes(undefined)) return undefined;
  if (!isJsonObject(value)) return `${place.name}: none of the kinds that are taken`;
  const at = variants.findIndex((variant) => {
    const members = objectIn(resolved(variant, place.root), 'properties');
    return objectIn(members, 'type')['const'] === value['type'];
  });
  return said[at] ?? `${place.name}: none of the kinds that are taken`;
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function checkType(value: JsonValue, schema: JsonObject, { name }: Place): string | undefined {
  const { type } = schema;
  if (type === undefined) return undefined;
  const types = Array.isArray(type) ? (type as readonly JsonValue[]) : [type];
  const is = typeOf(value);
  const isFitting = types.some(
    (one) => one === is || (one === 'integer' && Number.isSafeInteger(value)),
  );
  return isFitting ? undefined : `${name}: has to be ${types.map(String).join(' or ')}`;
}

function checkChoice(value: JsonValue, schema: JsonObject, { name }: Place): string | undefined {
  const { const: only, enum: listed } = schema;
  const choices = only === undefined ? listed : [only];
  if (!Array.isArray(choices) || choices.includes(value)) return undefined;
  return `${name}: has to be ${choices.map((one) => JSON.stringify(one)).join(', ')}`;
}

function checkBounds(value: JsonValue, schema: JsonObject, { name }: Place): string | undefined {
  if (typeof value !== 'number') return undefined;
  const { minimum, maximum, exclusiveMinimum: above } = schema;
  if (typeof minimum === 'number' && value < minimum) {
    return `${name}: at least ${String(minimum)}`;
  }
  if (typeof maximum === 'number' && value > maximum) return `${name}: at most ${String(maximum)}`;
  return typeof above === 'number' && value <= above
    ? `${name}: more than ${String(above)}`
    : undefined;
}

function checkMembers(value: JsonValue, schema: JsonObject, place: Place): string | undefined {
  const depth = place.depth + 1;
  if (Array.isArray(value)) {
    const items = objectIn(schema, 'items');
    const found = value.map((item: JsonValue, at) =>
      checkValue(item, items, { ...place, depth, name: `${place.name}[${String(at)}]` }),
    );
    return found.find((said) => said !== undefined);
  }
  if (!isJsonObject(value)) return undefined;
  const members = objectIn(schema, 'properties');
  const missing = textsIn(schema, 'required').find((name) => value[name] === undefined);
  if (missing !== undefined) return `${place.name}.${missing}: required`;
  const isClosed = schema['additionalProperties'] === false;
  const said = Object.entries(value).map(([name, member]) => {
    const isKnown = Object.hasOwn(members, name);
    if (!isKnown) return isClosed ? `${place.name}.${name}: not expected here` : undefined;
    const within = { ...place, depth, name: `${place.name}.${name}` };
    return checkValue(member ?? null, objectIn(members, name), within);
  });
  return said.find((one) => one !== undefined);
}
