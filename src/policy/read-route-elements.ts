import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { RouteElement, RouteGraph } from './dynamic-route.ts';
import { invalidAt, readRouteCondition } from './route-condition.ts';

const ELEMENTS_MAX = 100;
/** Workers reference §3.14. */
const SHARES_MAX = 5;
const WINDOW_SECONDS_MAX = 31 * 24 * 60 * 60;
const TIMEOUT_MS_MAX = 24 * 60 * 60 * 1000;
const RETRIES_MAX = 4;
const LIMIT_MAX = 1e9;
const idPattern = /^[A-Za-z0-9_.:-]{1,64}$/;
const namePattern = /^[\x21-\x7e]{1,256}$/;
const keyPattern = /^metadata\.[A-Za-z0-9_.-]{1,128}$/;
const sharePattern = /^(\d{1,3}(?:\.\d{1,6})?)%$/;

/** Reads the elements of a route and holds them to lead somewhere; Workers reference §3.8. */
export function readRouteElements(given: JsonValue | undefined): RouteGraph | Refusal {
  if (!Array.isArray(given) || given.length === 0 || given.length > ELEMENTS_MAX) {
    return invalidAt('elements', `expected a list of 1 to ${String(ELEMENTS_MAX)} elements`);
  }
  const byId = new Map<string, RouteElement>();
  const places = new Map<string, string>();
  const items: readonly JsonValue[] = given;
  for (const [index, item] of items.entries()) {
    const place = `elements/${String(index)}`;
    const element = readElement(item, place);
    if (isRefusal(element)) return element;
    if (byId.has(element.id)) return invalidAt(`${place}/id`, 'another element has it');
    byId.set(element.id, element);
    places.set(element.id, place);
  }
  return connect(byId, places);
}

function readElement(given: JsonValue, place: string): RouteElement | Refusal {
  if (!isJsonObject(given)) return invalidAt(place, 'expected an object');
  const { id, type } = given;
  if (typeof id !== 'string' || !idPattern.test(id)) {
    return invalidAt(`${place}/id`, 'expected 1 to 64 letters, digits, ., :, - and _');
  }
  const read = typeof type === 'string' && readers.get(type);
  if (read === undefined || read === false) {
    const types = [...readers.keys()].join(', ');
    return invalidAt(`${place}/type`, `expected one of ${types}`);
  }
  return read(new ElementReader(given, place), id);
}

type ReadElement = (from: ElementReader, id: string) => RouteElement | Refusal;

const readers: ReadonlyMap<string, ReadElement> = new Map<string, ReadElement>([
  ['start', (from, id) => from.done({ type: 'start', id, next: from.target('next') })],
  ['conditional', readConditional],
  ['percentage', readPercentage],
  ['rate', readRate],
  // Workers reference §0.3: the documents spell it so.
  ['rate_limit', readRate],
  ['model', readModel],
  ['end', (from, id) => from.done({ type: 'end', id })],
]);

/** Takes the members of one element, and remembers the first that is wrong. */
class ElementReader {
  readonly place: string;
  readonly outputs: JsonObject;
  readonly properties: JsonObject;
  #refused: Refusal | undefined;

  constructor(given: JsonObject, place: string) {
    this.place = place;
    this.outputs = this.#objectIn(given, 'outputs');
    this.properties = this.#objectIn(given, 'properties');
  }

  refuse(place: string, text: string): void {
    this.#refused ??= invalidAt(`${this.place}/${place}`, text);
  }

  target(name: string): string {
    return this.optionalTarget(name) ?? this.#missing(`outputs/${name}`);
  }

  optionalTarget(name: string): string | undefined {
    const output = this.outputs[name];
    if (output === undefined || output === null) return undefined;
    const elementId = isJsonObject(output) ? output['elementId'] : undefined;
    if (typeof elementId === 'string') return elementId;
    this.refuse(`outputs/${name}/elementId`, 'expected the id of an element');
    return undefined;
  }

  text(name: string, pattern: RegExp, expected: string): string {
    const value = this.properties[name];
    if (typeof value === 'string' && pattern.test(value)) return value;
    this.refuse(`properties/${name}`, `expected ${expected}`);
    return '';
  }

  /** The first word where none is said. */
  word<Word extends string>(name: string, words: readonly [Word, Word]): Word {
    const value = this.properties[name] ?? words[0];
    const found = words.find((known) => known === value);
    if (found === undefined) this.refuse(`properties/${name}`, `expected ${words.join(' or ')}`);
    return found ?? words[0];
  }

  /** `names` are spellings of one member. */
  whole(names: readonly string[], least: number, most: number): number | undefined {
    const name = names.find((known) => (this.properties[known] ?? null) !== null);
    const value = name === undefined ? undefined : this.properties[name];
    if (name === undefined) return undefined;
    if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) {
      return Number(value);
    }
    const text = `expected a whole number from ${String(least)} to ${String(most)}`;
    this.refuse(`properties/${name}`, text);
    return undefined;
  }

  done(element: RouteElement): RouteElement | Refusal {
    return this.#refused ?? element;
  }

  #missing(place: string): string {
    this.refuse(place, 'required');
    return '';
  }

  #objectIn(given: JsonObject, name: string): JsonObject {
    const value = given[name] ?? {};
    if (isJsonObject(value)) return value;
    this.refuse(name, 'expected an object');
    return {};
  }
}

