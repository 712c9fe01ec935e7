import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject, parseJson } from '../../std/json.ts';
import { isValidJsonSchema } from '../rules/valid-json-schema.ts';
import { listOrOne } from './schema-parts.ts';

/** Texts come from strangers: so much is read of them, what is read again included. */
const LETTERS_READ_MAX = 1_000_000;
const DEPTH_MAX = 32;
/** In one object of a text. */
const VALUES_LOOKED_AT_MAX = 2000;

/**
 * The largest JSON Schema that stands in texts, by its compact length. Clients without structured
 * outputs show one to the model in words, each in other words: so it is known by its form alone.
 */
export function findSchema(texts: readonly string[]): JsonObject | undefined {
  let largest: JsonObject | undefined;
  let letters = 0;
  for (const value of objectsIn(texts)) {
    for (const schema of schemasIn(value)) {
      const { length } = JSON.stringify(schema);
      if (length > letters) [largest, letters] = [schema, length];
    }
  }
  return largest;
}

/** The objects that texts hold as JSON, those inside others left to whoever looks into these. */
function* objectsIn(texts: readonly string[]): Generator<JsonValue> {
  let left = LETTERS_READ_MAX;
  for (const text of texts) {
    const opening = /\{\s*"/g;
    for (let mark = opening.exec(text); mark !== null && left > 0; mark = opening.exec(text)) {
      const { end, isClosed } = followObject(text, mark.index, left);
      left -= end - mark.index;
      const parsed = isClosed ? parseJson(text.slice(mark.index, end)) : undefined;
      opening.lastIndex = parsed?.kind === 'value' ? end : mark.index + 1;
      if (parsed?.kind === 'value') yield parsed.value;
    }
  }
}

interface FollowedObject {
  /** Behind its last bracket, or where it was seen to be none. */
  readonly end: number;
  readonly isClosed: boolean;
}

/** Follows brackets and strings from the one that opens an object to the one that closes it. */
function followObject(text: string, start: number, lettersMax: number): FollowedObject {
  const marks = /["{}[\]]/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const [sign] = mark;
    if (marks.lastIndex - start > lettersMax) break;
    if (sign === '"') {
      const { end, isClosed } = followString(text, marks.lastIndex);
      if (!isClosed) return { end, isClosed };
      marks.lastIndex = end;
      continue;
    }
    depth += sign === '{' || sign === '[' ? 1 : -1;
    if (depth === 0) return { end: marks.lastIndex, isClosed: true };
    if (depth > DEPTH_MAX) return { end: marks.lastIndex, isClosed: false };
  }
  return { end: text.length, isClosed: false };
}

/** A string of JSON has no line end in it, which soon tells it from a quotation mark of prose. */
function followString(text: string, start: number): FollowedObject {
  const marks = /["\\\n]/g;
  marks.lastIndex = start;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const [sign] = mark;
    if (sign === '\\') marks.lastIndex += 1;
    else return { end: marks.lastIndex, isClosed: sign === '"' };
  }
  return { end: text.length, isClosed: false };
}

/** The value itself where it is a schema, else those inside it that are not inside another one. */
function schemasIn(value: JsonValue): readonly JsonObject[] {
  const found: JsonObject[] = [];
  const waiting = [value];
  for (let looked = 0; looked < VALUES_LOOKED_AT_MAX; looked += 1) {
    const next = waiting.pop();
    if (next === undefined) break;
    if (typeof next !== 'object' || next === null) continue;
    if (isJsonObject(next) && looksLikeSchema(next)) found.push(next);
    else for (const inner of Object.values(next)) waiting.push(inner);
  }
  return found;
}

/** Each tells of a schema where it stands beside the type that it is about. */
const ofObjects = ['additionalProperties', 'required', 'minProperties', 'propertyNames'] as const;
const ofArrays = ['items', 'prefixItems'] as const;

/** Whether an object says something that schemas say, and nothing that they cannot. */
function looksLikeSchema(value: JsonObject): boolean {
  const says = (...keywords: readonly string[]): boolean =>
    keywords.some((keyword) => value[keyword] !== undefined);
  const types = listOrOne(value['type'] ?? null);
  const isTelling =
    says('properties', 'patternProperties', '$ref', 'anyOf', 'oneOf', 'allOf') ||
    (types.includes('object') && says(...ofObjects)) ||
    (types.includes('array') && says(...ofArrays));
  return isTelling && isValidJsonSchema(value);
}
