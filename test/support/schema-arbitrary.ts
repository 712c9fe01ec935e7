import fastCheck from 'fast-check';
import { isJsonObject } from '../../src/std/json.ts';
import type { JsonObject, JsonValue } from '../../src/std/json.ts';

type Arbitrary = fastCheck.Arbitrary<unknown>;

/** How many members that may be left out an object has at most: more of them seldom go together. */
const OPTIONAL_MEMBERS_MAX = 2;
const ITEMS_MORE = 1;
const NUMBERS_SPAN = 50;

const textLetters = 'abcdefghijklmnopqrstuvwxyz ABCÄ漢😀_-.1';

/**
 * Values that a schema of the API's description allows: what must be there, and now and then a
 * little of the rest. `instead` has other values for schemas by name.
 */
export class SchemaArbitrary {
  readonly #schemas: JsonObject;
  readonly #instead: Readonly<Record<string, Arbitrary>>;
  readonly #named = new Map<string, Arbitrary>();

  constructor(schemas: JsonObject, instead: Readonly<Record<string, Arbitrary>> = {}) {
    this.#schemas = schemas;
    this.#instead = instead;
  }

  named(name: string): Arbitrary {
    const known = this.#named.get(name) ?? this.#instead[name];
    if (known !== undefined) return known;
    const made = this.#of(this.#schemas[name] ?? true);
    this.#named.set(name, made);
    return made;
  }

  #of(schema: JsonValue): Arbitrary {
    if (!isJsonObject(schema)) return fastCheck.jsonValue({ maxDepth: 1 });
    const { $ref, type } = schema;
    if (typeof $ref === 'string') return this.named($ref.split('/').at(-1) ?? '');
    if (schema['const'] !== undefined) return fastCheck.constant(schema['const']);
    const choices = (schema['oneOf'] ?? schema['anyOf']) as readonly JsonValue[] | undefined;
    if (choices !== undefined) return fastCheck.oneof(...choices.map((part) => this.#of(part)));
    const listed = schema['enum'] as readonly JsonValue[] | undefined;
    if (listed !== undefined) return fastCheck.constantFrom(...listed);
    if (type === 'object') return this.#object(schema);
    if (type === 'array') return this.#array(schema);
    return scalar(schema);
  }

  #array({ items = true, minItems }: JsonObject): Arbitrary {
    const minLength = typeof minItems === 'number' ? minItems : 0;
    return fastCheck.array(this.#of(items), { minLength, maxLength: minLength + ITEMS_MORE });
  }

  #object({ properties, required, additionalProperties }: JsonObject): Arbitrary {
    if (!isJsonObject(properties)) {
      const values = this.#of(additionalProperties ?? true);
      return fastCheck.dictionary(fastCheck.stringMatching(/^[a-z_]{1,8}$/), values, {
        maxKeys: 2,
      });
    }
    const needed = (required ?? []) as readonly string[];
    const members = new Map(
      Object.entries(properties).map(([key, schema]) => [key, this.#of(schema)]),
    );
    const others = [...members.keys()].filter((key) => !needed.includes(key));
    const drawn = fastCheck.subarray(others, {
      maxLength: Math.min(others.length, OPTIONAL_MEMBERS_MAX),
    });
    return drawn.chain((extra) =>
      fastCheck.record(
        Object.fromEntries(
          [...needed, ...extra].map((key) => [key, members.get(key) ?? fastCheck.constant(null)]),
        ),
      ),
    );
  }
}

function scalar(schema: JsonObject): Arbitrary {
  switch (schema['type']) {
    case 'string':
      return text(schema);
    case 'integer':
      return fastCheck.integer(bounds(schema));
    case 'number':
      return fastCheck.integer(bounds(schema)).chain((whole) => fastCheck.constantFrom(whole));
    case 'boolean':
      return fastCheck.boolean();
    case 'null':
      return fastCheck.constant(null);
    default:
      return fastCheck.jsonValue({ maxDepth: 1 });
  }
}

function text({ pattern, minLength, maxLength }: JsonObject): Arbitrary {
  if (typeof pattern === 'string') return fastCheck.stringMatching(new RegExp(pattern));
  const least = typeof minLength === 'number' ? minLength : 1;
  const most = Math.min(typeof maxLength === 'number' ? maxLength : 12, 12);
  const unit = fastCheck.constantFrom(...Array.from(textLetters));
  return fastCheck.string({ unit, minLength: least, maxLength: most });
}

function bounds({ minimum, maximum, exclusiveMinimum }: JsonObject): { min: number; max: number } {
  const above = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : 0;
  const min = typeof minimum === 'number' ? minimum : above;
  return { min, max: typeof maximum === 'number' ? maximum : min + NUMBERS_SPAN };
}
