import type { RequestBlock } from '../../messages/content-blocks.ts';
import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';

/** What stands in the place of a result that was cleared. */
const CLEARED = '[Old tool result content cleared]';

/** Which results of tools are cleared (API reference §2.5). */
export interface ToolUseClearing {
  /** How many of the latest calls are left as they are. */
  readonly keep: number;
  readonly excludedTools: readonly string[];
  /** Whether the inputs go as well: of all tools, of some, of none. */
  readonly clearsInputs: boolean | readonly string[];
}

/** Messages without old results, and how many calls they were of. */
export interface ClearedToolUses {
  readonly messages: readonly MessageParam[];
  readonly uses: number;
}

/** How many calls of tools a conversation has that were answered. */
export function countToolUses(messages: readonly MessageParam[]): number {
  return messages.flatMap((message) =>
    blocksOf(message).filter(({ type }) => type === 'tool_result'),
  ).length;
}

/** Puts a word in the place of the results of old calls. */
export function clearToolUses(
  messages: readonly MessageParam[],
  clearing: ToolUseClearing,
): ClearedToolUses {
  const names = new Map<string, string>();
  for (const block of messages.flatMap(blocksOf)) {
    if (block.type === 'tool_use') names.set(block.id, block.name);
  }
  const answered = messages
    .flatMap(blocksOf)
    .flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
  const old = answered.slice(0, Math.max(0, answered.length - clearing.keep));
  const cleared = new Set(
    old.filter((id) => !clearing.excludedTools.includes(names.get(id) ?? '')),
  );
  const isInputCleared = (name: string): boolean =>
    typeof clearing.clearsInputs === 'boolean'
      ? clearing.clearsInputs
      : clearing.clearsInputs.includes(name);
  const clear = (block: RequestBlock): RequestBlock => {
    if (block.type === 'tool_result' && cleared.has(block.tool_use_id)) {
      return { ...block, content: CLEARED };
    }
    const isCall = block.type === 'tool_use' && cleared.has(block.id);
    return isCall && isInputCleared(block.name) ? { ...block, input: {} } : block;
  };
  return {
    messages: messages.map((message) =>
      typeof message.content === 'string'
        ? message
        : { ...message, content: message.content.map(clear) },
    ),
    uses: cleared.size,
  };
}
