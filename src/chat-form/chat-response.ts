import type { JsonObject, JsonValue } from '../std/json.ts';
import type {
  ChatFunctionCall,
  ChatReasoningDetail,
  ChatThinkingBlock,
  ChatToolCall,
} from './chat-request.ts';
import type { FinishReason } from './finish-reasons.ts';

/** A whole answer; chat reference §2.10. */
export interface ChatCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  /** Seconds since the epoch. */
  readonly created: number;
  /** As the caller wrote it. */
  readonly model: string;
  readonly choices: readonly ChatChoice[];
  readonly usage: ChatUsage;
  readonly service_tier?: string;
  readonly metadata?: JsonObject;
  readonly meta?: ChatCreditMeta;
}

export interface ChatChoice {
  readonly index: number;
  readonly message: ChatAnswer;
  readonly finish_reason: FinishReason;
  /** Extension: the stop reason of the Messages form. */
  readonly native_finish_reason?: string | null;
  readonly logprobs: null;
}

export interface ChatAnswer {
  readonly role: 'assistant';
  readonly content: string | null;
  readonly refusal: string | null;
  readonly tool_calls?: readonly ChatToolCall[];
  readonly function_call?: ChatFunctionCall;
  readonly annotations?: readonly JsonObject[];
  readonly reasoning_content?: string;
  readonly thinking_blocks?: readonly ChatThinkingBlock[];
  readonly reasoning?: string;
  readonly reasoning_details?: readonly ChatReasoningDetail[];
}

/** One event of a stream; chat reference §2.11. */
export interface ChatChunk {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  /** Empty in the chunk that brings the usage. */
  readonly choices: readonly ChatChunkChoice[];
  /** Absent unless it was asked for; then null until the last chunk. */
  readonly usage?: ChatUsage | null;
  readonly service_tier?: string;
  readonly meta?: ChatCreditMeta;
}

export interface ChatChunkChoice {
  readonly index: number;
  readonly delta: ChatDelta;
  readonly finish_reason: FinishReason | null;
  readonly native_finish_reason?: string | null;
  readonly logprobs: null;
}

export interface ChatDelta {
  readonly role?: 'assistant';
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly ChatToolCallDelta[];
  readonly function_call?: Partial<ChatFunctionCall>;
  readonly annotations?: readonly JsonObject[];
  readonly reasoning_content?: string;
  readonly thinking_blocks?: readonly ChatThinkingBlock[];
  readonly reasoning?: string;
  readonly reasoning_details?: readonly ChatReasoningDetail[];
}

export interface ChatToolCallDelta {
  /** Dense from 0, whatever blocks stand between. */
  readonly index: number;
  /** With the first delta of a call only, as the type and the name are. */
  readonly id?: string;
  readonly type?: 'function' | 'custom';
  readonly function?: Partial<ChatFunctionCall>;
  readonly custom?: { readonly name?: string; readonly input?: string };
}

export interface ChatUsage {
  /** All of the prompt, what was read from the cache and written to it included. */
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number;
    readonly cache_write_tokens?: number;
  };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number };
  /** Extensions: the counts of the Messages form, as they stand there. */
  readonly cache_creation_input_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation?: JsonValue;
}

/** What an answer cost, in credits of 500 nano-USD; chat reference §1.4. */
export interface ChatCreditMeta {
  readonly usage: { readonly credits_used: number; readonly usd_spent: number };
}

/** Chat reference §2.12. */
export interface ChatErrorEnvelope {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
    /** What a program can read of a refusal about money or access. */
    readonly details?: JsonObject;
  };
}
