import { assert } from '../../std/assert.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';

/** The first thing that is wrong with a value. */
export interface SchemaIssue {
  /** A JSON pointer without its first slash: `messages/0/role`; empty for the value itself. */
  readonly place: string;
  readonly text: string;
}

/**
 * Checks a value against a JSON Schema (2020-12): the keywords that the published schemas of models
 * use, and no others, so that what is published is what is enforced. Members are looked at in the
 * schema's order, and the first issue is the one that is told.
 */
export function checkJsonSchema(schema: JsonValue, value: JsonValue): SchemaIssue | undefined {
  return check(schema, value, '');
}

type Verdict = SchemaIssue | undefined;
/** One keyword of a schema against a value. It says nothing of values that it is not about. */
type Rule = (given: JsonValue, value: JsonValue, at: At) => Verdict;

interface At {
  readonly place: string;
  /** The schema that the keyword stands in: some mean something only together. */
  readonly schema: JsonObject;
}

/** In the order in which they are looked at: what a value is comes before what it holds. */
const rules: Readonly<Record<string, Rule>> = {
  type: (given, value, { place }) =>
    typesOf(given).some((type) => isOfType(value, type))
      ? undefined
      : { place, text: `expected ${typesOf(given).map(named).join(' or ')}` },
  const: (given, value, { place }) =>
    same(given, value) ? undefined : { place, text: `expected ${JSON.stringify(given)}` },
  enum: (given, value, { place }) =>
    listOf(given).some((one) => same(one, value))
      ? undefined
      : {
          place,
          text: `expected one of ${listOf(given)
            .map((one) => JSON.stringify(one))
            .join(', ')}`,
        },
  anyOf: (given, value, { place }) => checkAnyOf(listOf(given), value, place),
  minimum: (given, value, { place }) =>
    isBelow(value, given, false)
      ? { place, text: `expected at least ${JSON.stringify(given)}` }
      : undefined,
  exclusiveMinimum: (given, value, { place }) =>
    isBelow(value, given, true)
      ? { place, text: `expected more than ${JSON.stringify(given)}` }
      : undefined,
  maximum: (given, value, { place }) =>
    isBelow(given, value, false)
      ? { place, text: `expected at most ${JSON.stringify(given)}` }
      : undefined,
  required: (given, value, { place }) => {
    if (!isJsonObject(value)) return undefined;
    const missing = textsIn(given).find((name) => !Object.hasOwn(value, name));
    return missing === undefined ? undefined : { place: within(place, missing), text: 'required' };
  },
  properties: (given, value, { place }) => {
    if (!isJsonObject(value) || !isJsonObject(given)) return undefined;
    return firstOf(Object.entries(given), ([name, schema]) =>
      Object.hasOwn(value, name)
        ? check(schema, value[name] ?? null, within(place, name))
        : undefined,
    );
  },
  additionalProperties: (given, value, { place, schema }) => {
    if (!isJsonObject(value)) return undefined;
    const known = isJsonObject(schema['properties']) ? schema['properties'] : {};
    const others = Object.entries(value).filter(([name]) => !Object.hasOwn(known, name));
    return firstOf(others, ([name, member]) => check(given, member, within(place, name)));
  },
  propertyNames: (given, value, { place }) =>
    isJsonObject(value)
      ? firstOf(Object.keys(value), (name) => check(given, name, within(place, name)))
      : undefined,
  items: (given, value, { place }) =>
    Array.isArray(value)
      ? firstOf([...(value as readonly JsonValue[]).entries()], ([index, item]) =>
          check(given, item, within(place, String(index))),
        )
      : undefined,
};

/** Keywords that say something about the schema, not about values. */
const annotations: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'default']);

function check(schema: JsonValue, value: JsonValue, place: string): Verdict {
  if (schema === false) return { place, text: 'not expected here' };
  if (schema === true) return undefined;
  assert(isJsonObject(schema), 'a schema is an object or a boolean');
  const unknown = Object.keys(schema).find(
    (keyword) => !Object.hasOwn(rules, keyword) && !annotations.has(keyword),
  );
  assert(unknown === undefined, `the keyword ${String(unknown)} is not enforced`);
  return firstOf(Object.entries(rules), ([keyword, rule]) => {
    const given = schema[keyword];
    return given === undefined ? undefined : rule(given, value, { place, schema });
  });
}

/** Of several schemas one has to fit; what is wrong is told of the one that is for such values. */
function checkAnyOf(schemas: readonly JsonValue[], value: JsonValue, place: string): Verdict {
  const issues = schemas.map((schema) => check(schema, value, place));
  if (issues.includes(undefined)) return undefined;
  const meant = schemas.findIndex(
    (schema) =>
      isJsonObject(schema) && typesOf(schema['type']).some((type) => isOfType(value, type)),
  );
  if (meant >= 0) return issues[meant];
  const types = schemas.flatMap((schema) => (isJsonObject(schema) ? typesOf(schema['type']) : []));
  return { place, text: `expected ${types.map(named).join(' or ')}` };
}

function isOfType(value: JsonValue, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

const articles: Readonly<Record<string, string>> = { array: 'an', object: 'an', integer: 'an' };

function named(name: string): string {
  return name === 'null' ? name : `${articles[name] ?? 'a'} ${name}`;
}

function isBelow(lower: JsonValue, upper: JsonValue, orEqual: boolean): boolean {
  if (typeof lower !== 'number' || typeof upper !== 'number') return false;
  return orEqual ? lower <= upper : lower < upper;
}

/** Of what the published schemas compare with, nothing is larger than a scalar. */
function same(left: JsonValue, right: JsonValue): boolean {
  return left === right;
}

function typesOf(given: JsonValue | undefined): readonly string[] {
  if (given === undefined) return [];
  return typeof given === 'string' ? [given] : textsIn(given);
}

function textsIn(given: JsonValue): readonly string[] {
  return listOf(given).filter((item) => typeof item === 'string');
}

function listOf(given: JsonValue): readonly JsonValue[] {
  assert(Array.isArray(given), 'the keyword takes a list');
  return given as readonly JsonValue[];
}

function firstOf<Item>(items: readonly Item[], look: (item: Item) => Verdict): Verdict {
  for (const item of items) {
    const issue = look(item);
    if (issue !== undefined) return issue;
  }
  return undefined;
}

function within(place: string, key: string): string {
  const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
  return place === '' ? escaped : `${place}/${escaped}`;
}
