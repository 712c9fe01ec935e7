import type { RequestBlock } from '../../messages/content-blocks.ts';
import { blocksOf } from '../../messages/request.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { CheckedRequest } from '../rules/rule.ts';

/** How to cite is told once a request, in so many words. */
const CITATIONS_TOKENS: Readonly<Record<ModelFacts['tokenizer']['vocabulary'], number>> = {
  'generation-3': 540,
  'generation-5': 750,
};

/** What asking for citations adds to a prompt (API reference §3.4). */
export function citationTokens({ messages }: CheckedRequest, { tokenizer }: ModelFacts): number {
  const asks = messages.some((message) => blocksOf(message).some(asksForCitations));
  return asks ? CITATIONS_TOKENS[tokenizer.vocabulary] : 0;
}

function asksForCitations(block: RequestBlock): boolean {
  switch (block.type) {
    case 'document':
    case 'search_result':
      return block.citations?.enabled === true;
    case 'tool_result':
      return Array.isArray(block.content) && block.content.some(asksForCitations);
    default:
      return false;
  }
}
