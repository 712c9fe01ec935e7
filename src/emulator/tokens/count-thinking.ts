import type {
  RedactedThinkingBlock,
  RequestBlock,
  ThinkingBlock,
} from '../../messages/content-blocks.ts';
import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { countTokens } from './split-tokens.ts';

const BLOCK_TOKENS = 7;
const REDACTED_LETTERS_A_TOKEN = 4;

/**
 * What blocks of thinking cost that come back. Older models read those of the tool loop that is
 * under way and drop the others; newer ones keep all (API reference §7.4).
 */
export function countThinking(
  { messages }: CheckedRequest,
  facts: ModelFacts,
): ReadonlyMap<RequestBlock, number> {
  const counts = new Map<RequestBlock, number>();
  const from = facts.thinking.keepsEarlierTurns ? 0 : loopStart(messages);
  for (const [index, message] of messages.entries()) {
    for (const block of blocksOf(message)) {
      if (block.type !== 'thinking' && block.type !== 'redacted_thinking') continue;
      counts.set(block, index < from ? 0 : countBlock(block, facts));
    }
  }
  return counts;
}

/** The message that the tool loop under way began with: the last that is not results only. */
function loopStart(messages: readonly MessageParam[]): number {
  return messages.findLastIndex(
    (message) =>
      message.role === 'user' && !blocksOf(message).some(({ type }) => type === 'tool_result'),
  );
}

function countBlock(
  block: ThinkingBlock | RedactedThinkingBlock,
  { tokenizer }: ModelFacts,
): number {
  const own =
    block.type === 'thinking'
      ? countTokens(block.thinking, tokenizer)
      : Math.ceil(block.data.length / REDACTED_LETTERS_A_TOKEN);
  return BLOCK_TOKENS + own;
}
