import type { CacheControl } from '../messages/content-blocks.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';

/**
 * `POST /v1/chat/completions` as the wire spells it (chat reference §2.2 to §2.8). These are the
 * parts that have a meaning here; what a caller may send is judged by the dialect.
 */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly top_k?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly stop_sequences?: readonly string[] | null;
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
  readonly system?: string;
  readonly tools?: readonly ChatTool[] | null;
  readonly tool_choice?: ChatToolChoice | null;
  readonly parallel_tool_calls?: boolean | null;
  readonly response_format?: ChatResponseFormat | null;
  readonly reasoning_effort?: string | null;
  readonly reasoning?: ChatReasoning | null;
  readonly thinking?: JsonObject | null;
  readonly user?: string | null;
  readonly metadata?: JsonObject | null;
  readonly service_tier?: string | null;
}

export type ChatMessage =
  | ChatSystemMessage
  | ChatUserMessage
  | ChatAssistantMessage
  | ChatToolMessage
  | ChatFunctionMessage;

interface Marked {
  /** Extension: where a cached prefix may end; copied to the last block of the message. */
  readonly cache_control?: CacheControl | null;
}

export interface ChatSystemMessage extends Marked {
  readonly role: 'system' | 'developer';
  readonly content: string | readonly ChatTextPart[];
  readonly name?: string;
}

export interface ChatUserMessage extends Marked {
  readonly role: 'user';
  readonly content: string | readonly ChatPart[];
  readonly name?: string;
}

export interface ChatAssistantMessage extends Marked {
  readonly role: 'assistant';
  readonly content?: string | readonly (ChatTextPart | ChatRefusalPart)[] | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly ChatToolCall[] | null;
  readonly function_call?: ChatFunctionCall | null;
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
  readonly thinking_blocks?: readonly ChatThinkingBlock[] | null;
  readonly reasoning_details?: readonly ChatReasoningDetail[] | null;
  readonly name?: string;
}

export interface ChatToolMessage extends Marked {
  readonly role: 'tool';
  readonly tool_call_id: string;
  readonly content: string | readonly (ChatTextPart | ChatImagePart | ChatFilePart)[];
  /** Extension; never guessed from the text. */
  readonly is_error?: boolean;
}

/** The form of 2023, before tools. */
export interface ChatFunctionMessage extends Marked {
  readonly role: 'function';
  readonly name: string;
  readonly content: string | null;
}

export interface ChatTextPart extends Marked {
  readonly type: 'text';
  readonly text: string;
}

export interface ChatRefusalPart {
  readonly type: 'refusal';
  readonly refusal: string;
}

export interface ChatImagePart extends Marked {
  readonly type: 'image_url';
  readonly image_url: { readonly url: string; readonly detail?: string };
}

export interface ChatFilePart extends Marked {
  readonly type: 'file';
  readonly file: {
    readonly file_data?: string;
    readonly filename?: string;
    readonly file_id?: string;
  };
}

export type ChatPart = ChatTextPart | ChatImagePart | ChatFilePart;

export interface ChatFunctionCall {
  readonly name: string;
  readonly arguments: string;
}

export type ChatToolCall =
  | { readonly id: string; readonly type: 'function'; readonly function: ChatFunctionCall }
  | {
      readonly id: string;
      readonly type: 'custom';
      readonly custom: { readonly name: string; readonly input: string };
    };

export interface ChatFunction extends Marked {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: JsonObject | null;
  readonly strict?: boolean | null;
}

export type ChatTool =
  | (Marked & { readonly type: 'function'; readonly function: ChatFunction })
  | (Marked & {
      readonly type: 'custom';
      readonly custom: {
        readonly name: string;
        readonly description?: string;
        readonly format?: JsonObject;
      };
    });

export type ChatToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly function: { readonly name: string } }
  | { readonly type: 'custom'; readonly custom: { readonly name: string } }
  | {
      readonly type: 'allowed_tools';
      readonly allowed_tools: {
        readonly mode: 'auto' | 'required';
        readonly tools: readonly JsonObject[];
      };
    };

export type ChatResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly json_schema: {
        readonly name: string;
        readonly description?: string;
        readonly schema?: JsonObject;
        readonly strict?: boolean | null;
      };
    };

/** Extension: reasoning with a budget, or left out of the answer. */
export interface ChatReasoning {
  readonly effort?: string | null;
  readonly max_tokens?: number | null;
  readonly enabled?: boolean | null;
  readonly exclude?: boolean | null;
}

/** Extension: thinking as the Messages form has it, so that it survives a round trip. */
export type ChatThinkingBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature?: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

/** Extension: the same in another convention. */
export interface ChatReasoningDetail {
  readonly type: string;
  readonly text?: string | null;
  readonly summary?: string | null;
  readonly signature?: string | null;
  readonly data?: string | null;
  readonly format?: string | null;
  readonly id?: string | null;
  readonly index?: number | null;
  readonly [more: string]: JsonValue | undefined;
}
