import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { canonicalJson, equalJson, ownMember, widthOf } from './json-bounds.ts';
import { matchPattern } from './match-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { resolvePointer } from '../../std/resolve-pointer.ts';
import { listOf, listOrOne, patternEntries } from './schema-parts.ts';
import { matchesFormat } from './string-formats.ts';

/** What cannot be told within these bounds counts as satisfied: nobody's request may hang on it. */
const STEPS_MAX = 20_000;
const DEPTH_MAX = 48;
/** So many items, members or options are gone through in the time of one step. */
const WIDTH_OF_STEP = 50;
/** So many steps of a pattern take the time of one step. */
const PATTERN_STEPS_OF_STEP = 10;

/** What many checks of one request may cost together. */
export class CheckAllowance {
  /** Steps that are left. */
  left = 200_000;
}

/** Whether a value satisfies a JSON Schema (the part of draft 2020-12 that tools use). */
export function satisfiesSchema(value: JsonValue, schema: JsonValue, root: JsonValue): boolean {
  return new Check(root, STEPS_MAX).holds(value, schema);
}

/** The place of the first value that does not satisfy a schema; −1 where all do. */
export function findUnsatisfying(
  values: readonly JsonValue[],
  schema: JsonValue,
  allowance: CheckAllowance,
): number {
  return values.findIndex((value) => {
    const check = new Check(schema, Math.min(STEPS_MAX, allowance.left));
    const isSatisfied = check.holds(value, schema);
    allowance.left -= check.steps;
    return !isSatisfied;
  });
}

interface Checked {
  readonly value: JsonValue;
  /** What the keyword says. */
  readonly said: JsonValue;
  readonly schema: JsonObject;
  readonly check: Check;
}
type Keyword = (checked: Checked) => boolean;

class Check {
  readonly root: JsonValue;
  steps = 0;
  #depth = 0;
  readonly #stepsMax: number;

  constructor(root: JsonValue, stepsMax: number) {
    this.root = root;
    this.#stepsMax = stepsMax;
  }

