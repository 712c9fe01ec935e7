import type { JsonObject, JsonValue } from '../std/json.ts';

/** Content blocks as the wire spells them; the API reference §3.1 (requests) and §3.3 (responses). */

export interface CacheControl {
  readonly type: 'ephemeral';
  readonly ttl?: '5m' | '1h';
}

interface Cacheable {
  readonly cache_control?: CacheControl | null;
}

export type Citation = JsonObject & { readonly type: string };

export interface TextBlock extends Cacheable {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[] | null;
}

export type ImageSource =
  | { readonly type: 'base64'; readonly media_type: string; readonly data: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'file'; readonly file_id: string };

export interface ImageBlock extends Cacheable {
  readonly type: 'image';
  readonly source: ImageSource;
  readonly transformations?: JsonObject | null;
}

export type DocumentSource =
  | { readonly type: 'base64'; readonly media_type: string; readonly data: string }
  | { readonly type: 'text'; readonly media_type: string; readonly data: string }
  | { readonly type: 'content'; readonly content: string | readonly (TextBlock | ImageBlock)[] }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'file'; readonly file_id: string };

export interface DocumentBlock extends Cacheable {
  readonly type: 'document';
  readonly source: DocumentSource;
  readonly title?: string | null;
  readonly context?: string | null;
  readonly citations?: { readonly enabled?: boolean } | null;
}

export interface SearchResultBlock extends Cacheable {
  readonly type: 'search_result';
  readonly source: string;
  readonly title: string;
  readonly content: readonly TextBlock[];
  readonly citations?: { readonly enabled?: boolean } | null;
}

export interface ToolReferenceBlock extends Cacheable {
  readonly type: 'tool_reference';
  readonly tool_name: string;
}

export type Caller = JsonObject & { readonly type: string };

export interface ToolUseBlock extends Cacheable {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
  readonly caller?: Caller | null;
}

export type ToolResultPart =
  | TextBlock
  | ImageBlock
  | SearchResultBlock
  | DocumentBlock
  | ToolReferenceBlock;

export interface ToolResultBlock extends Cacheable {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content?: string | readonly ToolResultPart[] | null;
  readonly is_error?: boolean | null;
}

export interface ThinkingBlock {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
}

export interface RedactedThinkingBlock {
  readonly type: 'redacted_thinking';
  readonly data: string;
}

export interface ServerToolUseBlock extends Cacheable {
  readonly type: 'server_tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
  readonly caller?: Caller | null;
}

/** The results that server tools leave in an assistant turn. */
export const serverToolResultTypes = [
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
] as const;
export type ServerToolResultType = (typeof serverToolResultTypes)[number];

export interface ServerToolResultBlock extends Cacheable {
  readonly type: ServerToolResultType;
  readonly tool_use_id: string;
  readonly content: JsonValue;
  readonly caller?: Caller | null;
}

export interface ContainerUploadBlock extends Cacheable {
  readonly type: 'container_upload';
  readonly file_id: string;
}

export interface McpToolUseBlock extends Cacheable {
  readonly type: 'mcp_tool_use';
  readonly id: string;
  readonly name: string;
  readonly server_name: string;
  readonly input: JsonObject;
}

export interface McpToolResultBlock extends Cacheable {
  readonly type: 'mcp_tool_result';
  readonly tool_use_id: string;
  readonly content?: string | readonly TextBlock[];
  readonly is_error?: boolean;
}

export interface CompactionBlock extends Cacheable {
  readonly type: 'compaction';
  readonly content: string | null;
}

/** A block that a request may carry. */
export type RequestBlock =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | SearchResultBlock
  | ToolUseBlock
  | ToolResultBlock
  | ThinkingBlock
  | RedactedThinkingBlock
  | ServerToolUseBlock
  | ServerToolResultBlock
  | ContainerUploadBlock
  | McpToolUseBlock
  | McpToolResultBlock
  | CompactionBlock;

/** A block that an answer may carry. */
export type ResponseBlock =
  | TextBlock
  | ThinkingBlock
  | RedactedThinkingBlock
  | ToolUseBlock
  | ServerToolUseBlock
  | ServerToolResultBlock
  | ContainerUploadBlock
  | McpToolUseBlock
  | McpToolResultBlock
  | CompactionBlock;
