import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { PageParameter } from './model-page.ts';

/** Deeper than this a schema tells more than its rows would. */
const LEVELS_MAX = 4;

/** In the order in which they are printed; workers reference §5.1 has the first ones. */
const printed = [
  'exclusiveMinimum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'const',
  'enum',
  'default',
] as const;

/** Where in a schema the reading is. */
interface Place {
  readonly definitions: JsonObject;
  /** The way to here, `.` included. */
  readonly way: string;
  readonly level: number;
  /** Names of definitions that it is within. */
  readonly within: readonly string[];
}

/** What an object of a JSON Schema may hold, row by row, each with what it holds itself. */
export function pageParameters(schema: JsonObject): readonly PageParameter[] {
  return membersOf(schema, {
    definitions: objectAt(schema, '$defs') ?? {},
    way: '',
    level: 0,
    within: [],
  });
}

function membersOf(schema: JsonObject, place: Place): readonly PageParameter[] {
  if (place.level >= LEVELS_MAX) return [];
  const required = new Set(listAt(schema, 'required'));
  const properties = Object.entries(objectAt(schema, 'properties') ?? {});
  return properties.flatMap(([name, property]) => {
    if (!isJsonObject(property)) return [];
    const way = `${place.way}${name}`;
    return [rowOf(property, { ...place, way, level: place.level + 1 }, required.has(name))];
  });
}

/** The members of a variant, without the tag that its own row says already. */
function untagged(schema: JsonObject, place: Place): readonly PageParameter[] {
  return membersOf(schema, place).filter(({ way }) => way !== `${place.way}type`);
}

function rowOf(schema: JsonObject, place: Place, isRequired: boolean): PageParameter {
  const resolved = resolve(schema, place);
  const described = schema['description'] ?? resolved.schema['description'];
  return {
    way: `${place.way}${marksOf(resolved.schema)}`,
    type: typeOf(resolved.schema, resolved.place),
    isRequired,
    constraints: constraintsOf(resolved.schema),
    ...(typeof described === 'string' ? { note: described } : {}),
    children: childrenOf(resolved.schema, resolved.place),
  };
}

/** What is behind a reference; nothing but its name where the reading is within it already. */
function resolve(
  schema: JsonObject,
  place: Place,
): { readonly schema: JsonObject; readonly place: Place } {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return { schema, place };
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  const target = objectAt(place.definitions, name) ?? {};
  if (place.within.includes(name)) {
    const { type } = target;
    return { schema: typeof type === 'string' ? { type } : {}, place };
  }
  return { schema: target, place: { ...place, within: [...place.within, name] } };
}

function childrenOf(schema: JsonObject, place: Place): readonly PageParameter[] {
  const choices = choicesOf(schema);
  if (choices.length > 0) return choices.flatMap((choice) => withinChoice(choice, place));
  if (schema['type'] === 'object') return membersOf(schema, { ...place, way: `${place.way}.` });
  const items = schema['type'] === 'array' ? objectAt(schema, 'items') : undefined;
  return items === undefined ? [] : withinChoice(items, { ...place, way: `${place.way}[]` });
}

/** A variant of a union is a row of its own; what is no variant is what its holder holds. */
function withinChoice(choice: JsonObject, place: Place): readonly PageParameter[] {
  const { schema, place: inside } = resolve(choice, place);
  const tag = tagOf(schema);
  if (tag === undefined) return childrenOf(schema, inside);
  if (place.level >= LEVELS_MAX) return [];
  const way = `${place.way}[type=${tag}]`;
  const described = choice['description'] ?? schema['description'];
  return [
    {
      way,
      type: 'object',
      isRequired: false,
      constraints: [],
      ...(typeof described === 'string' ? { note: described } : {}),
      children: untagged(schema, { ...inside, way: `${way}.`, level: place.level + 1 }),
    },
  ];
}

function tagOf(schema: JsonObject): string | undefined {
  const type = objectAt(objectAt(schema, 'properties') ?? {}, 'type');
  const [first] = listAt(type ?? {}, 'enum');
  const tag = type?.['const'] ?? first;
  return typeof tag === 'string' ? tag : undefined;
}

function marksOf(schema: JsonObject): string {
  if (choicesOf(schema).length > 0) return '';
  if (schema['type'] === 'object') return '{}';
  return schema['type'] === 'array' ? '[]' : '';
}

function typeOf(schema: JsonObject, place: Place): string {
  const choices = choicesOf(schema);
  if (choices.length > 0) {
    const types = choices.map((choice) => typeOf(resolve(choice, place).schema, place));
    return [...new Set(types)].join(' | ');
  }
  const { type } = schema;
  if (Array.isArray(type)) return type.join(' | ');
  return typeof type === 'string' ? type : 'any';
}

function choicesOf(schema: JsonObject): readonly JsonObject[] {
  return [...listAt(schema, 'anyOf'), ...listAt(schema, 'oneOf')].filter((choice) =>
    isJsonObject(choice),
  );
}

/** Those of a scalar within a union too: they say what may stand there. */
function constraintsOf(schema: JsonObject): readonly string[] {
  const own = printed.flatMap((name) => {
    const value = schema[name];
    return value === undefined ? [] : [`${name}: ${valueText(value)}`];
  });
  const scalars = choicesOf(schema).filter(({ type }) => type !== 'object' && type !== 'array');
  return [...own, ...scalars.flatMap((scalar) => constraintsOf(scalar))];
}

function valueText(value: JsonValue): string {
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((one) => valueText(one)).join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function objectAt(holder: JsonObject, name: string): JsonObject | undefined {
  const value = holder[name];
  return value !== undefined && isJsonObject(value) ? value : undefined;
}

function listAt(holder: JsonObject, name: string): readonly JsonValue[] {
  const value = holder[name];
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
