import type { JsonObject } from '../../src/std/json.ts';

/**
 * What OpenAI publishes of the answers of this form: required members, enums and what may be null, as
 * its OpenAPI description has them. Objects are open there, as they are here; each has a name, so that
 * what we add to it can be listed beside it (`chat-extensions.ts`).
 */
export interface ObjectSchema {
  readonly type: 'object';
  readonly required: readonly string[];
  readonly properties: JsonObject;
}

const string = { type: 'string' } as const;
const integer = { type: 'integer' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const stringOrNull = { type: ['string', 'null'] } as const;

function ref(name: string): JsonObject {
  return { $ref: `#/$defs/${name}` };
}

function orNull(schema: JsonObject): JsonObject {
  return { anyOf: [schema, { type: 'null' }] };
}

function listOf(items: JsonObject): JsonObject {
  return { type: 'array', items };
}

function object(required: readonly string[], properties: JsonObject): ObjectSchema {
  return { type: 'object', required, properties };
}

const finishReasons = { enum: ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'] };
const tiers = { enum: ['auto', 'default', 'flex', 'scale', 'priority', 'fast', null] };

/** Members that the whole answer and its chunks have in common. */
const answer = {
  id: string,
  created: integer,
  model: string,
  service_tier: tiers,
  system_fingerprint: string,
  moderation: { type: ['object', 'null'] },
};

export const publishedSchemas: Readonly<Record<string, ObjectSchema>> = {
  CreateChatCompletionResponse: object(['choices', 'created', 'id', 'model', 'object'], {
    ...answer,
    object: { enum: ['chat.completion'] },
    choices: listOf(ref('Choice')),
    usage: ref('CompletionUsage'),
  }),
  Choice: object(['finish_reason', 'index', 'message', 'logprobs'], {
    finish_reason: finishReasons,
    index: integer,
    message: ref('ChatCompletionResponseMessage'),
    logprobs: orNull(ref('Logprobs')),
  }),
  ChatCompletionResponseMessage: object(['role', 'content', 'refusal'], {
    role: { enum: ['assistant'] },
    content: stringOrNull,
    refusal: stringOrNull,
    tool_calls: listOf({ oneOf: [ref('FunctionToolCall'), ref('CustomToolCall')] }),
    function_call: ref('FunctionCall'),
    annotations: listOf(ref('Annotation')),
    audio: { type: ['object', 'null'] },
  }),
  FunctionToolCall: object(['id', 'type', 'function'], {
    id: string,
    type: { enum: ['function'] },
    function: ref('FunctionCall'),
  }),
  FunctionCall: object(['name', 'arguments'], { name: string, arguments: string }),
  CustomToolCall: object(['id', 'type', 'custom'], {
    id: string,
    type: { enum: ['custom'] },
    custom: ref('CustomCall'),
  }),
  CustomCall: object(['name', 'input'], { name: string, input: string }),
  Annotation: object(['type', 'url_citation'], {
    type: { enum: ['url_citation'] },
    url_citation: ref('UrlCitation'),
  }),
  UrlCitation: object(['end_index', 'start_index', 'url', 'title'], {
    end_index: integer,
    start_index: integer,
    url: { type: 'string', format: 'uri' },
    title: string,
  }),
  Logprobs: object(['content', 'refusal'], {
    content: orNull(listOf({ type: 'object' })),
    refusal: orNull(listOf({ type: 'object' })),
  }),
  CompletionUsage: object(['prompt_tokens', 'completion_tokens', 'total_tokens'], {
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    prompt_tokens_details: ref('PromptTokensDetails'),
    completion_tokens_details: ref('CompletionTokensDetails'),
  }),
  PromptTokensDetails: object([], {
    audio_tokens: count,
    cached_tokens: count,
    cache_write_tokens: count,
  }),
  CompletionTokensDetails: object([], {
    accepted_prediction_tokens: count,
    audio_tokens: count,
    reasoning_tokens: count,
    rejected_prediction_tokens: count,
  }),
  CreateChatCompletionStreamResponse: object(['choices', 'created', 'id', 'model', 'object'], {
    ...answer,
    object: { enum: ['chat.completion.chunk'] },
    choices: listOf(ref('ChunkChoice')),
    usage: orNull(ref('CompletionUsage')),
  }),
  ChunkChoice: object(['delta', 'finish_reason', 'index'], {
    delta: ref('ChatCompletionStreamResponseDelta'),
    finish_reason: orNull(finishReasons),
    index: integer,
    logprobs: orNull(ref('Logprobs')),
  }),
  ChatCompletionStreamResponseDelta: object([], {
    role: { enum: ['developer', 'system', 'user', 'assistant', 'tool'] },
    content: stringOrNull,
    refusal: stringOrNull,
    tool_calls: listOf(ref('ToolCallChunk')),
    function_call: ref('FunctionCallChunk'),
  }),
  // The description knows functions only; the official client's types have custom calls in chunks too.
  ToolCallChunk: object(['index'], {
    index: count,
    id: string,
    type: { enum: ['function', 'custom'] },
    function: ref('FunctionCallChunk'),
  }),
  FunctionCallChunk: object([], { name: string, arguments: string }),
  ErrorResponse: object(['error'], { error: ref('Error') }),
  Error: object(['type', 'message', 'param', 'code'], {
    type: string,
    message: { type: 'string', minLength: 1 },
    param: stringOrNull,
    code: stringOrNull,
  }),
  ListModelsResponse: object(['object', 'data'], {
    object: { enum: ['list'] },
    data: listOf(ref('Model')),
  }),
  Model: object(['id', 'object', 'created', 'owned_by'], {
    id: string,
    object: { enum: ['model'] },
    created: integer,
    owned_by: string,
    shutdown_date: stringOrNull,
  }),
};
