import type { Model } from '../catalog/model.ts';
import { chatParameters } from '../dialects/chat-completions/parameters.ts';
import { jsonSchemaOf } from '../messages/json-schema-of.ts';
import type { JsonObject } from '../std/json.ts';
import type { SchemaTerms } from './form-schemas.ts';
import { formFacts } from './page-forms.ts';

/** What a caller of the form gets who does not say how long an answer may be; seed 002. */
const MAX_TOKENS_DEFAULT = 32_000;

const content: JsonObject = {
  anyOf: [
    { type: 'string' },
    {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          type: { type: 'string' },
          text: { type: 'string' },
          image_url: {
            type: 'object',
            properties: { url: { type: 'string' }, detail: { type: 'string' } },
            required: ['url'],
          },
          file: {
            type: 'object',
            properties: {
              file_data: { type: 'string' },
              filename: { type: 'string' },
              file_id: { type: 'string' },
            },
          },
          cache_control: { type: 'object' },
        },
        required: ['type'],
      },
    },
    { type: 'null' },
  ],
};

const messages: JsonObject = {
  type: 'array',
  minItems: 1,
  description: 'The conversation.',
  items: {
    type: 'object',
    properties: {
      role: {
        type: 'string',
        enum: ['system', 'developer', 'user', 'assistant', 'tool', 'function'],
      },
      content,
      name: { type: 'string' },
      tool_calls: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            type: { type: 'string', enum: ['function', 'custom'] },
            function: {
              type: 'object',
              properties: { name: { type: 'string' }, arguments: { type: 'string' } },
            },
          },
          required: ['id', 'type'],
        },
      },
      tool_call_id: { type: 'string' },
      cache_control: { type: 'object' },
    },
    required: ['role'],
  },
};

/** What seed 002 says of a parameter goes before what becomes of it. */
const notes: Readonly<Record<string, string>> = {
  stop_sequences: 'Custom text sequences that will cause the model to stop generating.',
  stream:
    'If set to True, the model response data will be streamed to the client as it is generated using server-sent events.',
  system:
    'A system prompt is a way of providing context and instructions to Claude, such as specifying a particular goal or role.',
  max_tokens:
    'The maximum number of tokens that can be generated in the chat completion. This value can be used to control costs for text generated via API.',
  temperature:
    'Amount of randomness injected into the response. Defaults to 1.0. Ranges from 0.0 to 1.0. Use temperature closer to 0.0 for analytical / multiple choice, and closer to 1.0 for creative and generative tasks. Note that even with temperature of 0.0, the results will not be fully deterministic.',
  top_p:
    'An alternative to sampling with temperature, called nucleus sampling, where the model considers the results of the tokens with top_p probability mass. So 0.1 means only the tokens comprising the top 10% probability mass are considered. We generally recommend altering this or temperature but not both.',
  top_k:
    'Only sample from the top K options for each subsequent token. Used to remove "long tail" low probability responses. Recommended for advanced use cases only. You usually only need to use temperature.',
};

/** What a completion is asked with, from the table that decoding goes by; seed 002, "Body". */
export function chatRequestSchema(model: Model, terms: SchemaTerms): JsonObject {
  const overlays: Readonly<Record<string, JsonObject>> = {
    model: { enum: formFacts['chat-completions'].namesOf(model) },
    max_tokens: { default: Math.min(MAX_TOKENS_DEFAULT, terms.outputTokensMax) },
    temperature: { maximum: terms.temperatureMax },
  };
  return chatInputSchema(overlays);
}

/** What every model and every plan has. */
const shared: Readonly<Record<string, JsonObject>> = {
  messages,
  system: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'object' } }] },
  stream: { default: false },
};

/** What a request of the form holds; `overlays` say more of some members. */
export function chatInputSchema(overlays: Readonly<Record<string, JsonObject>>): JsonObject {
  const properties = chatParameters.map(({ name, schema, becomes, posture }) => {
    const written = schema === undefined ? {} : jsonSchemaOf(schema);
    const said = posture === 'ignored' ? `Ignored. ${becomes}` : becomes;
    const description = notes[name] ?? said;
    return [name, { ...written, description, ...shared[name], ...overlays[name] }] as const;
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(properties),
    required: chatParameters.flatMap(({ name, isRequired }) => (isRequired === true ? [name] : [])),
    additionalProperties: {},
  };
}
