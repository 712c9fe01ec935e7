import { z } from 'zod';
import type { ChatUpstreamConfig } from './config.ts';
import type { QuirkChanges } from './engine-quirks.ts';
import { engineNames, thinkingConventions } from './engine-quirks.ts';
import {
  connectionsMax,
  onClientGone,
  probeSchema,
  secretReference,
  secretReferences,
  stripBillingHeader,
  upstreamTimeoutsSchema,
} from './upstream-options.ts';

/** The options of an upstream that speaks Chat Completions. */

const STOPS_MAX = 1000;

const flag = z.boolean().optional();

const quirksSchema = z
  .strictObject({
    request_as: z
      .enum(['chat', 'native'])
      .optional()
      .describe(
        'chat, or native: messages, tools and what steers them in the spelling of the Messages form.',
      ),
    max_tokens_as: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
    stops_max: z
      .int()
      .min(0)
      .max(STOPS_MAX)
      .optional()
      .describe('Most stop sequences; a request with more is refused.'),
    takes_stream_options: flag.describe('Whether streams are asked for their usage.'),
    takes_top_k: flag,
    takes_service_tier: flag,
    takes_cache_control: flag,
    takes_strict_tools: flag,
    takes_parallel_flag: flag.describe('Whether parallel_tool_calls is sent.'),
    tool_choice: z
      .enum(['named', 'words', 'none'])
      .optional()
      .describe(
        'What of tool_choice is heeded: functions by name too, auto and required, nothing.',
      ),
    takes_response_schema: flag,
    text_parts: z
      .enum(['kept', 'joined'])
      .optional()
      .describe('Whether several texts of one message stay apart.'),
    image_urls: z.enum(['any', 'data', 'none']).optional(),
    files: z
      .enum(['all', 'pdf', 'none'])
      .optional()
      .describe('Documents that go as files. Other text is written out, other PDFs are refused.'),
    result_media: z
      .enum(['in-result', 'after-results'])
      .optional()
      .describe('Where pictures and files stand that a tool gave back.'),
    result_errors: z
      .enum(['flag', 'prefix'])
      .optional()
      .describe('How a result says that it is an error: is_error, or a word before its text.'),
    thinking_as: z
      .enum(['native', 'thinking', 'reasoning', 'effort', 'template', 'none'])
      .optional()
      .describe('How thinking is asked for.'),
    effort_max: z.enum(['high', 'xhigh', 'max']).optional(),
    takes_effort_none: flag,
    thinking_history: z
      .array(z.enum(thinkingConventions))
      .optional()
      .describe('The fields in which earlier thinking is sent back.'),
    prefill: z
      .enum(['last-message', 'continued', 'refused'])
      .optional()
      .describe('What becomes of a conversation that ends with the words of the assistant.'),
    model_names: z
      .enum(['id', 'author'])
      .optional()
      .describe('What a model is called that `models` does not name.'),
  } satisfies Record<keyof QuirkChanges, z.ZodType>)
  .prefault({});

type ChatUpstreamSchema = z.ZodObject<
  { kind: z.ZodLiteral<'chat-completions'> } & {
    [Option in Exclude<keyof Required<ChatUpstreamConfig>, 'kind'>]: z.ZodType<
      ChatUpstreamConfig[Option]
    >;
  },
  z.core.$strict
>;

export const chatUpstreamSchema: ChatUpstreamSchema = z.strictObject({
  kind: z.literal('chat-completions').describe('An engine that speaks Chat Completions.'),
  base_url: z.url({ protocol: /^https?$/ }).describe('What stands before /chat/completions.'),
  engine: z.enum(engineNames).default('generic').describe('Whose ways it has.'),
  quirks: quirksSchema.describe('Where it differs from the engine that is named.'),
  models: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe(
      "The engine's names of models, by the name in a request. `*` is for all others; without it they go by their own.",
    ),
  verbatim: z
    .boolean()
    .default(true)
    .describe('Whether requests that come in this form go to the engine as they are.'),
  api_key: secretReference.optional(),
  api_keys: secretReferences,
  auth: z.enum(['bearer', 'none']).default('bearer').describe('How the key is sent.'),
  strip_billing_header: stripBillingHeader,
  connections_max: connectionsMax,
  on_client_gone: onClientGone,
  timeouts: upstreamTimeoutsSchema,
  probe: probeSchema,
});
