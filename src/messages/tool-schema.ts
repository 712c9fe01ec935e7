import type { CustomTool } from './request.ts';
import type { Field, ObjectSchema, Schema } from './schema.ts';
import {
  anyObject,
  array,
  boolean,
  closed,
  integer,
  map,
  nullable,
  oneOf,
  optional,
  required,
  string,
} from './schema.ts';
import { cacheControlSchema, citationsSwitchSchema } from './source-block-schema.ts';

/** Schemas of tool definitions; the API reference §2.3. */

const type: Field = required(string());
const positive = integer({ above: 0 });

const allowedCallers = optional(
  array(
    oneOf(
      'direct',
      'code_execution_20250825',
      'code_execution_20260120',
      'code_execution_20260521',
    ),
  ),
);

/** What every tool may say of how it is offered. */
const offered = {
  cache_control: optional(cacheControlSchema),
  strict: optional(boolean),
  defer_loading: optional(boolean),
  allowed_callers: allowedCallers,
};
const examples = { input_examples: optional(array(anyObject)) };

const customTool: ObjectSchema = closed<CustomTool>({
  type: optional(nullable(string())),
  name: required(string({ pattern: /^[a-zA-Z0-9_-]{1,128}$/ })),
  description: optional(string()),
  input_schema: required(anyObject),
  ...offered,
  ...examples,
  eager_input_streaming: optional(nullable(boolean)),
});

/** A tool of the API: its name is given, its options are its own. */
function builtIn(name: string, options: Readonly<Record<string, Field>> = {}): ObjectSchema {
  const fields = { type, name: required(oneOf(name)), ...offered, ...options };
  return { kind: 'object', isOpen: false, fields };
}

const computer = {
  display_width_px: required(integer({ min: 1 })),
  display_height_px: required(integer({ min: 1 })),
  display_number: optional(nullable(integer({ min: 0 }))),
  ...examples,
};

/** The text editor does not truncate what it is asked to view before 20250728. */
const maxCharacters = { max_characters: optional(nullable(integer({ min: 1 }))) };

const placeName = optional(nullable(string({ lengthMin: 1, lengthMax: 255 })));

const domains = optional(nullable(array(string())));
const web = {
  max_uses: optional(nullable(positive)),
  allowed_domains: domains,
  blocked_domains: domains,
};
const webSearch = {
  ...web,
  user_location: optional(
    nullable(
      closed<Record<'type' | 'city' | 'region' | 'country' | 'timezone', unknown>>({
        type: required(oneOf('approximate')),
        city: placeName,
        region: placeName,
        country: optional(nullable(string({ lengthMin: 2, lengthMax: 2 }))),
        timezone: placeName,
      }),
    ),
  ),
};
const webFetch = {
  ...web,
  citations: optional(citationsSwitchSchema),
  max_content_tokens: optional(nullable(positive)),
};
const cached = { use_cache: optional(boolean) };
const included = { response_inclusion: optional(nullable(string())) };

const mcpToolConfig = closed<{ enabled?: boolean; defer_loading?: boolean }>({
  enabled: optional(boolean),
  defer_loading: optional(boolean),
});
const mcpToolset = closed<
  Record<'type' | 'mcp_server_name' | 'default_config' | 'configs' | 'cache_control', unknown>
>({
  type,
  mcp_server_name: required(string({ lengthMin: 1, lengthMax: 255 })),
  default_config: optional(mcpToolConfig),
  configs: optional(nullable(map(mcpToolConfig))),
  cache_control: optional(cacheControlSchema),
});

/** The toolsets of August 2026 have no name; what their `configs` say is between them and the caller. */
const toolset = closed<{ type: string; configs: unknown; cache_control: unknown }>({
  type,
  configs: optional(nullable(anyObject)),
  cache_control: optional(cacheControlSchema),
});

const bm25 = builtIn('tool_search_tool_bm25');
const regex = builtIn('tool_search_tool_regex');
const codeExecution = builtIn('code_execution');
const editTool = 'str_replace_based_edit_tool';

/** By the alphabet, the order in which an error lists them. */
const tools: Readonly<Record<string, ObjectSchema>> = {
  advisor_20260301: builtIn('advisor', {
    model: required(string({ lengthMin: 1, lengthMax: 256 })),
    max_uses: optional(nullable(positive)),
    caching: optional(cacheControlSchema),
  }),
  bash_20250124: builtIn('bash', examples),
  browser_toolset_20260801: toolset,
  code_execution_20250522: codeExecution,
  code_execution_20250825: codeExecution,
  code_execution_20260120: codeExecution,
  code_execution_20260521: codeExecution,
  computer_20250124: builtIn('computer', computer),
  computer_20251124: builtIn('computer', { ...computer, enable_zoom: optional(boolean) }),
  computer_toolset_20260801: toolset,
  custom: customTool,
  mcp_toolset: mcpToolset,
  memory_20250818: builtIn('memory', examples),
  text_editor_20250124: builtIn('str_replace_editor', examples),
  text_editor_20250429: builtIn(editTool, examples),
  text_editor_20250728: builtIn(editTool, { ...examples, ...maxCharacters }),
  tool_search_tool_bm25: bm25,
  tool_search_tool_bm25_20251119: bm25,
  tool_search_tool_regex: regex,
  tool_search_tool_regex_20251119: regex,
  web_fetch_20250910: builtIn('web_fetch', webFetch),
  web_fetch_20260209: builtIn('web_fetch', webFetch),
  web_fetch_20260309: builtIn('web_fetch', { ...webFetch, ...cached }),
  web_fetch_20260318: builtIn('web_fetch', { ...webFetch, ...cached, ...included }),
  web_search_20250305: builtIn('web_search', webSearch),
  web_search_20260209: builtIn('web_search', webSearch),
  web_search_20260318: builtIn('web_search', { ...webSearch, ...included }),
};

/** A tool definition: a custom tool where it does not say what it is. */
export const toolSchema: Schema = {
  kind: 'tagged',
  defaultTag: 'custom',
  variants: tools,
  betas: {
    advisor_20260301: ['advisor-tool-2026-03-01'],
    code_execution_20250522: ['code-execution-2025-05-22'],
    computer_20250124: ['computer-use-2025-01-24'],
    computer_20251124: ['computer-use-2025-11-24'],
    mcp_toolset: ['mcp-client-2025-11-20', 'mcp-client-2026-09-15'],
  },
  // The lists that callers were shown while these were betas leave them out.
  unlisted: Object.keys(tools).filter((tag) =>
    /^(?:code_execution|web_fetch|.+_toolset)_/.test(tag),
  ),
};
