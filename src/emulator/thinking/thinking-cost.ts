import type { PlannedBlock } from '../answer/planned-block.ts';
import type { Tokenizer } from '../tokens/split-tokens.ts';
import { countTokens } from '../tokens/split-tokens.ts';
import { cutTo } from './write-reasoning.ts';

/** A block that was thought, shown or not. */
export type ThoughtBlock = Extract<PlannedBlock, { readonly kind: 'thinking' | 'redacted' }>;

/** Whether a block is thinking, of whatever kind. */
export function isThought(block: PlannedBlock): block is ThoughtBlock {
  return block.kind === 'thinking' || block.kind === 'redacted';
}

/** All that was thought, whether or not it is shown. */
export function reasoningOf(block: ThoughtBlock): string {
  return block.kind === 'redacted' ? block.reasoning : (block.reasoning ?? block.text);
}

/** What thinking costs: all of it is billed, and the summary that is shown is not (§7.2). */
export function thinkingCost(block: ThoughtBlock, tokenizer?: Tokenizer): number {
  return countTokens(reasoningOf(block), tokenizer);
}

/** Thinking as far as it came when the tokens ran out, its summary cut in proportion. */
export function cutThinking(
  block: ThoughtBlock,
  room: number,
  tokenizer?: Tokenizer,
): ThoughtBlock {
  const reasoning = cutTo(reasoningOf(block), room, tokenizer);
  if (block.kind === 'redacted') return { ...block, reasoning };
  const share = Math.min(1, room / Math.max(1, thinkingCost(block, tokenizer)));
  const shownTokens = Math.floor(countTokens(block.text, tokenizer) * share);
  return { ...block, text: cutTo(block.text, shownTokens, tokenizer), reasoning };
}
