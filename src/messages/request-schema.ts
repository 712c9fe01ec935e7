import { contentBlockSchema } from './content-schema.ts';
import { contextManagementSchema } from './context-management-schema.ts';
import type { MessageParam, MessagesRequest, OutputConfig } from './request.ts';
import type { Field, ObjectSchema, Schema } from './schema.ts';
import {
  anyObject,
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
  withBeta,
} from './schema.ts';
import { cacheControlSchema, textBlocksSchema } from './source-block-schema.ts';
import { toolSchema } from './tool-schema.ts';

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

const message: ObjectSchema = closed<MessageParam>({
  role: required({ kind: 'string', values: ['user', 'assistant'], unlisted: ['system'] }),
  content: required(stringOr(array(contentBlockSchema))),
});

const outputFormat = closed<{ type: string; schema: unknown }>({
  type: required(oneOf('json_schema')),
  schema: required(anyObject),
});

const TASK_BUDGET_MIN = 1024;
const taskBudget = closed<{ type: string; total: number; remaining?: number }>({
  type: required(oneOf('tokens')),
  total: required(integer({ min: TASK_BUDGET_MIN })),
  remaining: optional(nullable(integer({ min: 0 }))),
});

const outputConfig: ObjectSchema = closed<OutputConfig>({
  effort: optional(nullable(oneOf('low', 'medium', 'high', 'xhigh', 'max'))),
  format: optional(nullable(outputFormat)),
  task_budget: withBeta(nullable(taskBudget), 'task-budgets-2026-03-13'),
});

const SKILLS_MAX = 20;
const skillName = string({ lengthMin: 1, lengthMax: 64 });
const containerWithSkills = closed<{ id?: string; skills?: unknown }>({
  id: optional(nullable(string())),
  skills: withBeta(
    nullable(
      array(
        closed<{ type: string; skill_id: string; version?: string }>({
          type: required(oneOf('anthropic', 'custom')),
          skill_id: required(skillName),
          version: optional(skillName),
        }),
        { lengthMax: SKILLS_MAX },
      ),
    ),
    'skills-2025-10-02',
  ),
});

const MCP_SERVERS_MAX = 20;
const mcpServer = closed<
  Record<'type' | 'url' | 'name' | 'authorization_token' | 'tool_configuration', unknown>
>({
  type: required(oneOf('url')),
  url: required(string()),
  name: required(string()),
  authorization_token: optional(nullable(string())),
  tool_configuration: withBeta(
    nullable(
      closed<{ enabled?: boolean; allowed_tools?: unknown }>({
        enabled: optional(nullable(boolean)),
        allowed_tools: optional(nullable(array(string()))),
      }),
    ),
    'mcp-client-2025-04-04',
  ),
});

const speed = nullable(oneOf('standard', 'fast'));

const fallback = closed<
  Record<'model' | 'max_tokens' | 'output_config' | 'speed' | 'thinking', unknown>
>({
  model: required(string({ lengthMin: 1, lengthMax: 256 })),
  max_tokens: optional(nullable(integer({ min: 1 }))),
  output_config: optional(nullable(outputConfig)),
  speed: optional(speed),
  thinking: optional(nullable(thinkingSchema)),
});

const MESSAGES_MAX = 100_000;

/** Parameters that only betas have and that the request's type does not name. */
interface BetaParameters {
  readonly fallbacks?: unknown;
  readonly fallback_credit_token?: unknown;
  readonly user_profile_id?: string | null;
}

/** The fields of every request; the order is the order in which they are checked. */
export const messagesRequestSchema: ObjectSchema = closed<MessagesRequest & BetaParameters>({
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
  container: optional(nullable(stringOr(containerWithSkills))),
  cache_control: optional(cacheControlSchema),
  inference_geo: optional(nullable(oneOf('global', 'us'))),
  context_management: withBeta(
    nullable(contextManagementSchema),
    'context-management-2025-06-27',
    'compact-2026-01-12',
    'compact-2026-09-04',
  ),
  mcp_servers: withBeta(
    array(mcpServer, { lengthMax: MCP_SERVERS_MAX }),
    'mcp-client-2025-11-20',
    'mcp-client-2025-04-04',
    'mcp-client-2026-09-15',
  ),
  speed: withBeta(speed, 'fast-mode-2026-02-01'),
  diagnostics: withBeta(
    nullable(
      closed<{ previous_message_id?: string }>({
        previous_message_id: optional(nullable(string())),
      }),
    ),
    'cache-diagnosis-2026-04-07',
  ),
  output_format: withBeta(
    nullable(outputFormat),
    'structured-outputs-2025-11-13',
    'structured-outputs-2025-12-15',
  ),
  thread: withBeta(nullable(anyObject), 'message-threads-2026-08-12'),
  fallbacks: withBeta(
    nullable(stringOr(array(fallback), 'default')),
    'server-side-fallback-2026-06-01',
    'server-side-fallback-2026-07-01',
  ),
  fallback_credit_token: withBeta(
    nullable(stringOr(anyObject)),
    'fallback-credit-2026-06-01',
    'fallback-credit-2026-07-01',
  ),
  user_profile_id: withBeta(
    nullable(string()),
    'user-profiles-2026-03-24',
    'user-profiles-2026-08-18',
    'user-profiles-2026-09-04',
  ),
});
