import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../src/std/json.ts';

/** What a description in OpenAPI 3.1 looks like, as far as ours use it; nothing else passes. */

const reference: JsonObject = {
  type: 'object',
  required: ['$ref'],
  properties: { $ref: { type: 'string', pattern: '^#/components/' } },
  additionalProperties: false,
};

const schema: JsonObject = { type: ['object', 'boolean'] };

const content: JsonObject = {
  type: 'object',
  propertyNames: { pattern: String.raw`^[a-z]+/[\w.+-]+$` },
  additionalProperties: {
    type: 'object',
    properties: { schema, example: {} },
    additionalProperties: false,
  },
};

const parameter: JsonObject = {
  type: 'object',
  required: ['name', 'in', 'schema'],
  properties: {
    name: { type: 'string', minLength: 1 },
    in: { enum: ['path', 'query', 'header', 'cookie'] },
    required: { type: 'boolean' },
    description: { type: 'string' },
    schema,
    example: {},
  },
  if: { properties: { in: { const: 'path' } } },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ['required'], properties: { required: { const: true } } },
  additionalProperties: false,
};

const response: JsonObject = {
  type: 'object',
  required: ['description'],
  properties: { description: { type: 'string' }, content },
  additionalProperties: false,
};

const operation: JsonObject = {
  type: 'object',
  required: ['operationId', 'tags', 'summary', 'responses', 'security'],
  properties: {
    operationId: { type: 'string', pattern: String.raw`^\w+$` },
    tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1 },
    summary: { type: 'string', minLength: 1, maxLength: 140 },
    description: { type: 'string' },
    security: {
      type: 'array',
      items: { type: 'object', additionalProperties: { type: 'array', maxItems: 0 } },
    },
    parameters: { type: 'array', items: parameter },
    requestBody: {
      type: 'object',
      required: ['content'],
      properties: { required: { type: 'boolean' }, content },
      additionalProperties: false,
    },
    responses: {
      type: 'object',
      minProperties: 1,
      patternProperties: { '^(?:[1-5][0-9]{2}|default)$': { anyOf: [reference, response] } },
      additionalProperties: false,
    },
  },
  patternProperties: { '^x-': {} },
  additionalProperties: false,
};

const methods = ['get', 'put', 'post', 'delete', 'patch'];

const scheme: JsonObject = {
  type: 'object',
  required: ['type'],
  properties: {
    type: { enum: ['apiKey', 'http'] },
    in: { enum: ['header', 'cookie', 'query'] },
    name: { type: 'string' },
    scheme: { type: 'string' },
    description: { type: 'string' },
  },
  additionalProperties: false,
};

const document: JsonObject = {
  type: 'object',
  required: ['openapi', 'info', 'paths', 'components'],
  properties: {
    openapi: { const: '3.1.0' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      properties: {
        title: { type: 'string' },
        version: { type: 'string' },
        description: { type: 'string' },
        license: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string' }, identifier: { type: 'string' } },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    servers: { type: 'array', items: { type: 'object', required: ['url'] } },
    tags: { type: 'array', items: { type: 'object', required: ['name'] } },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: methods },
        additionalProperties: operation,
      },
    },
    components: {
      type: 'object',
      properties: {
        schemas: {
          type: 'object',
          propertyNames: { pattern: String.raw`^[\w.-]+$` },
          additionalProperties: schema,
        },
        responses: { type: 'object', additionalProperties: response },
        securitySchemes: { type: 'object', additionalProperties: scheme },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

/** What is wrong with the form of a description; empty where nothing is. */
export function openApiFaults(description: JsonObject): readonly string[] {
  const check = new Ajv2020({ allErrors: true, strict: false }).compile(document);
  if (check(description)) return [];
  return (check.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

/** Checks values against schemas of a description, wherever in it they stand. */
export function schemaChecks(
  description: JsonObject,
): (schema: JsonObject, value: unknown) => string | undefined {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components: description['components'] });
  return (schemaOf, value) => {
    const check = ajv.compile(withBase(schemaOf) as JsonObject);
    return check(value) ? undefined : ajv.errorsText(check.errors);
  };
}

function withBase(node: unknown): unknown {
  if (Array.isArray(node)) return node.map((one) => withBase(one));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [
      name,
      name === '$ref' && typeof value === 'string' ? `api${value}` : withBase(value),
    ]),
  );
}
