import { cacheControlSchema, contentBlockSchema, textBlocksSchema } from './content-schema.ts';
import type { CustomTool, MessageParam, MessagesRequest, OutputConfig } from './request.ts';
import type { Field, ObjectSchema, Schema } from './schema.ts';
import {
  anyObject,
  anyValue,
  array,
  boolean,
  closed,
  integer,
  nullable,
  number,
  oneOf,
  optional,
  required,
  string,
  stringOr,
} from './schema.ts';

/** Schema of `POST /v1/messages`: closed, as the API's is; the API reference §2. */

const type: Field = required(string());
const parallel = optional(boolean);

export const toolChoiceSchema: Schema = {
  kind: 'tagged',
  variants: {
    auto: closed<{ type: string; disable_parallel_tool_use?: boolean }>({
      type,
      disable_parallel_tool_use: parallel,
    }),
    any: closed<{ type: string; disable_parallel_tool_use?: boolean }>({
      type,
      disable_parallel_tool_use: parallel,
    }),
    tool: closed<{ type: string; name: string; disable_parallel_tool_use?: boolean }>({
      type,
      name: required(string()),
      disable_parallel_tool_use: parallel,
    }),
    none: closed<{ type: string }>({ type }),
  },
};

const THINKING_BUDGET_MIN = 1024;
const display = optional(nullable(oneOf('summarized', 'omitted')));

export const thinkingSchema: Schema = {
  kind: 'tagged',
  variants: {
    adaptive: closed<{ type: string; display?: string }>({ type, display }),
    disabled: closed<{ type: string }>({ type }),
    enabled: closed<{ type: string; budget_tokens: number; display?: string }>({
      type,
      budget_tokens: required(integer({ min: THINKING_BUDGET_MIN })),
      display,
    }),
  },
};

const customTool: ObjectSchema = closed<CustomTool>({
  type: optional(nullable(string())),
  name: required(string({ pattern: /^[a-zA-Z0-9_-]{1,128}$/ })),
  description: optional(string()),
  input_schema: required(anyObject),
  cache_control: optional(cacheControlSchema),
  strict: optional(nullable(boolean)),
  defer_loading: optional(nullable(boolean)),
  allowed_callers: optional(nullable(array(string()))),
  input_examples: optional(nullable(array(anyObject))),
  eager_input_streaming: optional(nullable(boolean)),
});

/** A tool that the API defines; its options are its own, so the object is open. */
const builtInTool: ObjectSchema = { kind: 'object', isOpen: true, fields: { type } };

/** The tool types of the API reference §2.3, in the order that an error lists them. */
export const builtInToolTypes = [
  'advisor_20260301',
  'bash_20250124',
  'browser_toolset_20260801',
  'code_execution_20250522',
  'code_execution_20250825',
  'code_execution_20260120',
  'code_execution_20260521',
  'computer_20250124',
  'computer_20251124',
  'computer_toolset_20260801',
  'mcp_toolset',
  'memory_20250818',
  'text_editor_20250124',
  'text_editor_20250429',
  'text_editor_20250728',
  'tool_search_tool_bm25',
  'tool_search_tool_bm25_20251119',
  'tool_search_tool_regex',
  'tool_search_tool_regex_20251119',
  'web_fetch_20250910',
  'web_fetch_20260209',
  'web_fetch_20260309',
  'web_fetch_20260318',
  'web_search_20250305',
  'web_search_20260209',
  'web_search_20260318',
] as const;

const toolSchema: Schema = {
  kind: 'tagged',
  defaultTag: 'custom',
  variants: Object.fromEntries(
    [...builtInToolTypes, 'custom']
      .toSorted()
      .map((tag) => [tag, tag === 'custom' ? customTool : builtInTool]),
  ),
};

const message: ObjectSchema = closed<MessageParam>({
  role: required(oneOf('user', 'assistant')),
  content: required(stringOr(array(contentBlockSchema))),
});

const outputFormat = closed<{ type: string; schema: unknown }>({
  type: required(oneOf('json_schema')),
  schema: required(anyObject),
});

const outputConfig: ObjectSchema = closed<OutputConfig>({
  effort: optional(nullable(oneOf('low', 'medium', 'high', 'xhigh', 'max'))),
  format: optional(nullable(outputFormat)),
  task_budget: optional(nullable(anyObject)),
});

const MESSAGES_MAX = 100_000;

/** The fields of every request; the order is the order in which they are checked. */
export const messagesRequestSchema: ObjectSchema = closed<MessagesRequest>({
  model: required(string({ lengthMin: 1, lengthMax: 256 })),
  messages: required(array(message, { lengthMax: MESSAGES_MAX })),
  max_tokens: required(integer()),
  system: optional(stringOr(textBlocksSchema)),
  temperature: optional(number()),
  top_p: optional(number({ min: 0, max: 1 })),
  top_k: optional(integer({ min: 0 })),
  stop_sequences: optional(array(string())),
  stream: optional(boolean),
  metadata: optional(
    closed<{ user_id?: string }>({ user_id: optional(nullable(string({ lengthMax: 256 }))) }),
  ),
  tools: optional(array(toolSchema)),
  tool_choice: optional(toolChoiceSchema),
  thinking: optional(thinkingSchema),
  output_config: optional(outputConfig),
  service_tier: optional(oneOf('auto', 'standard_only')),
  container: optional(anyValue),
  cache_control: optional(cacheControlSchema),
  inference_geo: optional(nullable(oneOf('global', 'us'))),
  context_management: optional(nullable(anyObject)),
  mcp_servers: optional(array(anyObject, { lengthMax: 20 })),
  speed: optional(nullable(oneOf('standard', 'fast'))),
  diagnostics: optional(nullable(anyObject)),
  output_format: optional(nullable(outputFormat)),
  thread: optional(nullable(anyObject)),
});
