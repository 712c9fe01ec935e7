import { unreachable } from '../std/assert.ts';
import type { Field, ObjectSchema, Schema, TaggedSchema } from './schema.ts';

/** The first thing wrong with a value, where and in the API's words (API reference §4.2). */
export interface SchemaIssue {
  /** Keys and indices joined with dots, the tag of a union after the key whose value it is. */
  readonly path: string;
  readonly text: string;
}

/** What is said for each rule: every wording stands here once. */
const wording = {
  required: 'Field required',
  extra: 'Extra inputs are not permitted',
  object: 'Input should be an object',
  /** Seen for an item of `messages` that is no object. */
  shape: 'Input does not match the expected shape.',
  string: 'Input should be a valid string',
  integer: 'Input should be a valid integer',
  number: 'Input should be a valid number',
  boolean: 'Input should be a valid boolean',
  list: 'Input should be a valid list',
  atLeast: (min: number): string => `Input should be greater than or equal to ${String(min)}`,
  above: (bound: number): string => `Input should be greater than ${String(bound)}`,
  atMost: (max: number): string => `Input should be less than or equal to ${String(max)}`,
  longer: (min: number): string =>
    `String should have at least ${String(min)} character${min === 1 ? '' : 's'}`,
  shorter: (max: number): string => `String should have at most ${String(max)} characters`,
  fewer: (max: number): string => `List should have at most ${String(max)} items`,
  more: (min: number): string =>
    `List should have at least ${String(min)} item${min === 1 ? '' : 's'}`,
  pattern: (pattern: RegExp): string => `String should match pattern '${pattern.source}'`,
  oneOf: (values: readonly string[]): string => `Input should be ${listOf(values)}`,
  tag: (tag: string, expected: readonly string[]): string =>
    `Input tag '${tag}' found using 'type' does not match any of the expected tags: ${expected
      .map((name) => `'${name}'`)
      .join(', ')}`,
  untagged: "Unable to extract tag using discriminator 'type'",
} as const;

/** Checks a value and stops at the first issue, as the API does. Betas open fields and tags. */
export function checkSchema(
  schema: Schema,
  value: unknown,
  betas: ReadonlySet<string> = new Set(),
): SchemaIssue | undefined {
  return check(schema, value, { path: '', betas });
}

interface Place {
  readonly path: string;
  readonly betas: ReadonlySet<string>;
}

type Verdict = SchemaIssue | undefined;

function check(schema: Schema, value: unknown, place: Place): Verdict {
  const { path } = place;
  switch (schema.kind) {
    case 'any-object':
      return isRecord(value) ? undefined : { path, text: wording.object };
    case 'boolean':
      return typeof value === 'boolean' ? undefined : { path, text: wording.boolean };
    case 'string':
      return checkString(schema, value, path);
    case 'number':
      return checkNumber(schema, value, path);
    case 'nullable':
      return value === null ? undefined : check(schema.inner, value, place);
    case 'list-or':
      return check(Array.isArray(value) ? schema.list : schema.other, value, place);
    case 'scalar-or':
      return checkScalarOr(schema, value, place);
    case 'lazy':
      return check(schema.schema(), value, place);
    case 'array':
      return checkArray(schema, value, place);
    case 'map':
      return checkMap(schema, value, place);
    case 'object':
      return isRecord(value) ? checkObject(schema, value, place) : { path, text: wording.object };
    case 'tagged':
      return checkTagged(schema, value, place);
    default:
      return unreachable(schema);
  }
}

type Of<Kind extends Schema['kind']> = Extract<Schema, { kind: Kind }>;

function checkString(schema: Of<'string'>, value: unknown, path: string): Verdict {
  if (schema.values !== undefined) {
    const taken = [...schema.values, ...(schema.unlisted ?? [])];
    return typeof value === 'string' && taken.includes(value)
      ? undefined
      : { path, text: wording.oneOf(schema.values) };
  }
  if (typeof value !== 'string') return { path, text: wording.string };
  const { lengthMin, lengthMax, pattern } = schema;
  if (lengthMin !== undefined && value.length < lengthMin) {
    return { path, text: wording.longer(lengthMin) };
  }
  if (lengthMax !== undefined && value.length > lengthMax) {
    return { path, text: wording.shorter(lengthMax) };
  }
  if (pattern !== undefined && !pattern.test(value)) {
    return { path, text: wording.pattern(pattern) };
  }
  return undefined;
}