  holds(value: JsonValue, schema: JsonValue): boolean {
    this.steps += 1;
    if (this.steps > this.#stepsMax || this.#depth > DEPTH_MAX) return true;
    if (typeof schema === 'boolean') return schema;
    if (!isJsonObject(schema)) return true;
    this.#depth += 1;
    const width = widthOf(value);
    const isSatisfied = Object.entries(schema).every(([name, said]) => {
      const keyword = keywords.get(name);
      this.steps += 1 + (width + widthOf(said)) / WIDTH_OF_STEP;
      if (keyword === undefined || this.steps > this.#stepsMax) return true;
      return keyword({ value, said, schema, check: this });
    });
    this.#depth -= 1;
    return isSatisfied;
  }

  /** A pattern that we cannot read is taken to match. */
  matches(pattern: JsonValue, text: string): boolean {
    if (typeof pattern !== 'string' || this.steps > this.#stepsMax) return true;
    this.steps += pattern.length / WIDTH_OF_STEP;
    const parsed = parsePattern(pattern);
    if (parsed === undefined) return true;
    const onCost = (steps: number): void => {
      this.steps += steps / PATTERN_STEPS_OF_STEP;
    };
    return matchPattern(parsed, text, onCost) ?? true;
  }

  isUnique(value: JsonValue): boolean {
    const seen = new Set<JsonValue>();
    return listOf(value).every((item) => {
      if (this.steps > this.#stepsMax) return true;
      const key = typeof item === 'object' ? canonicalJson(item) : item;
      if (typeof item === 'object') this.steps += widthOf(key) / WIDTH_OF_STEP;
      const known = typeof item === 'string' ? `"${item}` : key;
      return seen.size < seen.add(known).size;
    });
  }

  /** How many of the schemas the value satisfies, counting no further than two. */
  countHolding(value: JsonValue, schemas: JsonValue): number {
    let holding = 0;
    for (const schema of listOf(schemas)) {
      if (this.holds(value, schema)) holding += 1;
      if (holding === 2) break;
    }
    return holding;
  }
}

const compare =
  (holds: (value: number, bound: number) => boolean): Keyword =>
  ({ value, said }) =>
    typeof value !== 'number' || typeof said !== 'number' || holds(value, said);
const size =
  (sizeOf: (value: JsonValue) => number | undefined, sign: 1 | -1): Keyword =>
  ({ value, said }) => {
    const found = sizeOf(value);
    return found === undefined || typeof said !== 'number' || sign * (found - said) >= 0;
  };
const lengthOf = (value: JsonValue): number | undefined =>
  typeof value === 'string' ? Array.from(value).length : undefined;
const itemsIn = (value: JsonValue): number | undefined =>
  Array.isArray(value) ? value.length : undefined;
const membersIn = (value: JsonValue): number | undefined =>
  isJsonObject(value) ? Object.keys(value).length : undefined;

const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['type', ({ value, said }) => listOrOne(said).some((name) => isOfType(value, name))],
  ['enum', ({ value, said }) => listOf(said).some((option) => equalJson(value, option))],
  ['const', ({ value, said }) => equalJson(value, said)],
  ['minimum', compare((value, bound) => value >= bound)],
  ['maximum', compare((value, bound) => value <= bound)],
  ['exclusiveMinimum', compare((value, bound) => value > bound)],
  ['exclusiveMaximum', compare((value, bound) => value < bound)],
  ['multipleOf', compare((value, step) => step <= 0 || Number.isInteger(value / step))],
  ['minLength', size(lengthOf, 1)],
  ['maxLength', size(lengthOf, -1)],
  ['pattern', ({ value, said, check }) => typeof value !== 'string' || check.matches(said, value)],
  ['format', ({ value, said }) => typeof value !== 'string' || matchesFormat(said, value)],
  ['minItems', size(itemsIn, 1)],
  ['maxItems', size(itemsIn, -1)],
  ['uniqueItems', ({ value, said, check }) => said !== true || check.isUnique(value)],
  ['prefixItems', holdsPrefix],
  ['items', holdsItems],
  ['contains', holdsContains],
  ['minProperties', size(membersIn, 1)],
  ['maxProperties', size(membersIn, -1)],
  ['required', holdsRequired],
  ['properties', holdsProperties],
  ['patternProperties', holdsPatternProperties],
  ['additionalProperties', holdsAdditional],
  ['propertyNames', holdsNames],
  ['dependentRequired', holdsDependent],
  ['allOf', ({ value, said, check }) => listOf(said).every((part) => check.holds(value, part))],
  ['anyOf', ({ value, said, check }) => check.countHolding(value, said) > 0],
  ['oneOf', ({ value, said, check }) => check.countHolding(value, said) === 1],
  ['not', ({ value, said, check }) => !check.holds(value, said)],
  ['if', holdsCondition],
  ['$ref', holdsReference],
]);

function holdsPrefix({ value, said, check }: Checked): boolean {
  const items = listOf(value);
  return listOf(said).every((part, index) => {
    const item = items[index];
    return item === undefined || check.holds(item, part);
  });
}

function holdsItems({ value, said, schema, check }: Checked): boolean {
  const prefix = listOf(schema['prefixItems']).length;
  return listOf(value)
    .slice(prefix)
    .every((item) => check.holds(item, said));
}

function holdsContains({ value, said, schema, check }: Checked): boolean {
  if (!Array.isArray(value)) return true;
  const count = listOf(value).filter((item) => check.holds(item, said)).length;
  const { minContains, maxContains } = schema;
  if (typeof maxContains === 'number' && count > maxContains) return false;
  return count >= (typeof minContains === 'number' ? minContains : 1);
}

function holdsRequired({ value, said }: Checked): boolean {
  if (!isJsonObject(value)) return true;
  return listOf(said).every((key) => typeof key !== 'string' || Object.hasOwn(value, key));
}

function holdsProperties({ value, said, check }: Checked): boolean {
  if (!isJsonObject(value) || !isJsonObject(said)) return true;
  return Object.entries(value).every(([key, member]) => {
    const schema = ownMember(said, key);
    return schema === undefined || check.holds(member, schema);
  });
}

function holdsPatternProperties({ value, said, check }: Checked): boolean {
  if (!isJsonObject(value)) return true;
  const patterns = patternEntries(said);
  return Object.entries(value).every(([key, member]) =>
    patterns.every(
      ([pattern, schema]) => !check.matches(pattern, key) || check.holds(member, schema),
    ),
  );
}

function holdsAdditional({ value, said, schema, check }: Checked): boolean {
  if (!isJsonObject(value)) return true;
  return Object.entries(value).every(
    ([key, member]) => isNamed(schema, key, check) || check.holds(member, said),
  );
}

/** Whether `properties` or `patternProperties` speaks of a key. */
function isNamed(schema: JsonObject, key: string, check: Check): boolean {
  const { properties, patternProperties } = schema;
  if (isJsonObject(properties) && Object.hasOwn(properties, key)) return true;
  return patternEntries(patternProperties).some(([pattern]) => check.matches(pattern, key));
}

function holdsNames({ value, said, check }: Checked): boolean {
  return !isJsonObject(value) || Object.keys(value).every((key) => check.holds(key, said));
}

function holdsDependent({ value, said }: Checked): boolean {
  if (!isJsonObject(value) || !isJsonObject(said)) return true;
  return Object.entries(said).every(
    ([key, needed]) =>
      !Object.hasOwn(value, key) ||
      listOf(needed).every((name) => typeof name !== 'string' || Object.hasOwn(value, name)),
  );
}

function holdsCondition({ value, said, schema, check }: Checked): boolean {
  const branch = check.holds(value, said) ? schema['then'] : schema['else'];
  return branch === undefined || check.holds(value, branch);
}

function holdsReference({ value, said, check }: Checked): boolean {
  const target = resolvePointer(check.root, said);
  return target === undefined || check.holds(value, target);
}

function isOfType(value: JsonValue, name: JsonValue): boolean {
  switch (name) {
    case 'null':
      return value === null;
    case 'boolean':
    case 'string':
    case 'number':
      return typeof value === name;
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    default:
      // A type that no one has heard of forbids nothing.
      return true;
  }
}
