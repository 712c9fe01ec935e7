import type {
  CompactionBlock,
  ContainerUploadBlock,
  DocumentBlock,
  ImageBlock,
  McpToolResultBlock,
  McpToolUseBlock,
  RedactedThinkingBlock,
  SearchResultBlock,
  ServerToolResultBlock,
  ServerToolUseBlock,
  TextBlock,
  ThinkingBlock,
  ToolReferenceBlock,
  ToolResultBlock,
  ToolUseBlock,
} from './content-blocks.ts';
import { serverToolResultTypes } from './content-blocks.ts';
import type { Field, ObjectSchema, Schema, TaggedSchema } from './schema.ts';
import {
  anyObject,
  anyValue,
  array,
  boolean,
  closed,
  nullable,
  oneOf,
  optional,
  required,
  string,
  stringOr,
} from './schema.ts';

/** Schemas of the blocks that a request may carry; the API reference §3.1. */

const type: Field = required(string());

export const cacheControlSchema: Schema = nullable({
  kind: 'tagged',
  variants: {
    ephemeral: closed<{ type: string; ttl?: string }>({
      type,
      ttl: optional(oneOf('5m', '1h')),
    }),
  },
});
const cacheControl = optional(cacheControlSchema);

/** The pattern of ids that callers bring back: tool calls and what refers to them. */
const toolUseId = string({ pattern: /^[a-zA-Z0-9_-]+$/ });

const caller = optional(
  nullable({
    kind: 'tagged',
    variants: Object.fromEntries(
      ['code_execution_20250825', 'code_execution_20260120', 'direct'].map((tag) => [
        tag,
        closed<{ type: string; tool_id?: string }>({ type, tool_id: optional(string()) }),
      ]),
    ),
  }),
);

const citationsSwitch = optional(
  nullable(closed<{ enabled?: boolean }>({ enabled: optional(boolean) })),
);

const textBlock: ObjectSchema = closed<TextBlock>({
  type: required(oneOf('text')),
  text: required(string()),
  citations: optional(nullable(array(anyObject))),
  cache_control: cacheControl,
});

/** Text blocks alone, what `system` is made of: no union, so no tag in an error's path. */
export const textBlocksSchema: Schema = array(textBlock);

const base64Source = (...mediaTypes: readonly string[]): ObjectSchema =>
  closed<{ type: string; media_type: string; data: string }>({
    type,
    media_type: required(oneOf(...mediaTypes)),
    data: required(string()),
  });
const urlSource = closed<{ type: string; url: string }>({ type, url: required(string()) });
const fileSource = closed<{ type: string; file_id: string }>({
  type,
  file_id: required(string()),
});

const imageBlock: ObjectSchema = closed<ImageBlock>({
  type,
  source: required({
    kind: 'tagged',
    variants: {
      base64: base64Source('image/jpeg', 'image/png', 'image/gif', 'image/webp'),
      file: fileSource,
      url: urlSource,
    },
  }),
  transformations: optional(nullable(anyObject)),
  cache_control: cacheControl,
});

const documentBlock: ObjectSchema = closed<DocumentBlock>({
  type,
  source: required({
    kind: 'tagged',
    variants: {
      base64: base64Source('application/pdf'),
      content: closed<{ type: string; content: unknown }>({
        type,
        content: required(
          stringOr(array({ kind: 'tagged', variants: { image: imageBlock, text: textBlock } })),
        ),
      }),
      file: fileSource,
      text: base64Source('text/plain'),
      url: urlSource,
    },
  }),
  title: optional(nullable(string({ lengthMin: 1, lengthMax: 500 }))),
  context: optional(nullable(string({ lengthMin: 1 }))),
  citations: citationsSwitch,
  cache_control: cacheControl,
});

const searchResultBlock: ObjectSchema = closed<SearchResultBlock>({
  type,
  source: required(string()),
  title: required(string()),
  content: required(textBlocksSchema),
  citations: citationsSwitch,
  cache_control: cacheControl,
});

const toolReferenceBlock: ObjectSchema = closed<ToolReferenceBlock>({
  type,
  tool_name: required(string()),
  cache_control: cacheControl,
});

/** A PDF is named `pdf` in the paths of errors, whatever its source (API reference §4.2). */
function pathTag(tag: string, value: Readonly<Record<string, unknown>>): string {
  if (tag !== 'document') return tag;
  const source = value['source'] as { readonly media_type?: unknown } | undefined;
  return source?.media_type === 'application/pdf' ? 'pdf' : tag;
}

const toolResultBlock: ObjectSchema = closed<ToolResultBlock>({
  type,
  tool_use_id: required(toolUseId),
  content: optional(
    nullable(
      stringOr(
        array({
          kind: 'tagged',
          pathTag,
          variants: {
            document: documentBlock,
            image: imageBlock,
            search_result: searchResultBlock,
            text: textBlock,
            tool_reference: toolReferenceBlock,
          },
        }),
      ),
    ),
  ),
  is_error: optional(nullable(boolean)),
  cache_control: cacheControl,
});

const serverToolResultBlock: ObjectSchema = closed<ServerToolResultBlock>({
  type,
  tool_use_id: required(string({ pattern: /^srvtoolu_[a-zA-Z0-9_]+$/ })),
  content: required(anyValue),
  caller,
  cache_control: cacheControl,
});

export const contentBlockSchema: TaggedSchema = {
  kind: 'tagged',
  pathTag,
  variants: {
    ...Object.fromEntries(serverToolResultTypes.map((tag) => [tag, serverToolResultBlock])),
    compaction: closed<CompactionBlock>({
      type,
      content: required(nullable(string())),
      cache_control: cacheControl,
    }),
    container_upload: closed<ContainerUploadBlock>({
      type,
      file_id: required(string()),
      cache_control: cacheControl,
    }),
    document: documentBlock,
    image: imageBlock,
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
      input: required(anyObject),
      cache_control: cacheControl,
    }),
    redacted_thinking: closed<RedactedThinkingBlock>({ type, data: required(string()) }),
    search_result: searchResultBlock,
    server_tool_use: closed<ServerToolUseBlock>({
      type,
      id: required(string({ pattern: /^srvtoolu_[a-zA-Z0-9_]+$/ })),
      name: required(string()),
      input: required(anyObject),
      caller,
      cache_control: cacheControl,
    }),
    text: textBlock,
    thinking: closed<ThinkingBlock>({
      type,
      thinking: required(string()),
      signature: required(string()),
    }),
    tool_result: toolResultBlock,
    tool_use: closed<ToolUseBlock>({
      type,
      id: required(toolUseId),
      name: required(string({ lengthMin: 1, lengthMax: 200 })),
      input: required(anyObject),
      caller,
      cache_control: cacheControl,
    }),
  },
};
