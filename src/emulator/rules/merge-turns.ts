import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';

/**
 * Messages of one role in a row are one turn to the model (API reference §3). Undefined where
 * there is nothing to merge.
 */
export function mergeTurns(messages: readonly MessageParam[]): readonly MessageParam[] | undefined {
  if (!messages.some(({ role }, at) => at > 0 && messages[at - 1]?.role === role)) return undefined;
  const turns: { role: MessageParam['role']; parts: MessageParam[] }[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (last?.role === message.role) last.parts.push(message);
    else turns.push({ role: message.role, parts: [message] });
  }
  return turns.map(({ role, parts }) => {
    const [first] = parts;
    if (parts.length === 1 && first !== undefined) return first;
    return { role, content: parts.flatMap((part) => blocksOf(part)) };
  });
}
