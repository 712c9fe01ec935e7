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

/** What a parameter is for goes before what becomes of it; seed 002 has the words of seven of them. */
const notes: Readonly<Record<string, string>> = {
  max_completion_tokens:
    'As `max_tokens`, which it goes before. Without either it is 32,000, or less where the model or the plan allows less.',
  stop: 'One or several texts at which the answer ends; blank ones do not count.',
  n: 'Only 1: one answer is made for a request.',
  tools: 'What the model may call. Tools of the Messages form are taken as well.',
  tool_choice:
    'Whether a tool is called, and which. `allowed_tools` leaves the others out of `tools`.',
  parallel_tool_calls: 'Whether an answer may call several tools.',
  functions:
    'An older form of `tools`: one call at a time, which the answer has as `function_call`.',
  function_call: 'An older form of `tool_choice`, together with `functions`.',
  response_format:
    'The form of the answer: text, JSON, or JSON that a schema describes. Where the model has no structured outputs or they cannot hold the schema, it is asked for at the end of `system`.',
  reasoning_effort:
    'How much the model thinks before it answers, at the nearest level that it has; a budget for models without adaptive thinking.',
  user: 'Who the request is for, under a name that says nothing of them; an address or a phone number is left out.',
  safety_identifier: 'As `user`, which it goes before.',
  modalities: 'Only text: a 400 where it asks for anything else.',
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

/** What becomes of a parameter, for who does not know the table that says it. */
function saidOf(posture: (typeof chatParameters)[number]['posture'], becomes: string): string {
  if (posture === 'ignored') return becomes.replace(/^Nothing/, 'Ignored');
  return becomes.startsWith('`') ? `In the Messages form: ${becomes}` : becomes;
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
    const description = notes[name] ?? saidOf(posture, becomes);
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
