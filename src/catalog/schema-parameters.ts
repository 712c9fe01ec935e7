import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/** One row of the tables of parameters on a model's page; Workers reference §5.1. */
export interface SchemaParameter {
  /** The whole way to it: `[]` behind a list, `{}` behind an object. */
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** As they are printed: `minimum: 0`. */
  readonly constraints: readonly string[];
}

const printedConstraints = ['exclusiveMinimum', 'minimum', 'maximum', 'const', 'enum'] as const;

/** What an object of a JSON Schema may hold, row by row; what a row holds comes right after it. */
export function schemaParameters(schema: JsonObject, way = ''): readonly SchemaParameter[] {
  const properties = objectAt(schema, 'properties') ?? {};
  const required = new Set(listAt(schema, 'required'));
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isJsonObject(property)) return [];
    const { marks, inside } = kindOf(property);
    const parameter = {
      name: `${way}${name}${marks}`,
      type: typeOf(property),
      isRequired: required.has(name),
      constraints: constraintsOf(property),
    };
    return [
      parameter,
      ...inside.flatMap(([mark, of]) => schemaParameters(of, `${way}${name}${mark}.`)),
    ];
  });
}

interface ParameterKind {
  /** Behind its name, where it is nothing but a list or an object. */
  readonly marks: string;
  /** The objects that it may hold, with the marks of the way to them. */
  readonly inside: readonly (readonly [mark: string, schema: JsonObject])[];
}

function kindOf(schema: JsonObject): ParameterKind {
  const choices = choicesOf(schema);
  if (choices.length > 0)
    return { marks: '', inside: choices.flatMap((choice) => kindOf(choice).inside) };
  if (schema['type'] === 'object') return { marks: '{}', inside: [['', schema]] };
  if (schema['type'] !== 'array') return { marks: '', inside: [] };
  const items = objectAt(schema, 'items');
  return { marks: '[]', inside: items === undefined ? [] : [['[]', items]] };
}

function typeOf(schema: JsonObject): string {
  const choices = choicesOf(schema);
  if (choices.length > 0) return choices.map((choice) => typeOf(choice)).join(' | ');
  const { type } = schema;
  return typeof type === 'string' ? type : 'any';
}

function choicesOf(schema: JsonObject): readonly JsonObject[] {
  return listAt(schema, 'anyOf').filter((choice) => isJsonObject(choice));
}

function constraintsOf(schema: JsonObject): readonly string[] {
  return printedConstraints.flatMap((name) => {
    const value = schema[name];
    return value === undefined ? [] : [`${name}: ${printed(value)}`];
  });
}

function printed(value: JsonValue): string {
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((one) => printed(one)).join(', ');
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
