import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import type { ScalarDraw } from './generate-scalar.ts';
import { describedBounds } from './described-bounds.ts';
import { generateNumber, generateString } from './generate-scalar.ts';
import { equalJson, isSmallJson, ownMember } from './json-bounds.ts';
import { mergeSchemas } from './merge-schemas.ts';
import { parsePattern } from './parse-pattern.ts';
import { resolvePointer } from '../../std/resolve-pointer.ts';
import { samplePattern } from './sample-pattern.ts';
import { satisfiesSchema } from './satisfies-schema.ts';
import { costOf, impliedType, inOrder, listOf, memberSchema, numberOf } from './schema-parts.ts';

/** Schemas come from strangers: these bound what one of them can cost, and how long a value gets. */
const NODES_MAX = 1500;
const FLATTENINGS_MAX = 4000;
/** So many properties cost as much as one schema. */
const FLATTENED_AT_ONCE = 50;
const DEPTH_MAX = 24;
/** From this depth on only what must be there is there. */
const SPARSE_DEPTH = 4;
const TRIES = 6;
/** What a description asks for beside the schema is kept to as long as it seems to go together. */
const DESCRIBED_TRIES = 3;
const ITEMS_MAX = 100;
const ITEM_TRIES = 30;
const PROPERTIES_LOOKED_AT_MAX = 200;
const OPTIONS_LOOKED_AT_MAX = 64;

export interface GenerateOptions extends ScalarDraw {
  readonly random: DeterministicRandom;
}

/**
 * A value that satisfies a JSON Schema (draft 2020-12 as tools use it), wherever one is found within
 * bounds; a schema that nothing satisfies gets something of about the right shape. Never throws.
 */
export function generateJson(schema: JsonValue, options: GenerateOptions): JsonValue {
  return new Generation(schema, options).value(schema, 0);
}

class Generation {
  readonly #root: JsonValue;
  readonly #draw: GenerateOptions;
  #nodes = 0;
  #flattenings = 0;

  constructor(root: JsonValue, draw: GenerateOptions) {
    this.#root = root;
    this.#draw = draw;
  }

  /** Makes a value, and another one if it does not fit: a branch may have been the wrong one. */
  value(schema: JsonValue, depth: number): JsonValue {
    let candidate: JsonValue = null;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      this.#nodes += 1;
      candidate = this.#attempt(schema, { depth, attempt });
      if (this.#isSpent() || this.#fits(candidate, schema)) break;
    }
    return candidate;
  }

