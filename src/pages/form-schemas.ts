import type { Model } from '../catalog/model.ts';
import { workersAiSchemasOf } from '../catalog/workers-ai-schemas.ts';
import { contentBlockSchema } from '../messages/content-schema.ts';
import { jsonSchemaOf } from '../messages/json-schema-of.ts';
import { messagesRequestSchema, thinkingSchema } from '../messages/request-schema.ts';
import type { Schema } from '../messages/schema.ts';
import { callerSchema } from '../messages/server-block-schema.ts';
import {
  cacheControlSchema,
  documentBlockSchema,
  imageBlockSchema,
  searchResultBlockSchema,
  textBlockSchema,
} from '../messages/source-block-schema.ts';
import { toolSchema } from '../messages/tool-schema.ts';
import type { JsonObject } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { chatAnswerSchema, messageSchema } from './answer-schemas.ts';
import { chatRequestSchema } from './chat-request-schema.ts';
import type { PageForm } from './page-forms.ts';
import { formFacts } from './page-forms.ts';

/** What a form takes and what it answers, as JSON Schema. */
export interface FormSchemas {
  readonly input: JsonObject;
  readonly output: JsonObject;
}

/** What of a schema depends on the plan and the configuration. */
export interface SchemaTerms {
  /** Most tokens of an answer: the model's own bound or the plan's. */
  readonly outputTokensMax: number;
  readonly temperatureMax: number;
}

/** The schemas of a model in a form. */
export function formSchemas(form: PageForm, model: Model, terms: SchemaTerms): FormSchemas {
  switch (form) {
    case 'workers-ai': {
      const { inputSchema, outputSchema } = workersAiSchemasOf(model);
      return { input: inputSchema, output: outputSchema };
    }
    case 'messages':
      return { input: messagesInput(model, terms), output: messageSchema };
    case 'chat-completions':
      return { input: chatRequestSchema(model, terms), output: chatAnswerSchema };
  }
}

/** What stands once in a schema of this form, under a name. */
export const formSchemaNames: ReadonlyMap<Schema, string> = new Map<Schema, string>([
  [contentBlockSchema, 'ContentBlock'],
  [toolSchema, 'Tool'],
  [cacheControlSchema, 'CacheControl'],
  [callerSchema, 'Caller'],
  [documentBlockSchema, 'DocumentBlock'],
  [imageBlockSchema, 'ImageBlock'],
  [searchResultBlockSchema, 'SearchResultBlock'],
  [textBlockSchema, 'TextBlock'],
  [thinkingSchema, 'Thinking'],
]);

const messagesRequest = jsonSchemaOf(messagesRequestSchema, formSchemaNames);

/** Seed 004, "Body parameters", and what the rest is for. */
const notes: Readonly<Record<string, string>> = {
  messages: 'Conversation history.',
  system: 'Array form supports `cache_control`.',
  temperature: 'Range 0.0–1.0.',
  top_p: 'Nucleus sampling.',
  top_k: 'Only the likeliest so many tokens are looked at.',
  stop_sequences: 'Texts at which the answer ends.',
  stream: 'SSE streaming.',
  metadata: 'Who the request is for, under a name that says nothing of them.',
  tools: 'Supported, including parallel calls.',
  tool_choice: '`auto` / `any` / `tool` (named) / `none`.',
  thinking: 'Whether the model thinks before it answers. A parameter of its own, in SDKs too.',
  output_config: 'How much effort an answer is worth, and the form that it has.',
  service_tier: 'Whether capacity that was set aside may be used.',
  container: 'The container of an earlier answer, for tools that run code.',
  cache_control: 'Stores the whole prompt, up to its last block.',
  inference_geo: 'Where the answer is made.',
};

const fallbacks: JsonObject = {
  temperature: 1,
  top_p: 1,
  tool_choice: { type: 'auto' },
  stream: false,
};

function messagesInput(model: Model, terms: SchemaTerms): JsonObject {
  return messagesInputSchema(overlaysOf(model, terms));
}

/** What a request of the Messages form holds; `overlay` says more of some members. */
export function messagesInputSchema(overlay: Readonly<Record<string, JsonObject>>): JsonObject {
  const { properties = {} } = messagesRequest;
  if (!isJsonObject(properties)) throw new Error('the schema of requests has no properties');
  const described = Object.entries(properties).map(([name, property]) => {
    const note = notes[name];
    const fallback = fallbacks[name];
    return [
      name,
      {
        ...(isJsonObject(property) ? property : {}),
        ...(note === undefined ? {} : { description: note }),
        ...(fallback === undefined ? {} : { default: fallback }),
        ...overlay[name],
      },
    ] as const;
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...messagesRequest,
    properties: Object.fromEntries(described),
  };
}

/** What a model has otherwise, or more of. */
function overlaysOf(
  model: Model,
  { outputTokensMax }: SchemaTerms,
): Readonly<Record<string, JsonObject>> {
  const fixed = { description: 'This model takes its default only.', const: 1 };
  return {
    model: { enum: formFacts.messages.namesOf(model) },
    max_tokens: {
      minimum: model.acceptsZeroMaxTokens ? 0 : 1,
      maximum: outputTokensMax,
      description: `Hard cap. Max for this model: ${String(outputTokensMax)}.`,
    },
    temperature: model.acceptsSamplers ? { minimum: 0, maximum: 1 } : fixed,
    ...(model.acceptsSamplers ? {} : { top_p: fixed }),
  };
}