function readConditional(from: ElementReader, id: string): RouteElement | Refusal {
  const { properties } = from;
  const name = Object.hasOwn(properties, 'condition') ? 'condition' : 'conditions';
  const condition = readRouteCondition(properties[name], `${from.place}/properties/${name}`);
  if (isRefusal(condition)) return condition;
  const whenTrue = from.target('true');
  return from.done({
    type: 'conditional',
    id,
    condition,
    whenTrue,
    whenFalse: from.target('false'),
  });
}

function readPercentage(from: ElementReader, id: string): RouteElement | Refusal {
  const shares: { readonly percent: number; readonly next: string }[] = [];
  const otherwise = from.optionalTarget('else');
  for (const name of Object.keys(from.outputs)) {
    if (name === 'else') continue;
    const percent = Number(sharePattern.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(percent)) from.refuse(`outputs/${name}`, 'expected a share like 20%, or else');
    shares.push({ percent, next: from.target(name) });
  }
  const total = shares.reduce((sum, { percent }) => sum + percent, 0);
  if (shares.length === 0 || shares.length > SHARES_MAX) {
    from.refuse('outputs', `expected 1 to ${String(SHARES_MAX)} shares, and else at most`);
  }
  if (total > 100.000001) from.refuse('outputs', 'expected shares of at most 100% in all');
  if (otherwise === undefined && total < 99.999999) {
    from.refuse('outputs/else', 'required, since the shares come to less than 100%');
  }
  return from.done({ type: 'percentage', id, shares, otherwise });
}

function readRate(from: ElementReader, id: string): RouteElement | Refusal {
  const limitType = from.word('limitType', ['count', 'cost']);
  const technique = from.word('technique', ['fixed', 'sliding']);
  if (limitType === 'cost' && technique === 'sliding') {
    from.refuse('properties/technique', 'what is spent is counted in fixed windows only');
  }
  const windowSeconds = from.whole(['window', 'interval'], 1, WINDOW_SECONDS_MAX);
  if (windowSeconds === undefined) from.refuse('properties/window', 'required');
  return from.done({
    type: 'rate',
    id,
    limitType,
    limit: readLimit(from, limitType),
    key: from.text('key', keyPattern, 'a name below metadata'),
    windowSeconds: windowSeconds ?? 1,
    technique,
    success: from.target('success'),
    fallback: from.optionalTarget('fallback'),
  });
}

function readLimit(from: ElementReader, limitType: 'count' | 'cost'): number {
  const { limit } = from.properties;
  const isLimit = typeof limit === 'number' && limit > 0 && limit <= LIMIT_MAX;
  if (isLimit && (limitType === 'cost' || Number.isSafeInteger(limit))) return limit;
  from.refuse('properties/limit', 'expected a number above 0; of requests a whole one');
  return 0;
}

function readModel(from: ElementReader, id: string): RouteElement | Refusal {
  return from.done({
    type: 'model',
    id,
    provider: from.text('provider', namePattern, 'the name of a provider'),
    model: from.text('model', namePattern, 'the name of a model'),
    timeoutMs: from.whole(['timeout'], 0, TIMEOUT_MS_MAX) || undefined,
    retries: from.whole(['retries'], 0, RETRIES_MAX) ?? 0,
    success: from.target('success'),
    fallback: from.optionalTarget('fallback'),
  });
}

type Targets = readonly (readonly [output: string, id: string | undefined])[];

function targetsOf(element: RouteElement): Targets {
  switch (element.type) {
    case 'start':
      return [['next', element.next]];
    case 'conditional':
      return [
        ['true', element.whenTrue],
        ['false', element.whenFalse],
      ];
    case 'percentage':
      return [
        ...element.shares.map(({ percent, next }) => [`${String(percent)}%`, next] as const),
        ['else', element.otherwise],
      ];
    case 'rate':
    case 'model':
      return [
        ['success', element.success],
        ['fallback', element.fallback],
      ];
    case 'end':
      return [];
  }
}

function connect(
  byId: ReadonlyMap<string, RouteElement>,
  places: ReadonlyMap<string, string>,
): RouteGraph | Refusal {
  const starts = [...byId.values()].filter(({ type }) => type === 'start');
  const [start] = starts;
  if (start === undefined || starts.length > 1) {
    return invalidAt('elements', 'expected one element of the type start');
  }
  for (const element of byId.values()) {
    for (const [output, id] of targetsOf(element)) {
      if (id === undefined) continue;
      const place = `${places.get(element.id) ?? 'elements'}/outputs/${output}/elementId`;
      const target = byId.get(id);
      if (target === undefined) return invalidAt(place, 'there is no such element');
      if (element.type === 'model' && output === 'success' && target.type !== 'end') {
        return invalidAt(place, 'an answer leads to an end: nothing is asked after it');
      }
    }
  }
  const looping = findLoop(start.id, byId);
  if (looping !== undefined) {
    return invalidAt(places.get(looping) ?? 'elements', 'it leads back to itself');
  }
  return { kind: 'graph', start: start.id, byId };
}

/** An element on a way that comes back to it, whether that way begins at the start or not. */
function findLoop(start: string, byId: ReadonlyMap<string, RouteElement>): string | undefined {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string): string | undefined => {
    const known = state.get(id);
    if (known !== undefined) return known === 'open' ? id : undefined;
    state.set(id, 'open');
    const element = byId.get(id);
    for (const [, next] of element === undefined ? [] : targetsOf(element)) {
      const found = next === undefined ? undefined : visit(next);
      if (found !== undefined) return found;
    }
    state.set(id, 'done');
    return undefined;
  };
  return visit(start) ?? [...byId.keys()].map((id) => visit(id)).find((id) => id !== undefined);
}