  #isSpent(): boolean {
    return this.#nodes > NODES_MAX || this.#flattenings > FLATTENINGS_MAX;
  }

  #fits(value: JsonValue, schema: JsonValue): boolean {
    return satisfiesSchema(value, schema, this.#root);
  }

  #attempt(schema: JsonValue, place: Place): JsonValue {
    if (place.depth > DEPTH_MAX) return null;
    const flat = this.#flatten(schema, place, 0);
    const given = this.#given(flat);
    if (given !== undefined) return given;
    switch (this.#typeOf(flat, place)) {
      case 'null':
        return null;
      case 'boolean':
        return this.#draw.random.chance(50);
      case 'integer':
        return generateNumber({ ...flat, type: 'integer' }, this.#draw);
      case 'number':
        return generateNumber({ ...flat, type: 'number' }, this.#draw);
      case 'array':
        return this.#array(flat, place.depth);
      case 'object':
        return this.#object(flat, place.depth);
      default:
        return generateString(flat, this.#draw);
    }
  }

  /** The schema with its references followed and one branch of each union chosen. */
  #flatten(schema: JsonValue, place: Place, level: number): JsonObject {
    if (!isJsonObject(schema) || level > DEPTH_MAX || this.#isSpent()) return {};
    const { $ref, allOf, anyOf, oneOf, ...rest } = schema;
    const width = isJsonObject(rest['properties']) ? Object.keys(rest['properties']).length : 0;
    this.#flattenings += 1 + Math.floor(width / FLATTENED_AT_ONCE);
    const isHeard = place.attempt < DESCRIBED_TRIES;
    let flat: JsonObject = isHeard ? { ...describedBounds(rest['description']), ...rest } : rest;
    const parts = listOf(allOf).slice(0, OPTIONS_LOOKED_AT_MAX);
    if ($ref !== undefined) parts.push(resolvePointer(this.#root, $ref) ?? {});
    for (const union of [anyOf, oneOf]) {
      const branch = this.#branch(listOf(union), place);
      if (branch !== undefined) parts.push(branch);
    }
    for (const part of parts) flat = mergeSchemas(flat, this.#flatten(part, place, level + 1));
    return flat;
  }

  /** Deep down the branch that ends soonest, so that recursion ends; elsewhere any, each try another. */
  #branch(branches: readonly JsonValue[], place: Place): JsonValue | undefined {
    if (place.depth > SPARSE_DEPTH) {
      const costs = branches.slice(0, OPTIONS_LOOKED_AT_MAX).map((branch) => costOf(branch));
      const order = costs.map((_, index) => index);
      order.sort((left, right) => (costs[left] ?? 0) - (costs[right] ?? 0));
      return branches[order[place.attempt % Math.max(1, order.length)] ?? 0];
    }
    const start = this.#draw.random.below(Math.max(1, branches.length));
    return branches[(start + place.attempt) % Math.max(1, branches.length)];
  }

  /** A value that the schema itself brings and that fits. */
  #given(flat: JsonObject): JsonValue | undefined {
    if (flat['const'] !== undefined) return isSmallJson(flat['const']) ? flat['const'] : null;
    const options = listOf(flat['enum']);
    const start = this.#draw.random.below(Math.max(1, options.length));
    for (let step = 0; step < Math.min(options.length, OPTIONS_LOOKED_AT_MAX); step += 1) {
      const option = options[(start + step) % options.length];
      if (option !== undefined && this.#isGood(option, flat)) return option;
    }
    const suggested = [
      flat['default'],
      ...listOf(flat['examples']).slice(0, OPTIONS_LOOKED_AT_MAX),
    ];
    return suggested.find((value) => value !== undefined && this.#isGood(value, flat));
  }

  #isGood(value: JsonValue, flat: JsonObject): boolean {
    return isSmallJson(value) && this.#fits(value, flat);
  }

  #typeOf(flat: JsonObject, place: Place): JsonValue {
    const type = flat['type'];
    if (!Array.isArray(type)) return type ?? impliedType(flat);
    const names = type as readonly JsonValue[];
    if (place.depth > SPARSE_DEPTH && names.includes('null')) return 'null';
    const telling = names.filter((name) => name !== 'null');
    return this.#draw.random.pick(telling) ?? names[0] ?? 'string';
  }

  #array(flat: JsonObject, depth: number): JsonValue {
    const prefix = listOf(flat['prefixItems']);
    const items: JsonValue[] = [];
    const count = this.#itemCount(flat, { prefix: prefix.length, depth });
    for (let index = 0; index < count && !this.#isSpent(); index += 1) {
      const schema = prefix[index] ?? this.#itemSchema(flat, index - prefix.length);
      const item = this.#item({ schema, depth, isUnique: flat['uniqueItems'] === true }, items);
      if (item === undefined) break;
      items.push(item);
    }
    return items;
  }

  /** The first items are those that `contains` asks for. */
  #itemSchema(flat: JsonObject, index: number): JsonValue {
    const { items, contains, minContains } = flat;
    const wanted = typeof minContains === 'number' ? minContains : 1;
    if (contains === undefined || index >= wanted) return items ?? true;
    return items === undefined ? contains : { allOf: [contains, items] };
  }

  #itemCount(flat: JsonObject, at: { prefix: number; depth: number }): number {
    const contained = flat['contains'] === undefined ? 0 : numberOf(flat['minContains'], 1);
    const least = Math.max(
      numberOf(flat['minItems'], 0),
      contained === 0 ? 0 : at.prefix + contained,
    );
    const isClosed = flat['items'] === false;
    const most = Math.min(numberOf(flat['maxItems'], ITEMS_MAX), isClosed ? at.prefix : ITEMS_MAX);
    const isSparse = at.depth >= SPARSE_DEPTH;
    const wished = isSparse ? 0 : Math.max(at.prefix, this.#draw.random.between(1, 3));
    return Math.min(Math.max(0, most), Math.max(least, wished));
  }

  #item(wanted: WantedItem, items: readonly JsonValue[]): JsonValue | undefined {
    const tries = wanted.isUnique ? ITEM_TRIES : 1;
    for (let attempt = 0; attempt < tries && !this.#isSpent(); attempt += 1) {
      const item = this.value(wanted.schema, wanted.depth + 1);
      if (!wanted.isUnique || !items.some((other) => equalJson(other, item))) return item;
    }
    return undefined;
  }

  #object(flat: JsonObject, depth: number): JsonValue {
    const properties = isJsonObject(flat['properties']) ? flat['properties'] : {};
    const required = new Set(listOf(flat['required']).filter((key) => typeof key === 'string'));
    const members = new Map<string, JsonValue>();
    const most = numberOf(flat['maxProperties'], Infinity);
    const keys = new Set([...required, ...this.#optionalKeys(properties, depth)]);
    for (const key of inOrder(keys, properties)) {
      if (this.#isSpent()) break;
      if (!required.has(key) && members.size + required.size >= most) continue;
      this.#addMember(
        members,
        { key, schema: memberSchema(flat, properties, key), depth },
        required,
      );
    }
    this.#addDependents(flat, { members, properties, depth });
    this.#addFillers(flat, { members, properties, depth });
    return Object.fromEntries(members);
  }

  /** A property that may be left out is, where nothing that fits was found. */
  #addMember(
    members: Map<string, JsonValue>,
    wanted: { readonly key: string; readonly schema: JsonValue; readonly depth: number },
    required: ReadonlySet<string>,
  ): void {
    const value = this.value(wanted.schema, wanted.depth + 1);
    if (required.has(wanted.key) || this.#fits(value, wanted.schema)) {
      members.set(wanted.key, value);
    }
  }

  #optionalKeys(properties: JsonObject, depth: number): readonly string[] {
    if (depth >= SPARSE_DEPTH) return [];
    return Object.keys(properties)
      .slice(0, PROPERTIES_LOOKED_AT_MAX)
      .filter(() => this.#draw.random.chance(60));
  }

  #addDependents(flat: JsonObject, made: MadeObject): void {
    const dependents = flat['dependentRequired'];
    if (!isJsonObject(dependents)) return;
    for (const key of made.members.keys()) {
      for (const needed of listOf(ownMember(dependents, key))) {
        if (typeof needed !== 'string' || made.members.has(needed) || this.#isSpent()) continue;
        const schema = memberSchema(flat, made.properties, needed);
        made.members.set(needed, this.value(schema, made.depth + 1));
      }
    }
  }

  /** Reaches `minProperties`, first with properties that are named, then with keys of our own. */
  #addFillers(flat: JsonObject, made: MadeObject): void {
    const least = Math.min(numberOf(flat['minProperties'], 0), ITEMS_MAX);
    const named = Object.keys(made.properties).slice(0, PROPERTIES_LOOKED_AT_MAX);
    for (let step = 0; made.members.size < least && step < least + named.length; step += 1) {
      const key = named[step] ?? this.#fillerKey(flat, step);
      if (made.members.has(key) || this.#isSpent()) continue;
      const wanted = { key, schema: memberSchema(flat, made.properties, key), depth: made.depth };
      this.#addMember(made.members, wanted, new Set());
    }
  }

  #fillerKey(flat: JsonObject, step: number): string {
    const { patternProperties, propertyNames } = flat;
    const pattern = isJsonObject(patternProperties) ? Object.keys(patternProperties)[0] : undefined;
    const parsed = pattern === undefined ? undefined : parsePattern(pattern);
    if (parsed !== undefined) {
      return samplePattern(parsed, { random: this.#draw.random, extraRepeats: step + 1 });
    }
    if (!isJsonObject(propertyNames)) return `property_${String(step + 1)}`;
    const name = this.value({ type: 'string', ...propertyNames }, SPARSE_DEPTH);
    return typeof name === 'string' ? name : `property_${String(step + 1)}`;
  }
}

interface Place {
  readonly depth: number;
  readonly attempt: number;
}

interface WantedItem {
  readonly schema: JsonValue;
  readonly depth: number;
  readonly isUnique: boolean;
}

interface MadeObject {
  readonly members: Map<string, JsonValue>;
  readonly properties: JsonObject;
  readonly depth: number;
}
