import { unreachable } from '../std/assert.ts';
import type { ObjectSchema, Schema, TaggedSchema } from './schema.ts';

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
  string: 'Input should be a valid string',
  integer: 'Input should be a valid integer',
  number: 'Input should be a valid number',
  boolean: 'Input should be a valid boolean',
  list: 'Input should be a valid list',
  atLeast: (min: number): string => `Input should be greater than or equal to ${String(min)}`,
  atMost: (max: number): string => `Input should be less than or equal to ${String(max)}`,
  longer: (min: number): string =>
    `String should have at least ${String(min)} character${min === 1 ? '' : 's'}`,
  shorter: (max: number): string => `String should have at most ${String(max)} characters`,
  fewer: (max: number): string => `List should have at most ${String(max)} items`,
  pattern: (pattern: RegExp): string => `String should match pattern '${pattern.source}'`,
  oneOf: (values: readonly string[]): string => `Input should be ${listOf(values)}`,
  tag: (tag: string, expected: readonly string[]): string =>
    `Input tag '${tag}' found using 'type' does not match any of the expected tags: ${expected
      .map((name) => `'${name}'`)
      .join(', ')}`,
  untagged: "Unable to extract tag using discriminator 'type'",
} as const;

/** Checks a value and stops at the first issue, as the API does. */
export function checkSchema(schema: Schema, value: unknown, path = ''): SchemaIssue | undefined {
  switch (schema.kind) {
    case 'any':
      return undefined;
    case 'any-object':
      return isRecord(value) ? undefined : { path, text: wording.object };
    case 'boolean':
      return typeof value === 'boolean' ? undefined : { path, text: wording.boolean };
    case 'string':
      return checkString(schema, value, path);
    case 'number':
      return checkNumber(schema, value, path);
    case 'nullable':
      return value === null ? undefined : checkSchema(schema.inner, value, path);
    case 'string-or':
      return typeof value === 'string' ? undefined : checkSchema(schema.other, value, path);
    case 'lazy':
      return checkSchema(schema.schema(), value, path);
    case 'array':
      return checkArray(schema, value, path);
    case 'object':
      return isRecord(value) ? checkObject(schema, value, path) : { path, text: wording.object };
    case 'tagged':
      return checkTagged(schema, value, path);
    default:
      return unreachable(schema);
  }
}

type Of<Kind extends Schema['kind']> = Extract<Schema, { kind: Kind }>;

function checkString(schema: Of<'string'>, value: unknown, path: string): SchemaIssue | undefined {
  if (schema.values !== undefined) {
    const isListed = typeof value === 'string' && schema.values.includes(value);
    return isListed ? undefined : { path, text: wording.oneOf(schema.values) };
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

function checkNumber(schema: Of<'number'>, value: unknown, path: string): SchemaIssue | undefined {
  if (schema.integer && !Number.isInteger(value)) return { path, text: wording.integer };
  if (typeof value !== 'number') return { path, text: wording.number };
  if (schema.min !== undefined && value < schema.min) {
    return { path, text: wording.atLeast(schema.min) };
  }
  if (schema.max !== undefined && value > schema.max) {
    return { path, text: wording.atMost(schema.max) };
  }
  return undefined;
}

function checkArray(schema: Of<'array'>, value: unknown, path: string): SchemaIssue | undefined {
  if (!Array.isArray(value)) return { path, text: wording.list };
  if (schema.lengthMax !== undefined && value.length > schema.lengthMax) {
    return { path, text: wording.fewer(schema.lengthMax) };
  }
  for (const [index, item] of value.entries()) {
    const issue = checkSchema(schema.items, item, join(path, String(index)));
    if (issue !== undefined) return issue;
  }
  return undefined;
}

function checkObject(
  schema: ObjectSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
): SchemaIssue | undefined {
  for (const [key, field] of Object.entries(schema.fields)) {
    if (!Object.hasOwn(value, key)) {
      if (field.required) return { path: join(path, key), text: wording.required };
      continue;
    }
    const issue = checkSchema(field.schema, value[key], join(path, key));
    if (issue !== undefined) return issue;
  }
  if (schema.isOpen) return undefined;
  const extra = Object.keys(value).find((key) => !Object.hasOwn(schema.fields, key));
  return extra === undefined ? undefined : { path: join(path, extra), text: wording.extra };
}

function checkTagged(schema: TaggedSchema, value: unknown, path: string): SchemaIssue | undefined {
  if (!isRecord(value)) return { path, text: wording.object };
  const tag = value['type'] ?? schema.defaultTag;
  if (typeof tag !== 'string') return { path, text: wording.untagged };
  const variant = Object.hasOwn(schema.variants, tag) ? schema.variants[tag] : undefined;
  if (variant === undefined) {
    if (schema.isOpen === true) return undefined;
    return { path, text: wording.tag(tag, Object.keys(schema.variants)) };
  }
  const pathTag = schema.pathTag?.(tag, value) ?? tag;
  return checkObject(variant, value, join(path, pathTag));
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function listOf(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
