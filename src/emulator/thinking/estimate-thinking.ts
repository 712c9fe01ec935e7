import type { PlannedBlock } from '../answer/planned-block.ts';
import type { AcceptedRequest } from '../rules/read-request.ts';
import { isThought, thinkingCost } from './thinking-cost.ts';
import { thinkingMode } from './thinking-mode.ts';

const TOKEN_COUNT_BETA = 'thinking-token-count-2026-05-13';
/** An estimate grows in steps of this many tokens. */
const QUANTUM_TOKENS = 50;

/** By index of the block, the steps in which an estimate of its tokens grows while it is streamed. */
export type ThinkingEstimates = ReadonlyMap<number, readonly number[]>;

/**
 * The estimates that a stream carries under the beta `thinking-token-count-2026-05-13`: they stand
 * for thinking of which nothing is shown. Thinking that is shown has none, and says so.
 */
export function thinkingEstimates(
  { request, facts, betas }: Pick<AcceptedRequest, 'request' | 'facts' | 'betas'>,
  blocks: readonly PlannedBlock[],
): ThinkingEstimates {
  const estimates = new Map<number, readonly number[]>();
  if (!betas.has(TOKEN_COUNT_BETA)) return estimates;
  const mode = thinkingMode(request, facts);
  const isOmitted = mode.kind !== 'off' && mode.display === 'omitted';
  for (const [index, block] of blocks.entries()) {
    if (!isThought(block)) continue;
    const steps = isOmitted ? Math.floor(thinkingCost(block, facts.tokenizer) / QUANTUM_TOKENS) : 0;
    estimates.set(
      index,
      Array.from({ length: steps }, () => QUANTUM_TOKENS),
    );
  }
  return estimates;
}
