import type { JsonObject, JsonValue } from '../std/json.ts';
import type { ResponseBlock } from './content-blocks.ts';

export const stopReasons = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
  'compaction',
] as const;
export type StopReason = (typeof stopReasons)[number];

/** `usage` as the wire spells it; {@link Usage} is what we make of it. */
export interface WireUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation?: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  } | null;
  readonly output_tokens: number;
  readonly output_tokens_details?: { readonly thinking_tokens: number } | null;
  readonly server_tool_use?: {
    readonly web_search_requests: number;
    readonly web_fetch_requests: number;
  } | null;
  readonly service_tier?: 'standard' | 'priority' | 'batch' | null;
  readonly inference_geo?: string | null;
}

/** The answer of `POST /v1/messages`; the API reference §3.3. Key order is the wire's. */
export interface Message {
  readonly model: string;
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly content: readonly ResponseBlock[];
  readonly container?: JsonObject | null;
  readonly stop_reason: StopReason | null;
  readonly stop_sequence: string | null;
  readonly stop_details?: JsonObject | null;
  readonly usage: WireUsage;
  /** Beta: sits on the final `message_delta` in a stream. */
  readonly context_management?: JsonValue;
}
