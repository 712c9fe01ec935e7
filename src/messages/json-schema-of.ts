import { assert } from '../std/assert.ts';
import type { JsonObject } from '../std/json.ts';
import type { Field, ObjectSchema, Schema, TaggedSchema } from './schema.ts';

/** Schemas that stand once, under a name, and are referred to. */
export type SchemaNames = ReadonlyMap<Schema, string>;

/** A schema of the house as JSON Schema 2020-12; what has a name stands in `$defs`. */
export function jsonSchemaOf(schema: Schema, names: SchemaNames = new Map()): JsonObject {
  const writer = new SchemaWriter(names);
  const written = writer.write(schema, { isTop: true });
  return writer.definitions.size === 0
    ? written
    : { ...written, $defs: Object.fromEntries(writer.definitions) };
}

interface Place {
  /** What has a name is written out here all the same. */
  readonly isTop?: true;
  /** The variant of a union that it is. */
  readonly tag?: { readonly value: string; readonly isDefault: boolean };
}

class SchemaWriter {
  readonly definitions = new Map<string, JsonObject>();
  readonly #names: SchemaNames;

  constructor(names: SchemaNames) {
    this.#names = names;
  }

  write(schema: Schema, place: Place = {}): JsonObject {
    const name = this.#names.get(schema);
    if (name === undefined || place.isTop === true) return this.#body(schema, place);
    if (!this.definitions.has(name)) {
      // Taken before it is written: it may refer to itself.
      this.definitions.set(name, {});
      this.definitions.set(name, this.#body(schema, place));
    }
    return { $ref: `#/$defs/${name}` };
  }

  #body(schema: Schema, place: Place): JsonObject {
    switch (schema.kind) {
      case 'string':
        return stringSchema(schema);
      case 'number':
        return numberSchema(schema);
      case 'boolean':
        return { type: 'boolean' };
      case 'any-object':
        return { type: 'object' };
      case 'array':
        return {
          type: 'array',
          items: this.write(schema.items),
          ...given({ minItems: schema.lengthMin, maxItems: schema.lengthMax }),
        };
      case 'map':
        return { type: 'object', additionalProperties: this.write(schema.values) };
      case 'object':
        return this.#object(schema, place);
      case 'tagged':
        return this.#union(schema);
      case 'scalar-or': {
        const values = schema.values === undefined ? {} : { enum: schema.values };
        return { anyOf: [{ type: schema.scalar, ...values }, this.write(schema.other)] };
      }
      case 'list-or':
        return { anyOf: [this.write(schema.list), this.write(schema.other)] };
      case 'nullable':
        return { anyOf: [this.write(schema.inner), { type: 'null' }] };
      case 'lazy':
        assert(place.isTop !== true && this.#names.has(schema), 'what holds itself has a name');
        return this.write(schema.schema());
    }
  }

  #object({ fields, isOpen }: ObjectSchema, { tag }: Place): JsonObject {
    const properties: Record<string, JsonObject> = {};
    for (const [name, field] of Object.entries(fields)) properties[name] = this.#field(field);
    const names = Object.keys(fields).filter((name) => fields[name]?.required === true);
    return {
      type: 'object',
      properties: { ...properties, ...tagProperty(tag) },
      required: names.filter((name) => name !== 'type' || tag?.isDefault !== true),
      ...(isOpen ? {} : { additionalProperties: false }),
    };
  }

  #field({ schema, betas }: Field): JsonObject {
    const written = this.write(schema);
    return betas === undefined ? written : { ...written, description: betaText(betas) };
  }

  #union({ variants, defaultTag, betas, isOpen = false }: TaggedSchema): JsonObject {
    const written = Object.entries(variants).map(([value, variant]) => {
      const isDefault = value === defaultTag;
      const one = this.write(variant, { tag: { value, isDefault } });
      const needed = betas?.[value];
      return needed === undefined ? one : { ...one, description: betaText(needed) };
    });
    // Where unknown tags pass, one that is known passes twice.
    return isOpen ? { anyOf: [...written, { type: 'object' }] } : { oneOf: written };
  }
}

function tagProperty(tag: Place['tag']): JsonObject {
  if (tag === undefined) return {};
  return { type: tag.isDefault ? { enum: [tag.value, null] } : { const: tag.value } };
}

function betaText(betas: readonly string[]): string {
  const names = betas.map((name) => `\`${name}\``).join(' or ');
  return `Needs the header \`anthropic-beta\` with ${names}.`;
}

function stringSchema(schema: Extract<Schema, { readonly kind: 'string' }>): JsonObject {
  const { lengthMin, lengthMax, pattern, values, unlisted = [] } = schema;
  return {
    type: 'string',
    ...given({ minLength: lengthMin, maxLength: lengthMax }),
    ...(pattern === undefined ? {} : { pattern: pattern.source }),
    ...(values === undefined ? {} : { enum: [...values, ...unlisted] }),
  };
}

function numberSchema(schema: Extract<Schema, { readonly kind: 'number' }>): JsonObject {
  const { integer, min, max, above } = schema;
  return {
    type: integer ? 'integer' : 'number',
    ...given({ minimum: min, maximum: max, exclusiveMinimum: above }),
  };
}

function given(bounds: Readonly<Record<string, number | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(bounds).filter((bound): bound is [string, number] => bound[1] !== undefined),
  );
}
