import type { MessageParam } from '../../../messages/request.ts';
import { blocksOf } from '../../../messages/request.ts';
import { isSealed } from './placed-block.ts';

/**
 * Whether the conversation ends in results of tools, and the assistant's turn that they belong to
 * did not begin with thinking. Most clients of this form send no thinking back, and with a
 * budget the API then refuses to go on (API reference §4.5, §7.4). It thinks once a turn, so
 * thinking at the beginning of the turn's first or last message will do.
 */
export function lacksLoopThinking(messages: readonly MessageParam[]): boolean {
  if (!isResults(messages.at(-1))) return false;
  let at = messages.length - 2;
  const last = messages[at];
  while (at >= 2 && isResults(messages[at - 1])) at -= 2;
  return ![messages[at], last].some((message) => beginsWithThinking(message));
}

function isResults(message: MessageParam | undefined): boolean {
  if (message?.role !== 'user') return false;
  return blocksOf(message).every(({ type }) => type === 'tool_result');
}

function beginsWithThinking(message: MessageParam | undefined): boolean {
  const first = message === undefined ? undefined : blocksOf(message)[0];
  return first !== undefined && isSealed(first);
}
