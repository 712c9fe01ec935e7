import fc from 'fast-check';
import type { JsonObject } from '../../src/std/json.ts';

const text = { type: 'string' };
const names = fc.constantFrom('a', 'b', '$ref', 'type', '__proto__');

/** What callers send where a JSON Schema is wanted: most of it hangs together, and some of it is none. */
export const looseSchemas: fc.Arbitrary<JsonObject> = fc
  .letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom<unknown>(
        text,
        { type: 'number', minimum: 1 },
        { type: 'string', format: 'iban', maxLength: 5 },
        { $ref: '#/$defs/A' },
        { $ref: '#' },
        { enum: [1, 'a'] },
        true,
        null,
        7,
      ),
      fc.record(
        {
          type: fc.constantFrom('object', 'array', 'string', ['object', 'null'], 5),
          properties: fc.dictionary(names, tie('schema')),
          items: tie('schema'),
          anyOf: fc.array(tie('schema'), { maxLength: 2 }),
          oneOf: fc.array(tie('schema'), { maxLength: 2 }),
          allOf: fc.array(tie('schema'), { maxLength: 2 }),
          $defs: fc.dictionary(fc.constantFrom('A', 'B'), tie('schema')),
          required: fc.constantFrom(['a'], null),
          additionalProperties: fc.constantFrom(true, false, text),
          minItems: fc.nat(3),
          unknown: fc.constantFrom(true, [1], { a: 1 }),
        },
        { requiredKeys: [] },
      ),
    ),
  }))
  .schema.map((schema) => Object(schema) as JsonObject);

/** Schemas that say what generators of schemas make of types: nearly all of them can be held. */
export const typedSchemas: fc.Arbitrary<JsonObject> = fc
  .letrec<{ schema: JsonObject }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<JsonObject>(
        text,
        { type: ['string', 'null'], maxLength: 3 },
        { type: 'integer', minimum: 1, exclusiveMaximum: 9 },
        { type: 'string', format: 'iban', pattern: '^a(?=b)' },
        { enum: ['a', 'b'] },
        { const: null },
        { $ref: '#/$defs/A', description: 'An a.' },
        { allOf: [{ $ref: '#/$defs/A' }], default: 'x' },
      ),
      fc
        .dictionary(names, tie('schema'), { minKeys: 1, maxKeys: 3 })
        .chain((properties) =>
          fc
            .subarray(Object.keys(properties))
            .map((required) => ({ type: 'object', properties, required })),
        ),
      fc
        .record({ items: tie('schema'), minItems: fc.nat(3), uniqueItems: fc.boolean() })
        .map((array) => ({ type: 'array', ...array })),
      fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((oneOf) => ({ oneOf })),
    ),
  }))
  .schema.map((schema) => ({
    ...schema,
    $defs: { A: { type: 'object', properties: { a: { type: 'string', minLength: 1 } } } },
  }));
