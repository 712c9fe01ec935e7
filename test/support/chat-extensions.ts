import type { JsonObject } from '../../src/std/json.ts';
import { publishedSchemas } from './chat-schemas.ts';

/** What our answers say beyond what is published: each member with its type, and nothing else. */

const text = { type: 'string' } as const;
const stringOrNull = { type: ['string', 'null'] } as const;
const count = { type: 'integer', minimum: 0 } as const;

function closed(required: readonly string[], properties: JsonObject): JsonObject {
  return { type: 'object', required, properties, additionalProperties: false };
}

const thinkingBlock: JsonObject = {
  oneOf: [
    closed(['type', 'thinking', 'signature'], {
      type: { enum: ['thinking'] },
      thinking: text,
      signature: { type: 'string', minLength: 1 },
    }),
    closed(['type', 'data'], {
      type: { enum: ['redacted_thinking'] },
      data: { type: 'string', minLength: 1 },
    }),
  ],
};
const reasoningDetail: JsonObject = {
  type: 'object',
  required: ['type'],
  properties: {
    type: { enum: ['reasoning.text', 'reasoning.encrypted', 'reasoning.summary'] },
    text: stringOrNull,
    signature: stringOrNull,
    data: stringOrNull,
    format: stringOrNull,
    id: stringOrNull,
    index: count,
  },
  additionalProperties: false,
};
/** Chat reference §2.8. */
const reasoning: JsonObject = {
  reasoning_content: text,
  thinking_blocks: { type: 'array', items: thinkingBlock, minItems: 1 },
  reasoning: text,
  reasoning_details: { type: 'array', items: reasoningDetail, minItems: 1 },
};
/** Chat reference §1.4. */
const meta: JsonObject = closed(['usage'], {
  usage: closed(['credits_used', 'usd_spent'], {
    credits_used: count,
    usd_spent: { type: 'number', minimum: 0 },
  }),
});
/** Chat reference §2.10: what the Messages form calls the end. */
const native: JsonObject = { native_finish_reason: stringOrNull };

const texts: JsonObject = { type: 'array', items: text };
/** Chat reference §1.8. */
const modelDetails: JsonObject = {
  aliases: texts,
  type: { enum: ['chat-completion'] },
  info: closed(['name', 'developer', 'contextLength', 'outputMax'], {
    name: text,
    developer: text,
    contextLength: count,
    outputMax: count,
  }),
  tags: texts,
  pricing: {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: ['fixed', 'variants', 'variable'] } },
  },
  modalities: closed(['input', 'output'], { input: texts, output: texts }),
  capabilities: texts,
};

export const extensions: Readonly<Record<string, JsonObject>> = {
  CreateChatCompletionResponse: {
    meta,
    metadata: { type: ['object', 'null'], additionalProperties: text },
  },
  CreateChatCompletionStreamResponse: { meta },
  Choice: native,
  ChunkChoice: native,
  ChatCompletionResponseMessage: reasoning,
  ChatCompletionStreamResponseDelta: {
    ...reasoning,
    annotations: { type: 'array', items: { $ref: '#/$defs/Annotation' }, minItems: 1 },
  },
  Model: modelDetails,
  ToolCallChunk: { custom: closed([], { name: text, input: text }) },
  CompletionUsage: {
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    cache_creation: closed(['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'], {
      ephemeral_5m_input_tokens: count,
      ephemeral_1h_input_tokens: count,
    }),
  },
};

/** The published schemas with our members, closed: whatever is in neither is a mistake. */
export function extendedSchemas(): JsonObject {
  return Object.fromEntries(
    Object.entries(publishedSchemas).map(([name, schema]) => [
      name,
      {
        ...schema,
        properties: { ...schema.properties, ...extensions[name] },
        additionalProperties: false,
      },
    ]),
  );
}
