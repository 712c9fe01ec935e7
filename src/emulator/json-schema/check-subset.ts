import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { ruleTexts } from '../rules/rule-texts.ts';
import { circularReference } from './circular-reference.ts';
import { unreadablePattern } from './portable-pattern.ts';
import { resolvePointer } from '../../std/resolve-pointer.ts';
import { definitionsIn, listOf, listOrOne, subschemasOf } from './schema-parts.ts';
import { outputFormats } from './string-formats.ts';

/** More schemas than these inside one another are not compiled. */
const SCHEMAS_MAX = 2000;

/** What a grammar cannot be made of, and what counts against the limits of a request. */
export interface SubsetFinding {
  readonly issue: string | undefined;
  /** Properties that may be left out, at any depth. */
  readonly optionalParameters: number;
  /** Properties with a list of types or with `anyOf`. */
  readonly unionParameters: number;
}

/** Keywords that only describe, and those that hold definitions or put schemas together. */
const anywhere: ReadonlySet<string> = new Set([
  'type',
  'enum',
  'const',
  'anyOf',
  'allOf',
  '$ref',
  '$defs',
  'definitions',
  'default',
  'title',
  'description',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$schema',
  '$id',
  '$anchor',
  '$comment',
]);

/** A map, not a record: a type may be called `constructor`, and has nothing then. */
const ofType: ReadonlyMap<JsonValue, ReadonlySet<string>> = new Map([
  ['object', new Set(['properties', 'required', 'additionalProperties'])],
  ['array', new Set(['items', 'minItems'])],
  ['string', new Set(['format', 'pattern'])],
  ['integer', new Set<string>()],
  ['number', new Set<string>()],
  ['boolean', new Set<string>()],
  ['null', new Set<string>()],
]);

/** Combinations that no grammar is made for, whatever the type. */
const unsupportedKinds = ['oneOf', 'not', 'if', 'dependentSchemas', '$dynamicRef'] as const;

/** Checks a schema against the subset that structured outputs support (API reference §8). */
export function checkSubset(schema: JsonObject): SubsetFinding {
  const walk = { optionalParameters: 0, unionParameters: 0 };
  const waiting: JsonValue[] = [schema];
  let seen = 0;
  let issue: string | undefined;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    seen += 1;
    issue = seen > SCHEMAS_MAX ? ruleTexts.schemaTooComplex : schemaIssue(next, schema);
    if (issue !== undefined || !isJsonObject(next)) break;
    countParameters(next, walk);
    // The last in is the first out: members come in the order in which they were written.
    waiting.push(...[...subschemasOf(next), ...definitionsIn(next)].toReversed());
  }
  issue ??= circularIssue(schema);
  return { issue, ...walk };
}

function circularIssue(schema: JsonObject): string | undefined {
  const circle = circularReference(schema);
  return circle === undefined ? undefined : ruleTexts.schemaCircular(circle);
}

/** What is wrong with a schema itself; what is inside it comes later. */
function schemaIssue(schema: JsonValue, root: JsonObject): string | undefined {
  if (!isJsonObject(schema)) return ruleTexts.schemaTypeMissing;
  const kind = unsupportedKinds.find((keyword) => schema[keyword] !== undefined);
  if (kind !== undefined) return ruleTexts.schemaKind(kind);
  const referenced = referenceIssue(schema, root);
  if (referenced !== undefined) return referenced;
  const { type } = schema;
  const isTyped = ['type', 'enum', 'const', 'anyOf', 'allOf', '$ref'].some(
    (keyword) => schema[keyword] !== undefined,
  );
  if (!isTyped) return ruleTexts.schemaTypeMissing;
  const types = type === undefined ? [] : listOrOne(type);
  return (
    objectIssue(schema, types) ??
    keywordIssue(schema, types) ??
    arrayIssue(schema, types) ??
    stringIssue(schema, types) ??
    enumIssue(schema)
  );
}

