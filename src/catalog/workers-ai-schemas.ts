import type { ModelTraits } from '../messages/model-traits.ts';
import type { JsonObject } from '../std/json.ts';

/** The JSON Schemas of one model that are published, and enforced; Workers reference §1.9. */
export interface WorkersAiSchemas {
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
}

/** One top-level member of a request or an answer, described once. */
interface Member {
  readonly schema: JsonObject;
  readonly isRequired?: true;
  /** Whether a model has it; every one does where absent. */
  readonly isOf?: (traits: SchemaTraits) => boolean;
}

type SchemaTraits = Pick<ModelTraits, 'acceptsSamplers'>;

const string: JsonObject = { type: 'string' };
const fraction: JsonObject = { type: 'number', minimum: 0, maximum: 1 };
const aboveZero: JsonObject = { type: 'number', exclusiveMinimum: 0 };
const isSampled = ({ acceptsSamplers }: SchemaTraits): boolean => acceptsSamplers;

const contentItem: JsonObject = {
  type: 'object',
  properties: { type: string, text: string, source: {} },
  required: ['type'],
  additionalProperties: false,
};

const messages: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      role: { type: 'string', enum: ['user', 'assistant'] },
      content: { anyOf: [string, { type: 'array', items: contentItem }] },
    },
    required: ['role', 'content'],
    additionalProperties: false,
  },
};

/** Seed 000, in its order. What is not here passes: the object is open. */
const inputMembers: Readonly<Record<string, Member>> = {
  messages: { schema: messages, isRequired: true },
  max_tokens: { schema: aboveZero, isRequired: true },
  system: { schema: string },
  temperature: { schema: fraction, isOf: isSampled },
  top_p: { schema: fraction, isOf: isSampled },
  top_k: { schema: aboveZero, isOf: isSampled },
  stream: { schema: { type: 'boolean' } },
  metadata: { schema: { type: 'object', propertyNames: string, additionalProperties: {} } },
};

const number: JsonObject = { type: 'number' };

/** Seed 000: `usage` is the one part of an answer that is closed. */
const outputMembers: Readonly<Record<string, Member>> = {
  id: { schema: string, isRequired: true },
  type: { schema: { type: 'string', const: 'message' }, isRequired: true },
  role: { schema: { type: 'string', const: 'assistant' }, isRequired: true },
  content: {
    schema: {
      type: 'array',
      items: {
        type: 'object',
        properties: { type: string, text: string },
        required: ['type'],
        additionalProperties: {},
      },
    },
    isRequired: true,
  },
  model: { schema: string, isRequired: true },
  stop_reason: { schema: { anyOf: [string, { type: 'null' }] }, isRequired: true },
  usage: {
    schema: {
      type: 'object',
      properties: { input_tokens: number, output_tokens: number },
      required: ['input_tokens', 'output_tokens'],
      additionalProperties: false,
    },
    isRequired: true,
  },
};

function objectOf(members: Readonly<Record<string, Member>>, traits: SchemaTraits): JsonObject {
  const those = Object.entries(members).filter(([, { isOf }]) => isOf?.(traits) ?? true);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(those.map(([name, { schema }]) => [name, schema])),
    required: those.filter(([, { isRequired }]) => isRequired === true).map(([name]) => name),
    additionalProperties: {},
  };
}

function schemasFor(acceptsSamplers: boolean): WorkersAiSchemas {
  const traits = { acceptsSamplers };
  return {
    inputSchema: objectOf(inputMembers, traits),
    outputSchema: objectOf(outputMembers, traits),
  };
}

const sampled = schemasFor(true);
const unsampled = schemasFor(false);

/** The schemas of a model. Those of models that take the same members are the same objects. */
export function workersAiSchemasOf({ acceptsSamplers }: SchemaTraits): WorkersAiSchemas {
  return acceptsSamplers ? sampled : unsampled;
}
