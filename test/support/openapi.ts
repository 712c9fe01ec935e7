import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/std/json.ts';
import { openApiFile } from './recordings.ts';

interface Schema {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly type?: unknown;
  readonly [keyword: string]: unknown;
}

interface Description {
  readonly components: { readonly schemas: JsonObject };
}

let description: Description | undefined;

function readDescription(): Description {
  description ??= parse(readFileSync(openApiFile, 'utf8')) as Description;
  return description;
}

/** The schemas of the API's description by their names. */
export function openApiSchemas(): JsonObject {
  return readDescription().components.schemas;
}

/** Checks values against named schemas of the API's description; says what is wrong, or nothing. */
export function openApiChecks(): (schema: string, value: unknown) => string | undefined {
  const document = readDescription();
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components: relaxed(document.components) });
  const compiled = new Map<string, ValidateFunction>();
  return (name, value) => {
    const check = compiled.get(name) ?? ajv.compile({ $ref: `api#/components/schemas/${name}` });
    compiled.set(name, check);
    if (check(value)) return undefined;
    return `${name}: ${ajv.errorsText(check.errors)}`;
  };
}

/** Nullable members count as optional: the API leaves many of them out. */
function relaxed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map((item) => relaxed(item));
  if (typeof node !== 'object' || node === null) return node;
  const schema = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, relaxed(value)]),
  ) as Schema;
  const { required, properties } = schema;
  if (!Array.isArray(required) || properties === undefined) return schema;
  const needed = (required as readonly string[]).filter((name) => !isNullable(properties[name]));
  return { ...schema, required: needed };
}

function isNullable(schema: Schema | undefined): boolean {
  const name = schema?.['$ref'];
  const named = typeof name === 'string' ? openApiSchemas()[name.split('/').at(-1) ?? ''] : schema;
  const { anyOf } = (named ?? {}) as Schema;
  return anyOf?.some(({ type }) => type === 'null') ?? false;
}
