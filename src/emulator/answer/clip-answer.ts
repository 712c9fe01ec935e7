import type { StopReason } from '../../messages/response.ts';
import { inputJson } from '../../messages/input-json.ts';
import { isThought, thinkingCost } from '../thinking/thinking-cost.ts';
import type { Tokenizer } from '../tokens/split-tokens.ts';
import { countTokens } from '../tokens/split-tokens.ts';
import type { CutLimits } from './cut-block.ts';
import { cutBlock } from './cut-block.ts';
import type { PlannedBlock } from './planned-block.ts';
import { stopAtSequence } from './stop-at-sequence.ts';

/** What bounds an answer. */
export interface AnswerLimits extends CutLimits {
  readonly maxTokens: number;
  /** What the window leaves beside the prompt. */
  readonly windowTokensLeft: number;
  readonly stopSequences: readonly string[];
}

/** An answer as far as its limits let it come. */
export interface ClippedAnswer {
  readonly blocks: readonly PlannedBlock[];
  readonly stopReason: StopReason;
  readonly stopSequence: string | null;
  readonly outputTokens: number;
  readonly thinkingTokens: number;
  /** The arguments of the last block's call as far as they came, where it was cut. */
  readonly clippedToolJson?: string;
}

/** Applies stop sequences, then the limit of tokens: what was stopped before it, it does not reach. */
export function clipAnswer(planned: readonly PlannedBlock[], limits: AnswerLimits): ClippedAnswer {
  const stopped = stopAtSequence(planned, limits.stopSequences);
  const room = Math.max(1, Math.min(limits.maxTokens, limits.windowTokensLeft));
  const full: StopReason =
    limits.windowTokensLeft < limits.maxTokens ? 'model_context_window_exceeded' : 'max_tokens';
  const kept: PlannedBlock[] = [];
  let used = 0;
  for (const block of stopped.blocks) {
    const cost = tokensOf(block, limits.tokenizer);
    if (used + cost > room) {
      const cut = cutBlock(block, room - used, limits);
      return {
        ...(cut?.json === undefined ? {} : { clippedToolJson: cut.json }),
        blocks: cut === undefined ? kept : [...kept, cut.block],
        stopReason: full,
        stopSequence: null,
        outputTokens: room,
        thinkingTokens: thinkingIn(kept, limits.tokenizer) + (isThought(block) ? room - used : 0),
      };
    }
    used += cost;
    kept.push(block);
  }
  return {
    blocks: kept,
    stopReason: stopped.sequence === null ? naturalReason(kept) : 'stop_sequence',
    stopSequence: stopped.sequence,
    outputTokens: Math.max(1, used),
    thinkingTokens: thinkingIn(kept, limits.tokenizer),
  };
}

function naturalReason(blocks: readonly PlannedBlock[]): StopReason {
  const calls = blocks.some((block) => block.kind === 'call' && block.block.type === 'tool_use');
  return calls ? 'tool_use' : 'end_turn';
}

function thinkingIn(blocks: readonly PlannedBlock[], tokenizer: Tokenizer | undefined): number {
  let count = 0;
  for (const block of blocks) if (isThought(block)) count += thinkingCost(block, tokenizer);
  return count;
}

/** A call costs its name and its arguments; the API's own results cost nothing. */
function tokensOf(block: PlannedBlock, tokenizer: Tokenizer | undefined): number {
  switch (block.kind) {
    case 'text':
      return countTokens(block.text, tokenizer);
    case 'thinking':
    case 'redacted':
      return thinkingCost(block, tokenizer);
    case 'call':
      return (
        countTokens(block.block.name, tokenizer) +
        countTokens(inputJson(block.block.input), tokenizer)
      );
    case 'result':
      return 0;
  }
}
