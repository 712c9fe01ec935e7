import type {
  CompactionBlock,
  ContainerUploadBlock,
  McpToolResultBlock,
  McpToolUseBlock,
  RedactedThinkingBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
} from './content-blocks.ts';
import type { Field, ObjectSchema, Schema, TaggedSchema } from './schema.ts';
import {
  array,
  boolean,
  closed,
  nullable,
  optional,
  required,
  string,
  stringOr,
} from './schema.ts';
import {
  callerSchema,
  serverToolResultSchemas,
  serverToolUseSchema,
} from './server-block-schema.ts';
import {
  cacheControlSchema,
  callInput,
  documentBlockSchema,
  imageBlockSchema,
  searchResultBlockSchema,
  textBlockSchema,
  textBlocksSchema,
  toolReferenceBlockSchema,
} from './source-block-schema.ts';

/** The schema of the blocks that a request may carry; the API reference §3.1. */

const type: Field = required(string());
const cacheControl = optional(cacheControlSchema);

/** The pattern of ids that callers bring back: tool calls and what refers to them. */
const toolUseId = string({ pattern: /^[a-zA-Z0-9_-]+$/ });

/** A PDF is named `pdf` in the paths of errors, whatever its source (API reference §4.2). */
export function pathTag(tag: string, value: Readonly<Record<string, unknown>>): string {
  if (tag !== 'document') return tag;
  const source = value['source'] as { readonly media_type?: unknown } | null | undefined;
  return source?.media_type === 'application/pdf' ? 'pdf' : tag;
}

const toolResultContent: Schema = stringOr(
  array({
    kind: 'tagged',
    pathTag,
    variants: {
      document: documentBlockSchema,
      image: imageBlockSchema,
      search_result: searchResultBlockSchema,
      text: textBlockSchema,
      tool_reference: toolReferenceBlockSchema,
    },
  }),
);

const variants: Readonly<Record<string, ObjectSchema>> = {
  ...serverToolResultSchemas,
  compaction: closed<CompactionBlock & { encrypted_content?: string | null }>({
    type,
    content: required(nullable(string())),
    encrypted_content: optional(nullable(string())),
    cache_control: cacheControl,
  }),
  container_upload: closed<ContainerUploadBlock>({
    type,
    file_id: required(string()),
    cache_control: cacheControl,
  }),
  document: documentBlockSchema,
  image: imageBlockSchema,
  mcp_tool_result: closed<McpToolResultBlock>({
    type,
    tool_use_id: required(toolUseId),
    content: optional(stringOr(textBlocksSchema)),
    is_error: optional(boolean),
    cache_control: cacheControl,
  }),
  mcp_tool_use: closed<McpToolUseBlock>({
    type,
    id: required(toolUseId),
    name: required(string()),
    server_name: required(string()),
    input: callInput,
    cache_control: cacheControl,
  }),
  redacted_thinking: closed<RedactedThinkingBlock>({ type, data: required(string()) }),
  search_result: searchResultBlockSchema,
  server_tool_use: serverToolUseSchema,
  text: textBlockSchema,
  thinking: closed<ThinkingBlock>({
    type,
    thinking: required(string()),
    signature: required(string()),
  }),
  tool_result: closed<ToolResultBlock>({
    type,
    tool_use_id: required(toolUseId),
    content: optional(toolResultContent),
    is_error: optional(boolean),
    cache_control: cacheControl,
  }),
  tool_use: closed<ToolUseBlock>({
    type,
    id: required(toolUseId),
    name: required(string({ lengthMin: 1, lengthMax: 200 })),
    input: callInput,
    caller: optional(callerSchema),
    cache_control: cacheControl,
  }),
};

const mcpBetas = ['mcp-client-2025-11-20', 'mcp-client-2025-04-04', 'mcp-client-2026-09-15'];

/** Blocks of a request; an error lists their tags by the alphabet, as the API does. */
export const contentBlockSchema: TaggedSchema = {
  kind: 'tagged',
  pathTag,
  variants: Object.fromEntries(
    Object.keys(variants)
      .toSorted()
      .map((tag) => [tag, variants[tag] as ObjectSchema]),
  ),
  betas: {
    advisor_tool_result: ['advisor-tool-2026-03-01'],
    compaction: ['compact-2026-01-12', 'compact-2026-09-04'],
    mcp_tool_result: mcpBetas,
    mcp_tool_use: mcpBetas,
  },
};
