/**
 * Schemas as data: what a value must look like, for the one checker in `check-schema.ts`.
 * They are our own because the API's way of naming the place of an error (the tag of a union
 * stands in the path, one error at a time) is part of the protocol we serve.
 */
export type Schema =
  | {
      readonly kind: 'string';
      readonly lengthMin?: number;
      readonly lengthMax?: number;
      readonly pattern?: RegExp;
      readonly values?: readonly string[];
      /** Values that are taken and yet not named among those that were expected. */
      readonly unlisted?: readonly string[];
    }
  | {
      readonly kind: 'number';
      readonly integer: boolean;
      readonly min?: number;
      readonly max?: number;
      /** A bound that is not itself allowed. */
      readonly above?: number;
    }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'any-object' }
  | {
      readonly kind: 'array';
      readonly items: Schema;
      readonly lengthMin?: number;
      readonly lengthMax?: number;
    }
  /** An object whose keys are the caller's, and whose values are alike. */
  | { readonly kind: 'map'; readonly values: Schema }
  | ObjectSchema
  | TaggedSchema
  | {
      /** A string or a boolean, or something else: told apart by the JSON type. */
      readonly kind: 'scalar-or';
      readonly scalar: 'string' | 'boolean';
      /** The strings that count as one; any where absent. */
      readonly values?: readonly string[];
      readonly other: Schema;
    }
  /** A list or something else. */
  | { readonly kind: 'list-or'; readonly list: Schema; readonly other: Schema }
  | { readonly kind: 'nullable'; readonly inner: Schema }
  /** For schemas that contain themselves. */
  | { readonly kind: 'lazy'; readonly schema: () => Schema };

export interface ObjectSchema {
  readonly kind: 'object';
  readonly fields: Readonly<Record<string, Field>>;
  /** Whether unknown members pass. The API's requests are closed, its answers open. */
  readonly isOpen: boolean;
}

export interface Field {
  readonly schema: Schema;
  readonly required: boolean;
  /** The betas of which one must be asked for; the field is unknown without. */
  readonly betas?: readonly string[];
}

/** A union told apart by its `type` member. */
export interface TaggedSchema {
  readonly kind: 'tagged';
  readonly variants: Readonly<Record<string, ObjectSchema>>;
  /** The tag that an absent or null `type` stands for. */
  readonly defaultTag?: string;
  /** What stands in an error's path for a tag, where it is not the tag itself. */
  readonly pathTag?: (tag: string, value: Readonly<Record<string, unknown>>) => string;
  /** Tags that exist with one of these betas only. */
  readonly betas?: Readonly<Record<string, readonly string[]>>;
  /** Tags that are taken and yet not named among those that were expected. */
  readonly unlisted?: readonly string[];
  /** Whether unknown tags pass: for answers, where next year's types are welcome. */
  readonly isOpen?: boolean;
}

type FieldsOf<T> = { readonly [Key in keyof T]-?: Field };

/** A closed object with one field for each member of `T`: a new member does not compile without. */
export function closed<T>(fields: FieldsOf<T>): ObjectSchema {
  return { kind: 'object', fields, isOpen: false };
}

export function required(schema: Schema): Field {
  return { schema, required: true };
}

export function optional(schema: Schema): Field {
  return { schema, required: false };
}

/** A field that a beta brings: unknown to who does not ask for one of these. */
export function withBeta(schema: Schema, ...betas: readonly string[]): Field {
  return { schema, required: false, betas };
}

export function nullable(inner: Schema): Schema {
  return { kind: 'nullable', inner };
}

export function string(
  rules: {
    readonly lengthMin?: number;
    readonly lengthMax?: number;
    readonly pattern?: RegExp;
  } = {},
): Schema {
  return { kind: 'string', ...rules };
}

export function oneOf(...values: readonly string[]): Schema {
  return { kind: 'string', values };
}

export function integer(
  rules: { readonly min?: number; readonly max?: number; readonly above?: number } = {},
): Schema {
  return { kind: 'number', integer: true, ...rules };
}

export function number(rules: { readonly min?: number; readonly max?: number } = {}): Schema {
  return { kind: 'number', integer: false, ...rules };
}

export function array(
  items: Schema,
  rules: { readonly lengthMin?: number; readonly lengthMax?: number } = {},
): Schema {
  return { kind: 'array', items, ...rules };
}

/** A string, one of `values` where any are given, or something else. */
export function stringOr(other: Schema, ...values: readonly string[]): Schema {
  return { kind: 'scalar-or', scalar: 'string', other, ...(values.length === 0 ? {} : { values }) };
}

export function booleanOr(other: Schema): Schema {
  return { kind: 'scalar-or', scalar: 'boolean', other };
}

export function map(values: Schema): Schema {
  return { kind: 'map', values };
}

export const boolean: Schema = { kind: 'boolean' };
export const anyObject: Schema = { kind: 'any-object' };
