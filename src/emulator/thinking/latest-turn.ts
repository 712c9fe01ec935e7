import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';

/** The latest turn of the assistant: messages that only results of tools stand between. */
export interface LatestTurn {
  /** Index of its first message; past the end where the assistant has not spoken. */
  readonly start: number;
  /** Index of its last message of the assistant; -1 where there is none. */
  readonly last: number;
  /** Whether the answer asked for goes on with it: a tool loop, a paused turn or a prefill. */
  readonly isOpen: boolean;
}

/** Finds the latest turn of the assistant in a conversation (API reference §7.3, §7.4). */
export function latestTurn(messages: readonly MessageParam[]): LatestTurn {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  if (last < 0) return { start: messages.length, last, isOpen: false };
  let start = last;
  for (let at = last - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (message?.role === 'assistant') start = at;
    else if (message === undefined || !hasOnlyResults(message)) break;
  }
  return { start, last, isOpen: messages.slice(last + 1).every(hasOnlyResults) };
}

/** Instructions of the application do not end a turn either. */
function hasOnlyResults(message: MessageParam): boolean {
  if (message.role === 'system') return true;
  const blocks = blocksOf(message);
  return blocks.length > 0 && blocks.every(({ type }) => type === 'tool_result');
}
