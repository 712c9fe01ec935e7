import { checkValue, resolved } from './check-value.ts';
import type { JsonObject, JsonValue } from '../format/json-value.ts';
import {
  isJsonObject,
  objectIn,
  objectsIn,
  parseJson,
  textIn,
  textsIn,
} from '../format/json-value.ts';

/** How a parameter is asked for. */
export type FieldKind = 'number' | 'integer' | 'boolean' | 'choice' | 'text' | 'lines' | 'json';

/** A parameter of a form, made from its JSON Schema. */
export interface ParameterField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly description: string;
  readonly isRequired: boolean;
  /** Of a choice. */
  readonly choices: readonly string[];
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** What is in force where nothing is given, as text. */
  readonly fallback: string;
  /** Of JSON: what a value looks like; empty where the schema does not tell. */
  readonly example: string;
  readonly schema: JsonObject;
  /** Whether it is one of those that most people look for. */
  readonly isUsual: boolean;
}

const usual: ReadonlySet<string> = new Set([
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'stop',
  'thinking',
  'reasoning_effort',
  'tool_choice',
]);

/** The parameters of a form, first those that most people look for. */
export function fieldsOf(schema: JsonObject, own: readonly string[]): readonly ParameterField[] {
  const required = textsIn(schema, 'required');
  const fields = Object.entries(objectIn(schema, 'properties')).flatMap(
    ([name, property]): readonly ParameterField[] =>
      own.includes(name) || !isJsonObject(property)
        ? []
        : [fieldOf(name, property, { root: schema, isRequired: required.includes(name) })],
  );
  return fields.toSorted((left, right) => Number(right.isUsual) - Number(left.isUsual));
}

/** Whether a form takes what its schema does not list. */
export function takesOthers(schema: JsonObject): boolean {
  return schema['additionalProperties'] !== false;
}

function fieldOf(
  name: string,
  property: JsonObject,
  { root, isRequired }: { readonly root: JsonObject; readonly isRequired: boolean },
): ParameterField {
  const schema = meant(property, root);
  const { default: fallback } = { ...schema, ...property };
  const above = numberIn(schema, 'exclusiveMinimum');
  const isWhole = schema['type'] === 'integer';
  return {
    name,
    kind: kindOf(schema, root),
    description: textIn(property, 'description') || textIn(schema, 'description'),
    isRequired,
    choices: choicesOf(schema),
    minimum: numberIn(schema, 'minimum') ?? (isWhole && above !== undefined ? above + 1 : above),
    maximum: numberIn(schema, 'maximum'),
    fallback: fallback === undefined ? '' : asText(fallback),
    example: exampleOf(schema, root),
    schema,
    isUsual: usual.has(name),
  };
}

/** Without the variant that is only null: who wants nothing leaves a field empty. */
function meant(property: JsonObject, root: JsonObject): JsonObject {
  const schema = resolved(property, root);
  const variants = variantsOf(schema);
  const [only, second] = variants.filter(({ type }) => type !== 'null');
  if (only === undefined || second !== undefined || variants.length < 2) return schema;
  return meant(only, root);
}

function kindOf(schema: JsonObject, root: JsonObject): FieldKind {
  if (choicesOf(schema).length > 0) return 'choice';
  const { type } = schema;
  if (type === 'number' || type === 'integer' || type === 'boolean') return type;
  if (type === 'string') return 'text';
  if (isTexts(schema)) return 'lines';
  const variants = objectsIn(schema, 'anyOf').map((variant) => meant(variant, root));
  const isTextOrTexts =
    variants.length > 0 && variants.every((one) => one['type'] === 'string' || isTexts(one));
  return isTextOrTexts ? 'lines' : 'json';
}

/** The words that are taken, or the least object of the first kind. */
function exampleOf(schema: JsonObject, root: JsonObject): string {
  const kinds = variantsOf(schema).map((variant) => meant(variant, root));
  const words = kinds.flatMap((kind) => choicesOf(kind));
  if (words.length > 0) return words.join(' | ');
  const [object = schema] = kinds;
  const members = objectIn(object, 'properties');
  const required = textsIn(object, 'required').map((name) => {
    const { const: only, enum: listed, minimum = '…' } = objectIn(members, name);
    const [first] = Array.isArray(listed) ? (listed as readonly JsonValue[]) : [];
    return [name, only ?? first ?? minimum];
  });
  return required.length === 0 ? '' : JSON.stringify(Object.fromEntries(required));
}

function variantsOf(schema: JsonObject): readonly JsonObject[] {
  return [...objectsIn(schema, 'anyOf'), ...objectsIn(schema, 'oneOf')];
}

function isTexts(schema: JsonObject): boolean {
  const items = objectIn(schema, 'items');
  return schema['type'] === 'array' && items['type'] === 'string' && items['enum'] === undefined;
}

function choicesOf({ const: only, enum: listed }: JsonObject): readonly string[] {
  if (only !== undefined) return [asText(only)];
  return Array.isArray(listed) ? listed.map((one: JsonValue) => asText(one)) : [];
}

function numberIn(schema: JsonObject, name: string): number | undefined {
  const value = schema[name];
  return typeof value === 'number' ? value : undefined;
}

function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What somebody entered, or what is wrong with it. Nothing entered is nothing sent. */
export type Entered =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'problem'; readonly text: string };

/** Reads what stands in a field. */
export function readField(field: ParameterField, text: string, root: JsonObject): Entered {
  if (text.trim() === '') {
    return field.isRequired
      ? { kind: 'problem', text: 'This has to be given.' }
      : { kind: 'nothing' };
  }
  const value = valueOf(field, text);
  if (value === undefined) {
    return {
      kind: 'problem',
      text: field.kind === 'json' ? 'This is no JSON.' : 'This is no number.',
    };
  }
  const wrong = checkValue(value, field.schema, { root, name: field.name, depth: 0 });
  return wrong === undefined ? { kind: 'value', value } : { kind: 'problem', text: wrong };
}

function valueOf({ kind, choices, schema }: ParameterField, text: string): JsonValue | undefined {
  switch (kind) {
    case 'number':
    case 'integer': {
      const value = Number(text.trim());
      return Number.isFinite(value) ? value : undefined;
    }
    case 'boolean':
      return text === 'true';
    case 'choice': {
      const listed = Array.isArray(schema['enum']) ? schema['enum'] : [schema['const']];
      return listed[choices.indexOf(text)] as JsonValue | undefined;
    }
    case 'text':
      return text;
    case 'lines':
      return text.split('\n').filter((line) => line.trim() !== '');
    case 'json': {
      // A word among the values needs no quotes.
      const takesWords = variantsOf(schema).some(({ type }) => type === 'string');
      return parseJson(text) ?? (takesWords ? text.trim() : undefined);
    }
  }
}
