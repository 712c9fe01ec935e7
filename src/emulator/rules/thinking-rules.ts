import type { RequestBlock } from '../../messages/content-blocks.ts';
import type { MessageParam } from '../../messages/request.ts';
import { blocksOf } from '../../messages/request.ts';
import { isSealedBlock, sealIssue } from '../thinking/check-seals.ts';
import { latestTurn } from '../thinking/latest-turn.ts';
import { isBudgetOfTurn, thinkingMode } from '../thinking/thinking-mode.ts';
import type { Rule } from './rule.ts';
import { isToolForced } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

const TOP_P_MIN = 0.95;

type Input = Parameters<Rule>[0];

/** What the parameters of thinking must fulfil, and what it rules out (API reference §7.1, §4.5). */
export const thinkingRules: readonly Rule[] = [
  ({ request, facts }) =>
    request.thinking?.type === 'adaptive' && !facts.thinking.adaptive
      ? ruleTexts.thinkingAdaptiveUnsupported
      : undefined,
  ({ request, facts }) =>
    request.thinking?.type === 'enabled' && !facts.thinking.enabled
      ? ruleTexts.thinkingEnabledUnsupported
      : undefined,
  ({ request, facts }) =>
    request.thinking?.type === 'disabled' && !facts.thinking.disabled
      ? ruleTexts.thinkingDisabledUnsupported
      : undefined,
  budgetWithinLimit,
  whileThinking(({ request }) =>
    (request.temperature ?? 1) === 1 ? undefined : ruleTexts.thinkingTemperature,
  ),
  whileThinking(({ request }) =>
    request.top_k === undefined ? undefined : ruleTexts.thinkingTopK,
  ),
  whileThinking(({ request }) =>
    (request.top_p ?? 1) < TOP_P_MIN ? ruleTexts.thinkingTopP : undefined,
  ),
  whileThinking(({ request, facts }) => {
    const mode = thinkingMode(request, facts);
    const isTolerated = mode.kind === 'adaptive' && facts.thinking.adaptiveWithForcedTool;
    return isToolForced(request) && !isTolerated ? ruleTexts.thinkingForcedTool : undefined;
  }),
];

/** Where thinking may stand in a conversation, and that it comes back as it was given (§7.4). */
export const thinkingBlockRules: readonly Rule[] = [
  noThinkingToContinue,
  ({ request: { messages } }) => firstTurn(messages, endsInThinking),
  // Adaptive thinking comes behind words as well: recorded answers of such models have it so.
  ({ request: { messages }, facts }) =>
    facts.thinking.adaptive ? undefined : firstTurn(messages, beginsOtherwise),
  ({ request, facts, context }) =>
    sealIssue(request.messages, {
      signingKey: context.signingKey,
      model: facts.id,
      otherModels: facts.thinking.ofOtherModels,
      foreign: context.foreignSignatures,
      isThinking: thinkingMode(request, facts).kind !== 'off',
    }),
  loopBeginsWithThinking,
];

function whileThinking(rule: Rule): Rule {
  return (input) =>
    thinkingMode(input.request, input.facts).kind === 'off' ? undefined : rule(input);
}

/** With interleaving and tools the budget is that of the whole turn: up to the window (seed 003). */
function budgetWithinLimit({ request, facts, betas }: Input): string | undefined {
  const { thinking, max_tokens } = request;
  if (thinking?.type !== 'enabled' || max_tokens === undefined) return undefined;
  if (isBudgetOfTurn(request, betas) && thinking.budget_tokens <= facts.contextTokens) {
    return undefined;
  }
  return thinking.budget_tokens >= max_tokens ? ruleTexts.thinkingBudget : undefined;
}

function firstTurn(
  messages: readonly MessageParam[],
  check: (blocks: readonly RequestBlock[], at: number) => string | undefined,
): string | undefined {
  for (const [at, message] of messages.entries()) {
    const text = message.role === 'assistant' ? check(blocksOf(message), at) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

function noThinkingToContinue({ request, facts }: Input): string | undefined {
  const last = request.messages.at(-1);
  if (last?.role !== 'assistant' || thinkingMode(request, facts).kind !== 'off') return undefined;
  const block = blocksOf(last).find(isSealedBlock);
  return block === undefined ? undefined : ruleTexts.thinkingInPrefill(block.type);
}

function endsInThinking(blocks: readonly RequestBlock[], at: number): string | undefined {
  const last = blocks.at(-1);
  return last !== undefined && isSealedBlock(last)
    ? ruleTexts.thinkingLast(at, last.type)
    : undefined;
}

/** Results of the API's own tools may come first: so begins what continues a paused turn (§5.5). */
function beginsOtherwise(blocks: readonly RequestBlock[], at: number): string | undefined {
  if (!blocks.some(isSealedBlock)) return undefined;
  const first = blocks.find(({ type }) => !type.endsWith('_tool_result'));
  return first === undefined || isSealedBlock(first)
    ? undefined
    : ruleTexts.thinkingNotFirst(at, first.type);
}

/**
 * With a budget, a turn that goes on must have begun with thinking. Adaptive thinking need not have
 * thought, so nothing can be told there. The API thinks once a turn, so later messages may lack it.
 */
function loopBeginsWithThinking({ request, facts }: Input): string | undefined {
  const { messages } = request;
  const turn = latestTurn(messages);
  if (!turn.isOpen || thinkingMode(request, facts).kind !== 'enabled') return undefined;
  const found = [turn.start, turn.last].map((at) => firstBlock(messages[at]));
  if (found.some((block) => block === undefined || isSealedBlock(block))) return undefined;
  const type = found[1]?.type ?? 'text';
  return ruleTexts.thinkingExpected(turn.last, type);
}

function firstBlock(message: MessageParam | undefined): RequestBlock | undefined {
  return message === undefined ? undefined : blocksOf(message)[0];
}
