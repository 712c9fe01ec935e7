import type { JsonObject, JsonValue } from '../std/json.ts';
import type { ResponseBlock } from './content-blocks.ts';
import type { Message, StopReason, WireUsage } from './response.ts';

/** The events of a stream; the API reference §5. */

export const eventTypes = [
  'message_start',
  'content_block_start',
  'ping',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'error',
] as const;
export type EventType = (typeof eventTypes)[number];

export interface MessageStartEvent {
  readonly type: 'message_start';
  readonly message: Message;
}
export interface ContentBlockStartEvent {
  readonly type: 'content_block_start';
  readonly index: number;
  readonly content_block: ResponseBlock;
}
export interface ContentBlockDeltaEvent {
  readonly type: 'content_block_delta';
  readonly index: number;
  readonly delta: ContentBlockDelta;
}
export interface ContentBlockStopEvent {
  readonly type: 'content_block_stop';
  readonly index: number;
}
export interface MessageDeltaEvent {
  readonly type: 'message_delta';
  readonly delta: {
    readonly stop_reason: StopReason | null;
    readonly stop_sequence: string | null;
    readonly stop_details?: JsonObject | null;
    readonly container?: JsonObject | null;
  };
  readonly usage: Partial<WireUsage> & { readonly output_tokens: number };
  readonly context_management?: JsonValue;
}
export interface MessageStopEvent {
  readonly type: 'message_stop';
}
export interface PingEvent {
  readonly type: 'ping';
}
export interface ErrorEvent {
  readonly type: 'error';
  readonly error: {
    readonly type: string;
    readonly message: string;
    readonly details?: JsonValue;
  };
  readonly request_id?: string;
}

export type MessagesEvent =
  | MessageStartEvent
  | ContentBlockStartEvent
  | ContentBlockDeltaEvent
  | ContentBlockStopEvent
  | MessageDeltaEvent
  | MessageStopEvent
  | PingEvent
  | ErrorEvent;

export type ContentBlockDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string }
  | {
      readonly type: 'thinking_delta';
      readonly thinking: string;
      /** Beta: a step of an estimate, null where none is due. */
      readonly estimated_tokens?: number | null;
    }
  | { readonly type: 'signature_delta'; readonly signature: string }
  | { readonly type: 'citations_delta'; readonly citation: JsonObject }
  | { readonly type: 'compaction_delta'; readonly content: string | null };

/**
 * One event as the bytes of the wire. `ping` alone carries a space after the colon there
 * (API reference §5.1), so it does here.
 */
export function eventText(event: MessagesEvent): string {
  const data = event.type === 'ping' ? '{"type": "ping"}' : JSON.stringify(event);
  return `event: ${event.type}\ndata: ${data}\n\n`;
}
