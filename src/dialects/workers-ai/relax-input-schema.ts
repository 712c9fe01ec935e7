import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';

/**
 * The schema that `workers_ai.content: relaxed` holds requests to: the published one, but for two
 * places. Blocks of content may have any members, and `system` may be a list of blocks. All else,
 * what a message may have besides its role and content too, stays as published.
 */
export function relaxInputSchema(published: JsonObject): JsonObject {
  const known = relaxed.get(published);
  if (known !== undefined) return known;
  const opened = changeAt(published, contentItems, (items) => ({
    ...items,
    additionalProperties: {},
  }));
  const schema = changeAt(opened, ['properties', 'system'], (system) => ({
    anyOf: [system, { type: 'array', items: { type: 'object' } }],
  }));
  relaxed.set(published, schema);
  return schema;
}

/** Made once for each published schema, of which there is one a model. */
const relaxed = new WeakMap<JsonObject, JsonObject>();

const contentItems = 'properties/messages/items/properties/content/anyOf/array/items'.split('/');

type Change = (schema: JsonObject) => JsonObject;

/** The schema with another one at a place; where the place is not there, it stays. */
function changeAt(schema: JsonObject, path: readonly string[], change: Change): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return change(schema);
  const inner = schema[key];
  if (key === 'anyOf' && Array.isArray(inner)) {
    const [type = '', ...below] = rest;
    const variants = inner as readonly JsonValue[];
    return {
      ...schema,
      anyOf: variants.map((variant) =>
        isJsonObject(variant) && variant['type'] === type
          ? changeAt(variant, below, change)
          : variant,
      ),
    };
  }
  return isJsonObject(inner) ? { ...schema, [key]: changeAt(inner, rest, change) } : schema;
}
