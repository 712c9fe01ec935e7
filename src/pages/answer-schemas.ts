import { finishReasons } from '../chat-form/finish-reasons.ts';
import { stopReasons } from '../messages/response.ts';
import type { JsonObject } from '../std/json.ts';

/** What answers in one piece look like. Objects are open: a newer API says more. */

const $schema = 'https://json-schema.org/draft/2020-12/schema';
const string: JsonObject = { type: 'string' };
const count: JsonObject = { type: 'integer', minimum: 0 };

function orNull(schema: JsonObject): JsonObject {
  return { anyOf: [schema, { type: 'null' }] };
}

const block: JsonObject = {
  type: 'object',
  properties: {
    type: string,
    text: { ...string, description: 'Of a block of the type `text`.' },
    thinking: { ...string, description: 'Of a block of the type `thinking`.' },
    signature: { ...string, description: 'Vouches for thinking; goes back as it is.' },
    id: { ...string, description: 'Of a call of a tool.' },
    name: string,
    input: { type: 'object', description: 'The arguments of a call.' },
  },
  required: ['type'],
};

/** The answer of the Messages form; seed 004, "Response". */
export const messageSchema: JsonObject = {
  $schema,
  type: 'object',
  properties: {
    id: { ...string, description: 'Begins with `msg_`.' },
    type: { ...string, const: 'message' },
    role: { ...string, const: 'assistant' },
    model: { ...string, description: 'The snapshot that answered.' },
    content: { type: 'array', items: block },
    stop_reason: orNull({ ...string, enum: stopReasons }),
    stop_sequence: orNull(string),
    usage: {
      type: 'object',
      properties: {
        input_tokens: count,
        output_tokens: count,
        cache_creation_input_tokens: orNull(count),
        cache_read_input_tokens: orNull(count),
        cache_creation: orNull({
          type: 'object',
          properties: { ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count },
        }),
        service_tier: orNull(string),
      },
      required: ['input_tokens', 'output_tokens'],
    },
  },
  required: ['id', 'type', 'role', 'model', 'content', 'stop_reason', 'usage'],
  additionalProperties: {},
};

const call: JsonObject = {
  type: 'object',
  properties: {
    id: string,
    type: string,
    function: {
      type: 'object',
      properties: { name: string, arguments: { ...string, description: 'JSON text.' } },
      required: ['name', 'arguments'],
    },
  },
  required: ['id', 'type'],
};

const choice: JsonObject = {
  type: 'object',
  properties: {
    index: count,
    message: {
      type: 'object',
      properties: {
        role: { ...string, const: 'assistant' },
        content: orNull(string),
        refusal: orNull(string),
        tool_calls: { type: 'array', items: call },
        reasoning_content: { ...string, description: 'Thinking, where it is returned.' },
      },
      required: ['role', 'content'],
    },
    finish_reason: { ...string, enum: finishReasons },
    native_finish_reason: {
      ...orNull(string),
      description: 'The stop reason of the Messages form.',
    },
    logprobs: { type: 'null' },
  },
  required: ['index', 'message', 'finish_reason'],
};

/** The answer of the Chat Completions form; seed 002, "Responses". */
export const chatAnswerSchema: JsonObject = {
  $schema,
  type: 'object',
  properties: {
    id: { ...string, description: 'A unique identifier for the chat completion.' },
    object: { ...string, const: 'chat.completion', description: 'The object type.' },
    created: {
      type: 'number',
      description: 'The Unix timestamp (in seconds) of when the chat completion was created.',
    },
    model: { ...string, description: 'The model used for the chat completion.' },
    choices: { type: 'array', items: choice },
    usage: {
      type: 'object',
      properties: {
        prompt_tokens: { ...count, description: 'All of the prompt, cache included.' },
        completion_tokens: count,
        total_tokens: count,
        prompt_tokens_details: {
          type: 'object',
          properties: { cached_tokens: count, cache_write_tokens: count },
        },
      },
      required: ['prompt_tokens', 'completion_tokens', 'total_tokens'],
    },
  },
  required: ['id', 'object', 'created', 'model', 'choices', 'usage'],
  additionalProperties: {},
};
