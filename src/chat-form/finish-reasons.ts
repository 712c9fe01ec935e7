import type { StopReason } from '../messages/response.ts';

export const finishReasons = [
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'function_call',
] as const;
export type FinishReason = (typeof finishReasons)[number];

/** What a stop reason is called in this form; chat reference §2.10. */
const finishOf: Readonly<Record<StopReason, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
  pause_turn: 'stop',
  compaction: 'stop',
};

/** Reasons of next year count as a plain end: their name travels beside it. */
export function finishReasonOf(stopReason: string | null): FinishReason {
  return stopReason !== null && Object.hasOwn(finishOf, stopReason)
    ? finishOf[stopReason as StopReason]
    : 'stop';
}

/** The way back. A stop at one of the caller's sequences cannot be told from an end. */
const stopOf: Readonly<Record<FinishReason, StopReason>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
  function_call: 'tool_use',
};

/** The stop reason that a finish reason amounts to; undefined where that says nothing. */
export function stopReasonOf(finishReason: unknown): StopReason | undefined {
  if (typeof finishReason !== 'string' || finishReason === '') return undefined;
  return Object.hasOwn(stopOf, finishReason) ? stopOf[finishReason as FinishReason] : 'end_turn';
}
