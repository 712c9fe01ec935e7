import type { ChatAnswer, ChatDelta, ChatToolCallDelta } from '../../../chat-form/chat-response.ts';
import type {
  ChatFunctionCall,
  ChatReasoningDetail,
  ChatThinkingBlock,
  ChatToolCall,
} from '../../../chat-form/chat-request.ts';
import type { JsonObject } from '../../../std/json.ts';

/** What the deltas of a stream amount to: the message that an answer in one piece has. */
export function foldDeltas(deltas: readonly ChatDelta[]): ChatAnswer {
  const texts = deltas.map(({ content }) => content ?? '').join('');
  const calls = foldCalls(deltas.flatMap(({ tool_calls = [] }) => tool_calls));
  const called = foldFunctionCall(deltas.flatMap(({ function_call: call }) => call ?? []));
  const refusal = deltas.map((delta) => delta.refusal ?? '').join('');
  const isCall = calls.length > 0 || called !== undefined;
  const annotations: readonly JsonObject[] = deltas.flatMap((delta) => delta.annotations ?? []);
  return {
    role: 'assistant',
    content: texts === '' && isCall ? null : texts,
    refusal: refusal === '' ? null : refusal,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(called === undefined ? {} : { function_call: called }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...foldReasoning(deltas),
  };
}

function foldReasoning(deltas: readonly ChatDelta[]): Partial<ChatAnswer> {
  const content = deltas.map((delta) => delta.reasoning_content ?? '').join('');
  const reasoning = deltas.map((delta) => delta.reasoning ?? '').join('');
  const blocks: readonly ChatThinkingBlock[] = deltas.flatMap(
    ({ thinking_blocks = [] }) => thinking_blocks,
  );
  const details = foldDetails(deltas.flatMap(({ reasoning_details: pieces = [] }) => pieces));
  return {
    ...(content === '' ? {} : { reasoning_content: content }),
    ...(blocks.length === 0 ? {} : { thinking_blocks: blocks }),
    ...(reasoning === '' ? {} : { reasoning }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  };
}

/** Pieces of one index are one detail: its texts joined, its signature from the last. */
function foldDetails(pieces: readonly ChatReasoningDetail[]): readonly ChatReasoningDetail[] {
  const byIndex = new Map<number, ChatReasoningDetail>();
  for (const piece of pieces) {
    const index = piece.index ?? 0;
    const before = byIndex.get(index);
    const isText = before?.text !== undefined || piece.text !== undefined;
    const text = isText ? { text: `${before?.text ?? ''}${piece.text ?? ''}` } : {};
    byIndex.set(index, { ...before, ...piece, ...text });
  }
  return [...byIndex.values()];
}

/** In one piece a call has no index: its place says it. */
function foldCalls(deltas: readonly ChatToolCallDelta[]): readonly ChatToolCall[] {
  const byIndex = Map.groupBy(deltas, ({ index }) => index);
  return [...byIndex.values()].map((pieces): ChatToolCall => {
    const id = pieces.map((piece) => piece.id ?? '').join('');
    const custom = pieces.flatMap((piece) => piece.custom ?? []);
    if (custom.length === 0) {
      const called = foldFunctionCall(pieces.flatMap((piece) => piece.function ?? []));
      return { id, type: 'function', function: called ?? { name: '', arguments: '' } };
    }
    const name = custom.map((piece) => piece.name ?? '').join('');
    const input = custom.map((piece) => piece.input ?? '').join('');
    return { id, type: 'custom', custom: { name, input } };
  });
}

function foldFunctionCall(
  pieces: readonly Partial<ChatFunctionCall>[],
): ChatFunctionCall | undefined {
  if (pieces.length === 0) return undefined;
  const name = pieces.map((piece) => piece.name ?? '').join('');
  return { name, arguments: pieces.map((piece) => piece.arguments ?? '').join('') };
}
