import type { RequestBlock } from '../../messages/content-blocks.ts';
import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';

/** Messages without the thinking of their older turns, and of how many turns it was taken. */
export interface ClearedThinking {
  readonly messages: readonly MessageParam[];
  readonly turns: number;
}

/**
 * Takes the thinking out of all turns but the latest so many that have some. A turn lasts until
 * the user says something: results of tools go on with it, so what a loop of tools needs stays.
 */
export function clearThinking(messages: readonly MessageParam[], keep: number): ClearedThinking {
  const turnOf: number[] = [];
  let turn = 0;
  for (const message of messages) {
    if (message.role === 'user' && !blocksOf(message).some(isResult)) turn += 1;
    turnOf.push(turn);
  }
  const thinking = new Set(
    messages.flatMap((message, at) => (blocksOf(message).some(isThought) ? [turnOf[at] ?? 0] : [])),
  );
  const cleared = new Set([...thinking].slice(0, Math.max(0, thinking.size - keep)));
  return {
    messages: messages.map((message, at) =>
      cleared.has(turnOf[at] ?? 0) && message.role === 'assistant'
        ? { ...message, content: blocksOf(message).filter((block) => !isThought(block)) }
        : message,
    ),
    turns: cleared.size,
  };
}

function isThought({ type }: RequestBlock): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

function isResult({ type }: RequestBlock): boolean {
  return type === 'tool_result';
}
