import { shownPlace } from '../ai-gateway-form/shown-place.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/** A condition over what a request says; Workers reference §3.8. */
export type RouteCondition =
  | { readonly kind: 'all' | 'any' | 'none'; readonly of: readonly RouteCondition[] }
  | {
      readonly kind: 'compare';
      readonly path: string;
      readonly operator: ComparisonOperator;
      readonly value: JsonValue;
    };

export type ComparisonOperator =
  | 'eq'
  | 'ne'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'in'
  | 'nin'
  | 'exists';

/** What a request says at a path; undefined where it says nothing. */
export type FactAt = (path: string) => JsonValue | undefined;

type Comparison = (said: JsonValue | undefined, value: JsonValue) => boolean;

/** Only numbers with numbers and texts with texts have an order. */
function ordered(holds: (difference: number) => boolean): Comparison {
  return (said, value) => {
    if (typeof said === 'number' && typeof value === 'number') return holds(said - value);
    if (typeof said !== 'string' || typeof value !== 'string' || said === value) {
      return said === value && typeof said === 'string' && holds(0);
    }
    return holds(said < value ? -1 : 1);
  };
}

/** What is not said is as good as null. */
const isSame: Comparison = (said, value) => (said ?? null) === value;
const isAmong: Comparison = (said, value) => Array.isArray(value) && value.includes(said ?? null);

const comparisons: Readonly<Record<ComparisonOperator, Comparison>> = {
  eq: isSame,
  ne: (said, value) => !isSame(said, value),
  gt: ordered((difference) => difference > 0),
  gte: ordered((difference) => difference >= 0),
  lt: ordered((difference) => difference < 0),
  lte: ordered((difference) => difference <= 0),
  in: isAmong,
  nin: (said, value) => !isAmong(said, value),
  exists: (said, value) => (said !== undefined) === value,
};

/** Whether a condition holds. */
export function holds(condition: RouteCondition, factAt: FactAt): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((part) => holds(part, factAt));
    case 'any':
      return condition.of.some((part) => holds(part, factAt));
    case 'none':
      return !condition.of.some((part) => holds(part, factAt));
    case 'compare':
      return comparisons[condition.operator](factAt(condition.path), condition.value);
  }
}

const pathPattern = /^(?:metadata|headers|body)\.[A-Za-z0-9_.-]{1,128}$/;
const DEPTH_MAX = 10;
const lists: Readonly<Record<string, 'all' | 'any' | 'none'>> = {
  $and: 'all',
  $or: 'any',
  $nor: 'none',
};

/** Reads a condition in the operators of a query, like `{"metadata.plan": {"$eq": "pro"}}`. */
export function readRouteCondition(
  given: JsonValue | undefined,
  place: string,
  depth = 0,
): RouteCondition | Refusal {
  if (depth > DEPTH_MAX) return invalidAt(place, `at most ${String(DEPTH_MAX)} levels`);
  if (!isJsonObject(given) || Object.keys(given).length === 0) {
    return invalidAt(place, 'expected an object of conditions');
  }
  const parts = Object.entries(given).map(([name, value]) =>
    readMember(name, value, { place: `${place}/${name}`, depth }),
  );
  return joined('all', parts);
}

interface Place {
  readonly place: string;
  readonly depth: number;
}

function readMember(name: string, value: JsonValue, at: Place): RouteCondition | Refusal {
  const kind = Object.hasOwn(lists, name) ? lists[name] : undefined;
  if (kind !== undefined) {
    if (!Array.isArray(value) || value.length === 0) return invalidAt(at.place, 'expected a list');
    const items: readonly JsonValue[] = value;
    const parts = items.map((part, index) =>
      readRouteCondition(part, `${at.place}/${String(index)}`, at.depth + 1),
    );
    return joined(kind, parts);
  }
  if (name === '$not') return negated(readRouteCondition(value, at.place, at.depth + 1));
  if (name.startsWith('$')) return invalidAt(at.place, 'no such operator');
  if (!pathPattern.test(name)) {
    return invalidAt(at.place, 'expected a name below metadata, headers or body');
  }
  return isJsonObject(value)
    ? readComparisons(name, value, at)
    : readComparison(name, '$eq', { ...at, value });
}

function readComparisons(path: string, given: JsonObject, at: Place): RouteCondition | Refusal {
  const entries = Object.entries(given);
  if (entries.length === 0) return invalidAt(at.place, 'expected an operator');
  if (at.depth > DEPTH_MAX) return invalidAt(at.place, `at most ${String(DEPTH_MAX)} levels`);
  const parts = entries.map(([operator, value]) => {
    const place = `${at.place}/${operator}`;
    if (operator !== '$not') return readComparison(path, operator, { place, value });
    return isJsonObject(value)
      ? negated(readComparisons(path, value, { place, depth: at.depth + 1 }))
      : invalidAt(place, 'expected an operator');
  });
  return joined('all', parts);
}

function readComparison(
  path: string,
  name: string,
  { place, value }: { readonly place: string; readonly value: JsonValue },
): RouteCondition | Refusal {
  const operator = name.slice(1);
  if (!name.startsWith('$') || !isOperator(operator)) return invalidAt(place, 'no such operator');
  const expected = expectedOf(operator);
  if (!expected.fits(value)) return invalidAt(place, `expected ${expected.text}`);
  return { kind: 'compare', path, operator, value };
}

function isOperator(name: string): name is ComparisonOperator {
  return Object.hasOwn(comparisons, name);
}

interface Expected {
  readonly text: string;
  readonly fits: (value: JsonValue) => boolean;
}

const isScalar = (value: JsonValue): boolean => typeof value !== 'object' || value === null;

function expectedOf(operator: ComparisonOperator): Expected {
  if (operator === 'exists') {
    return { text: 'true or false', fits: (value) => typeof value === 'boolean' };
  }
  if (operator === 'in' || operator === 'nin') {
    const text = 'a list of texts, numbers and booleans';
    return { text, fits: (value) => Array.isArray(value) && value.every(isScalar) };
  }
  return { text: 'a text, a number or a boolean', fits: isScalar };
}

function joined(
  kind: 'all' | 'any' | 'none',
  parts: readonly (RouteCondition | Refusal)[],
): RouteCondition | Refusal {
  const of: RouteCondition[] = [];
  for (const part of parts) {
    if (isRefusal(part)) return part;
    of.push(part);
  }
  return { kind, of };
}

function negated(condition: RouteCondition | Refusal): RouteCondition | Refusal {
  return isRefusal(condition) ? condition : { kind: 'none', of: [condition] };
}

/** A 400 about one place of what was sent. */
export function invalidAt(place: string, text: string): Refusal {
  const shown = shownPlace(place);
  return refusal('invalid_request', `Invalid value at ${shown}: ${text}`, { param: shown });
}
