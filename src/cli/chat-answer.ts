import type { JsonObject, JsonValue } from '../std/json.ts';

/** A piece of an answer as it streams. */
export type AnswerPiece =
  | { readonly kind: 'text' | 'thinking' | 'arguments'; readonly text: string }
  | { readonly kind: 'call'; readonly text: string };

/** A tool that the model wants to be called. */
export interface ToolCall {
  readonly id: string | undefined;
  readonly name: string;
  /** As far as it came, where it was cut. */
  readonly input: JsonValue;
}

/** What there is of an answer. */
export interface AnswerSoFar {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly stopReason: string | undefined;
  /** As the form has it; undefined where none was reported. */
  readonly usage: JsonObject | undefined;
  readonly calls: readonly ToolCall[];
  /** Of a whole answer in the Messages form. */
  readonly blocks: readonly JsonValue[] | undefined;
  readonly isComplete: boolean;
}

/** Takes the events of a stream of one form. */
export interface AnswerReader {
  /** The pieces that an event brings; fails where it says that the answer failed. */
  take(data: string): readonly AnswerPiece[];
  soFar(): AnswerSoFar;
}

/** An answer, whole or stopped. */
export interface ChatAnswer extends AnswerSoFar {
  readonly text: string;
  readonly thinking: string;
  /** As the gateway settled it; undefined where it does not say. */
  readonly cost: JsonObject | undefined;
  readonly requestId: string | undefined;
  readonly isInterrupted: boolean;
  /** Until the first piece; undefined where there was none. */
  readonly firstMs: number | undefined;
  readonly totalMs: number;
}

/** Counts of an answer, by the names of either form. */
export function tokensOf(usage: JsonObject | undefined): {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly cached: number | undefined;
} {
  const count = (...names: readonly string[]): number | undefined =>
    names.map((name) => usage?.[name]).find((value) => typeof value === 'number');
  return {
    input: count('input_tokens', 'prompt_tokens'),
    output: count('output_tokens', 'completion_tokens'),
    cached: count('cache_read_input_tokens'),
  };
}

/** An answer as `--json` tells it. */
export function encodeAnswer(answer: ChatAnswer): JsonObject {
  const { text, thinking, calls, cost, firstMs, totalMs } = answer;
  return {
    type: 'answer',
    id: answer.id ?? null,
    request_id: answer.requestId ?? null,
    model: answer.model ?? null,
    text,
    thinking: thinking === '' ? null : thinking,
    tool_calls: calls.map(({ id, name, input }) => ({ id: id ?? null, name, input })),
    stop_reason: answer.stopReason ?? null,
    usage: answer.usage ?? null,
    cost_nano: cost?.['cost_nano_usd'] ?? null,
    charged_nano: cost?.['charged_nano_usd'] ?? null,
    usage_source: cost?.['usage_source'] ?? null,
    is_interrupted: answer.isInterrupted,
    first_content_ms: firstMs === undefined ? null : Math.round(firstMs),
    total_ms: Math.round(totalMs),
  };
}
