import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { BlockCounter } from './block-counter.ts';
import { citationTokens } from './citation-tokens.ts';
import { countThinking } from './count-thinking.ts';
import { countTools } from './count-tools.ts';
import { countTokens } from './split-tokens.ts';

/** What a prompt costs, and where: the simulation of the prompt cache cuts it at these places. */
export interface CountedInput {
  readonly total: number;
  /**
   * One count a place where a prefix may end, in the prompt's order: each tool, each block of the
   * system prompt (a string is one), each block of each message. What is added around a level or
   * a message belongs to its first place; what belongs to none is only in the total.
   */
  readonly positions: readonly number[];
}

/** A schema for the answer is told in so many words, and written out with indents. */
const FORMAT_TOKENS = 81;
const FORMAT_INDENT = 2;
/** Between two parts of the system prompt. */
const SEAM_TOKENS = 1;

/**
 * The input tokens of a request: the same for a message and for a count of the same content. The
 * figures around the text were read off recorded usage; API reference §11 has the published ones.
 */
export function countInput(request: CheckedRequest, facts: ModelFacts): CountedInput {
  const tools = countTools(request, facts);
  const system = countSystem(request, facts);
  const messages = countMessages(request, facts);
  const positions = [...tools, ...system, ...messages];
  const thinking = thinkingPromptTokens(request, facts);
  const seam = thinking > 0 && tools.length + system.length > 0 ? SEAM_TOKENS : 0;
  let total = facts.tokenizer.frameTokens - facts.tokenizer.turnTokens + thinking + seam;
  total += countFormat(request, facts) + citationTokens(request, facts);
  for (const count of positions) total += count;
  return { total, positions };
}

function countSystem(
  { system = [], tools = [] }: CheckedRequest,
  { tokenizer }: ModelFacts,
): number[] {
  const texts = typeof system === 'string' ? [system] : system.map(({ text }) => text);
  let parts = tools.length > 0 ? 1 : 0;
  return texts.map((text) => {
    if (text === '') return 0;
    const seam = parts > 0 ? SEAM_TOKENS : 0;
    parts += 1;
    return seam + countTokens(tokenizer.opensWord ? text : `\n${text}`, tokenizer);
  });
}

function countMessages(request: CheckedRequest, facts: ModelFacts): number[] {
  const counter = new BlockCounter(facts);
  const { messages } = request;
  const thinking = countThinking(request, facts);
  return messages.flatMap((message, index) => {
    const { turnTokens } = facts.tokenizer;
    const turn = isContinued(message, index === messages.length - 1) ? 0 : turnTokens;
    const blocks = blocksOf(message);
    const results = blocks.filter(({ type }) => type === 'tool_result');
    const several = results.length > 1 ? results[0] : undefined;
    return blocks.map((block, place) => {
      const own = thinking.get(block) ?? counter.count(block);
      const around = block === several ? counter.severalTokens : 0;
      return own + around + (place === 0 ? turn : 0);
    });
  });
}

/** The frame ends where the assistant speaks: words of its that come last add no turn. */
function isContinued(message: MessageParam, isLast: boolean): boolean {
  return isLast && message.role === 'assistant';
}

function thinkingPromptTokens({ thinking }: CheckedRequest, facts: ModelFacts): number {
  switch (thinking?.type) {
    case 'enabled':
      return facts.thinkingPromptTokens.enabled;
    case 'adaptive':
      return facts.thinkingPromptTokens.adaptive;
    case 'disabled':
    case undefined:
      return 0;
  }
}

function countFormat(request: CheckedRequest, { tokenizer }: ModelFacts): number {
  const format = request.output_config?.format ?? request.output_format;
  if (format === undefined || format === null) return 0;
  const schema = JSON.stringify(format['schema'] ?? null, null, FORMAT_INDENT);
  return FORMAT_TOKENS + countTokens(schema, tokenizer);
}
