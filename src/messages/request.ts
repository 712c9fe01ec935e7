import type { JsonObject, JsonValue } from '../std/json.ts';
import type { CacheControl, RequestBlock, TextBlock } from './content-blocks.ts';

/** `POST /v1/messages`, as the wire spells it; the API reference §2. */
export interface MessagesRequest {
  readonly model: string;
  readonly messages: readonly MessageParam[];
  readonly max_tokens: number;
  readonly system?: string | readonly TextBlock[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop_sequences?: readonly string[];
  readonly stream?: boolean;
  readonly metadata?: { readonly user_id?: string | null };
  readonly tools?: readonly Tool[];
  readonly tool_choice?: ToolChoice;
  readonly thinking?: ThinkingConfig;
  readonly output_config?: OutputConfig;
  readonly service_tier?: 'auto' | 'standard_only';
  readonly container?: JsonValue;
  readonly cache_control?: CacheControl | null;
  readonly inference_geo?: string | null;
  readonly context_management?: JsonObject | null;
  readonly mcp_servers?: readonly JsonObject[];
  readonly speed?: string | null;
  readonly diagnostics?: JsonObject | null;
  readonly output_format?: JsonObject | null;
  /** Beta `message-threads-2026-08-12`: the server holds the conversation between turns. */
  readonly thread?: JsonObject | null;
}

export interface MessageParam {
  /** `system` is for the application's instructions that come up in the midst of it. */
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string | readonly RequestBlock[];
}

export interface CustomTool {
  readonly type?: 'custom' | null;
  readonly name: string;
  readonly description?: string;
  readonly input_schema: JsonObject;
  readonly cache_control?: CacheControl | null;
  readonly strict?: boolean | null;
  readonly defer_loading?: boolean | null;
  readonly allowed_callers?: readonly string[] | null;
  readonly input_examples?: readonly JsonObject[] | null;
  readonly eager_input_streaming?: boolean | null;
}

/** A tool whose schema is the API's own: `bash_20250124`, `web_search_20250305` and their kind. */
export interface BuiltInTool {
  readonly type: string;
  readonly name?: string;
  readonly [option: string]: JsonValue | undefined;
}

export type Tool = CustomTool | BuiltInTool;

export type ToolChoice =
  | { readonly type: 'auto'; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: 'any'; readonly disable_parallel_tool_use?: boolean }
  | {
      readonly type: 'tool';
      readonly name: string;
      readonly disable_parallel_tool_use?: boolean;
    }
  | { readonly type: 'none' };

export type ThinkingConfig =
  | { readonly type: 'disabled' }
  | {
      readonly type: 'enabled';
      readonly budget_tokens: number;
      readonly display?: ThinkingDisplay | null;
    }
  | { readonly type: 'adaptive'; readonly display?: ThinkingDisplay | null };

export type ThinkingDisplay = 'summarized' | 'omitted';

export interface OutputConfig {
  readonly effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null;
  readonly format?: { readonly type: 'json_schema'; readonly schema: JsonObject } | null;
  readonly task_budget?: JsonObject | null;
}

export function isCustomTool(tool: Tool): tool is CustomTool {
  return tool.type === undefined || tool.type === null || tool.type === 'custom';
}

/** A turn's content as blocks: a string is one text block. */
export function blocksOf(message: MessageParam): readonly RequestBlock[] {
  if (typeof message.content !== 'string') return message.content;
  return [{ type: 'text', text: message.content }];
}

/** The last message that is a turn of the conversation: instructions behind it are none. */
export function lastTurnOf(messages: readonly MessageParam[]): MessageParam | undefined {
  return messages.findLast(({ role }) => role !== 'system');
}
