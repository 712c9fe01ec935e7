import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';

/** More than this a schema is not looked into: what cannot be told counts as valid. */
const STEPS_MAX = 100_000;
const DEPTH_MAX = 120;

type Shape = (value: JsonValue, walk: Walk) => boolean;

class Walk {
  #steps = 0;
  #depth = 0;

  schema(value: JsonValue): boolean {
    if (typeof value === 'boolean') return true;
    if (!isJsonObject(value)) return false;
    this.#steps += 1;
    if (this.#steps > STEPS_MAX || this.#depth >= DEPTH_MAX) return true;
    this.#depth += 1;
    const isValid = Object.entries(value).every(([keyword, said]) => {
      const shape = shapes.get(keyword);
      return shape === undefined || shape(said, this);
    });
    this.#depth -= 1;
    return isValid;
  }
}

const text: Shape = (value) => typeof value === 'string';
const flag: Shape = (value) => typeof value === 'boolean';
const number: Shape = (value) => typeof value === 'number';
const count: Shape = (value) => Number.isInteger(value) && (value as number) >= 0;
const list: Shape = (value) => Array.isArray(value);
const schema: Shape = (value, walk) => walk.schema(value);
const schemas: Shape = (value, walk) =>
  isList(value) && value.length > 0 && value.every((part) => walk.schema(part));
const schemaMap: Shape = (value, walk) =>
  isJsonObject(value) && Object.values(value).every((part) => walk.schema(part));
const names: Shape = (value) =>
  isList(value) &&
  value.every((name) => typeof name === 'string') &&
  new Set(value).size === value.length;

const simpleTypes: ReadonlySet<JsonValue> = new Set([
  'array',
  'boolean',
  'integer',
  'null',
  'number',
  'object',
  'string',
]);
const types: Shape = (value, walk) =>
  isList(value)
    ? value.length > 0 && names(value, walk) && value.every((name) => simpleTypes.has(name))
    : simpleTypes.has(value);

/** What each keyword's value must look like, by the meta-schema of draft 2020-12. */
const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...keywords(text, '$id', '$schema', '$ref', '$anchor', '$dynamicRef', '$dynamicAnchor'),
  ...keywords(text, '$comment', 'title', 'description', 'format', 'pattern'),
  ...keywords(text, 'contentEncoding', 'contentMediaType'),
  ...keywords(flag, 'deprecated', 'readOnly', 'writeOnly', 'uniqueItems'),
  ...keywords(number, 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'),
  ...keywords(count, 'minLength', 'maxLength', 'minItems', 'maxItems'),
  ...keywords(count, 'minProperties', 'maxProperties', 'minContains', 'maxContains'),
  ...keywords(list, 'enum', 'examples'),
  ...keywords(schema, 'items', 'contains', 'not', 'if', 'then', 'else', 'propertyNames'),
  ...keywords(schema, 'additionalProperties', 'unevaluatedItems', 'unevaluatedProperties'),
  ...keywords(schema, 'contentSchema'),
  ...keywords(schemas, 'allOf', 'anyOf', 'oneOf', 'prefixItems'),
  ...keywords(schemaMap, 'properties', 'patternProperties', '$defs', 'definitions'),
  ...keywords(schemaMap, 'dependentSchemas'),
  ['type', types],
  ['required', names],
  ['multipleOf', (value) => typeof value === 'number' && value > 0],
  [
    'dependentRequired',
    (value, walk) => isJsonObject(value) && Object.values(value).every((part) => names(part, walk)),
  ],
]);

function keywords(shape: Shape, ...all: readonly string[]): readonly (readonly [string, Shape])[] {
  return all.map((keyword) => [keyword, shape]);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Whether every keyword of a schema, however deep, has a value that draft 2020-12 allows it. */
export function isValidJsonSchema(root: JsonObject): boolean {
  return new Walk().schema(root);
}

/** The same of a tool's schema: at its top null stands for no `properties` and for no `required`. */
export function isValidToolSchema(root: JsonObject): boolean {
  const stated = Object.entries(root).filter(
    ([keyword, said]) => said !== null || (keyword !== 'properties' && keyword !== 'required'),
  );
  return isValidJsonSchema(Object.fromEntries(stated));
}