function referenceIssue(schema: JsonObject, root: JsonObject): string | undefined {
  const { $ref, allOf } = schema;
  if (listOf(allOf).some((part) => isJsonObject(part) && part['$ref'] !== undefined)) {
    return ruleTexts.schemaAllOfReference;
  }
  if (typeof $ref !== 'string') return undefined;
  if (!$ref.startsWith('#')) return ruleTexts.schemaExternalReference($ref);
  const target = resolvePointer(root, $ref);
  return target === undefined ? ruleTexts.schemaReferenceUnknown($ref) : undefined;
}

function objectIssue(schema: JsonObject, types: readonly JsonValue[]): string | undefined {
  if (!types.includes('object')) return undefined;
  const { additionalProperties: additional } = schema;
  if (additional === undefined) return ruleTexts.schemaOpenObject;
  if (additional === false) return undefined;
  return ruleTexts.schemaAdditional(isJsonObject(additional) ? 'object' : spelled(additional));
}

/** The API names all unsupported keywords of a schema at once, in alphabetical order. */
function keywordIssue(schema: JsonObject, types: readonly JsonValue[]): string | undefined {
  const allowed = types.map((type) => ofType.get(type));
  if (types.length === 0 || allowed.includes(undefined)) return undefined;
  const unsupported = Object.keys(schema)
    .filter((keyword) => !anywhere.has(keyword) && !allowed.some((own) => own?.has(keyword)))
    .filter((keyword) => keyword !== 'maxItems' || Number(schema['minItems'] ?? 0) <= 1)
    .toSorted();
  return unsupported.length === 0
    ? undefined
    : ruleTexts.schemaProperties(spelled(types[0] ?? null), unsupported);
}

function arrayIssue(schema: JsonObject, types: readonly JsonValue[]): string | undefined {
  const { minItems, maxItems } = schema;
  if (!types.includes('array') || minItems === undefined) return undefined;
  if (minItems === 0 || minItems === 1) return undefined;
  const most = typeof maxItems === 'number' ? String(maxItems) : '∞';
  return ruleTexts.schemaMinItems(`[${JSON.stringify(minItems)}, ${most}]`);
}

function stringIssue(schema: JsonObject, types: readonly JsonValue[]): string | undefined {
  const { format, pattern } = schema;
  if (!types.includes('string')) return undefined;
  if (typeof format === 'string' && !outputFormats.has(format)) {
    return ruleTexts.schemaFormat(format);
  }
  const unreadable = typeof pattern === 'string' ? unreadablePattern(pattern) : undefined;
  return unreadable === undefined ? undefined : ruleTexts.schemaPattern(unreadable);
}

/** Values are held against the declared type, and a list of types matches none. */
function enumIssue(schema: JsonObject): string | undefined {
  const { type } = schema;
  const values = listOf(schema['enum']);
  if (values.some((value) => typeof value === 'object' && value !== null)) {
    return ruleTexts.schemaEnumComplex;
  }
  if (type === undefined) return undefined;
  const stray = values.find((value) => !isOfDeclaredType(value, type));
  if (stray === undefined) return undefined;
  const declared = listOf(type).map((name) => `'${spelled(name)}'`);
  return ruleTexts.schemaEnumType(
    spelled(stray),
    Array.isArray(type) ? `[${declared.join(', ')}]` : spelled(type),
  );
}

/** A text as it is, anything else as JSON. */
function spelled(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isOfDeclaredType(value: JsonValue, type: JsonValue): boolean {
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function countParameters(
  schema: JsonObject,
  count: { optionalParameters: number; unionParameters: number },
): void {
  const { properties } = schema;
  if (!isJsonObject(properties)) return;
  const required = new Set(listOf(schema['required']));
  for (const [key, property] of Object.entries(properties)) {
    if (!required.has(key)) count.optionalParameters += 1;
    if (!isJsonObject(property)) continue;
    if (Array.isArray(property['type']) || property['anyOf'] !== undefined) {
      count.unionParameters += 1;
    }
  }
}
