import type { ClippedAnswer } from '../answer/clip-answer.ts';

/** The answer of a request that only fills the cache: `max_tokens: 0` (API reference §6.5). */
export const emptyAnswer: ClippedAnswer = {
  blocks: [],
  stopReason: 'max_tokens',
  stopSequence: null,
  outputTokens: 0,
  thinkingTokens: 0,
};