function checkNumber(schema: Of<'number'>, value: unknown, path: string): Verdict {
  if (schema.integer && !Number.isInteger(value)) return { path, text: wording.integer };
  if (typeof value !== 'number') return { path, text: wording.number };
  const { min, max, above } = schema;
  if (above !== undefined && value <= above) return { path, text: wording.above(above) };
  if (min !== undefined && value < min) return { path, text: wording.atLeast(min) };
  if (max !== undefined && value > max) return { path, text: wording.atMost(max) };
  return undefined;
}

function checkScalarOr(schema: Of<'scalar-or'>, value: unknown, place: Place): Verdict {
  if (typeof value !== schema.scalar) return check(schema.other, value, place);
  const { values } = schema;
  if (values === undefined || values.includes(value as string)) return undefined;
  return { path: place.path, text: wording.oneOf(values) };
}

function checkArray(schema: Of<'array'>, value: unknown, place: Place): Verdict {
  const { path } = place;
  if (!Array.isArray(value)) return { path, text: wording.list };
  const { items, lengthMin, lengthMax } = schema;
  if (lengthMin !== undefined && value.length < lengthMin) {
    return { path, text: wording.more(lengthMin) };
  }
  if (lengthMax !== undefined && value.length > lengthMax) {
    return { path, text: wording.fewer(lengthMax) };
  }
  for (const [index, item] of value.entries()) {
    const at = within(place, String(index));
    if (items.kind === 'object' && !isRecord(item)) return { path: at.path, text: wording.shape };
    const issue = check(items, item, at);
    if (issue !== undefined) return issue;
  }
  return undefined;
}

function checkMap(schema: Of<'map'>, value: unknown, place: Place): Verdict {
  if (!isRecord(value)) return { path: place.path, text: wording.object };
  for (const [key, member] of Object.entries(value)) {
    const issue = check(schema.values, member, within(place, key));
    if (issue !== undefined) return issue;
  }
  return undefined;
}

function checkObject(
  schema: ObjectSchema,
  value: Readonly<Record<string, unknown>>,
  place: Place,
): Verdict {
  const { fields, isOpen } = schema;
  for (const [key, field] of Object.entries(fields)) {
    if (!isThere(field, place)) continue;
    if (!Object.hasOwn(value, key)) {
      if (field.required) return { path: within(place, key).path, text: wording.required };
      continue;
    }
    const issue = check(field.schema, value[key], within(place, key));
    if (issue !== undefined) return issue;
  }
  if (isOpen) return undefined;
  const extra = Object.keys(value).find((key) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    return field === undefined || !isThere(field, place);
  });
  return extra === undefined ? undefined : { path: within(place, extra).path, text: wording.extra };
}

/** A field or a tag of a beta is not there for who does not ask for the beta. */
function isThere({ betas }: Pick<Field, 'betas'>, place: Place): boolean {
  return betas === undefined || betas.some((name) => place.betas.has(name));
}

function checkTagged(schema: TaggedSchema, value: unknown, place: Place): Verdict {
  const { path } = place;
  const { variants, betas = {}, unlisted = [] } = schema;
  if (!isRecord(value)) return { path, text: wording.object };
  const tag = value['type'] ?? schema.defaultTag;
  if (typeof tag !== 'string') return { path, text: wording.untagged };
  const isOpened = (name: string): boolean => {
    const needed = betas[name];
    return needed === undefined || isThere({ betas: needed }, place);
  };
  const isKnown = Object.hasOwn(variants, tag) && isOpened(tag);
  const variant = isKnown ? variants[tag] : undefined;
  if (variant === undefined) {
    if (schema.isOpen === true) return undefined;
    const listed = Object.keys(variants).filter((name) => isOpened(name));
    return {
      path,
      text: wording.tag(
        tag,
        listed.filter((name) => !unlisted.includes(name)),
      ),
    };
  }
  const pathTag = schema.pathTag?.(tag, value) ?? tag;
  return checkObject(variant, value, within(place, pathTag));
}

function within({ path, betas }: Place, key: string): Place {
  return { path: path === '' ? key : `${path}.${key}`, betas };
}

function listOf(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
