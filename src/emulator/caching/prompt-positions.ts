import type { RequestBlock, TextBlock } from '../../messages/content-blocks.ts';
import type { MessageParam, Tool } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { CheckedRequest } from '../rules/rule.ts';

/** One place of the prompt where a prefix may end: a tool, a block of `system`, a block of a turn. */
export type PromptPosition =
  | { readonly level: 'tools'; readonly at: number; readonly block: Tool }
  | { readonly level: 'system'; readonly at: number; readonly block: TextBlock }
  | {
      readonly level: 'messages';
      readonly at: number;
      readonly index: number;
      readonly role: MessageParam['role'];
      readonly block: RequestBlock;
    };

/** The levels of a prompt, in the order in which it is put together (API reference §6.1). */
export type PromptLevel = PromptPosition['level'];

/** A prompt laid out flat: tools, then `system`, then the blocks of each turn (API reference §6.6). */
export function promptPositions(request: CheckedRequest): readonly PromptPosition[] {
  const positions: PromptPosition[] = [];
  for (const [at, block] of (request.tools ?? []).entries()) {
    positions.push({ level: 'tools', at, block });
  }
  for (const [at, block] of systemBlocks(request).entries()) {
    positions.push({ level: 'system', at, block });
  }
  for (const [at, message] of request.messages.entries()) {
    const { role } = message;
    for (const [index, block] of blocksOf(message).entries()) {
      positions.push({ level: 'messages', at, index, role, block });
    }
  }
  return positions;
}

/** Where a position stands in the request's body, as errors spell it. */
export function positionPath(position: PromptPosition): string {
  const { level, at } = position;
  if (level !== 'messages') return `${level}.${String(at)}`;
  return `${level}.${String(at)}.content.${String(position.index)}`;
}

/** A string stands for one text block. */
function systemBlocks({ system }: CheckedRequest): readonly TextBlock[] {
  if (system === undefined) return [];
  return typeof system === 'string' ? [{ type: 'text', text: system }] : system;
}
