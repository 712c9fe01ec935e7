import type { JsonObject } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { PageBlock } from './model-page.ts';
import { pageParameters } from './page-parameters.ts';
import type { ReferenceContent, ReferenceOperation } from './reference-operations.ts';

/** Where a schema is written out: at the first operation that has it. */
export type SchemaHomes = ReadonlyMap<string, SchemaHome>;

/** An operation, and where on which page its answer or its body stands. */
export interface SchemaHome {
  readonly id: string;
  readonly title: string;
  readonly address: string;
}

/** What is needed to write schemas out. */
export interface SchemaReading {
  readonly schemas: JsonObject;
  readonly homes: SchemaHomes;
}

/** What is needed to write an operation out. */
export interface OperationReading extends SchemaReading {
  /** Where commands ask; the address of a gateway without a configuration where absent. */
  readonly baseUrl: string | undefined;
}

/** A schema that stands among the components, by its name. */
export function nameOfSchema(schema: JsonObject | undefined): string | undefined {
  const reference = schema?.['$ref'];
  return typeof reference === 'string' ? reference.split('/').at(-1) : undefined;
}

/** What a body or an answer holds, in rows; or where that is written. */
export function contentBlocks(
  { type, schema }: ReferenceContent,
  { id }: Pick<ReferenceOperation, 'id'>,
  reading: SchemaReading,
): readonly PageBlock[] {
  const name = nameOfSchema(schema);
  const said = name === undefined ? `\`${type}\`` : `\`${type}\`, \`${name}\``;
  const home = name === undefined ? undefined : reading.homes.get(name);
  if (home !== undefined && home.id !== id) {
    return [{ kind: 'text', text: `${said}: as at [${home.title}](${home.address}).` }];
  }
  const rows = schema === undefined ? [] : schemaRows(schema, type, reading.schemas);
  const told = describedAs(schema, reading.schemas);
  return [
    { kind: 'text', text: told === undefined ? `${said}.` : `${said}. ${told}` },
    ...(rows.length === 0 ? [] : [{ kind: 'parameters', rows } as const]),
  ];
}

function describedAs(schema: JsonObject | undefined, schemas: JsonObject): string | undefined {
  const said = schema && resolved(schema, schemas)['description'];
  return typeof said === 'string' ? said : undefined;
}

function resolved(schema: JsonObject, schemas: JsonObject): JsonObject {
  const name = nameOfSchema(schema);
  const target = name === undefined ? schema : schemas[name];
  return target !== undefined && isJsonObject(target) ? target : schema;
}

/** What is no object stands under a name of its own. */
function schemaRows(
  schema: JsonObject,
  type: string,
  schemas: JsonObject,
): Extract<PageBlock, { readonly kind: 'parameters' }>['rows'] {
  const target = resolved(schema, schemas);
  const isObject = isJsonObject(target['properties'] ?? null);
  const isSaid = Object.keys(target).some((name) => name !== 'type' && name !== 'description');
  if (!isObject && !isSaid) return [];
  const name = type === 'text/event-stream' ? 'data' : 'value';
  const whole = isObject ? target : { type: 'object', properties: { [name]: target } };
  return pageParameters({ ...whole, $defs: schemas });
}
