import type { OutputCounter } from '../metering/output-counter.ts';
import {
  estimateInputTokens,
  estimateOutputTokens,
  filledUsage,
} from '../metering/estimate-usage.ts';
import type { Usage, UsageState } from '../messages/usage.ts';
import type { BilledFor } from './billed-outcomes.ts';
import type { BillOutcome } from './bill.ts';
import type { Quote } from './quote.ts';

/** What a request used, and by whose count. */
export interface Used {
  readonly usage: Usage;
  readonly source: 'reported' | 'estimated' | 'none';
}

/** More than any model writes or reads in one request: whoever reports it is not believed. */
const COUNT_MAX = 100_000_000;

const nothingUsed: Used = { usage: {}, source: 'none' };

export interface UsedQuestion {
  readonly quote: Quote;
  readonly outcome: BillOutcome;
  readonly counter: OutputCounter | undefined;
  /** How long answers usually are, where nothing at all says how long this one was. */
  readonly expectedOutput: number | undefined;
}

/**
 * What is charged for. What was reported stands where it is final; else the output is what was seen
 * of it, and nothing is added for what nobody saw (wallet reference §4.4, §4.5). A count that an
 * upstream says at the start of a stream is a placeholder (reliability §1.4, M9).
 */
export function usedOf(question: UsedQuestion, billedFor: BilledFor): Used {
  const { outcome } = question;
  if (!('usage' in outcome)) return nothingUsed;
  switch (billedFor) {
    case 'usage':
      return usedInFull(question, outcome);
    case 'produced':
      return usedSoFar(question, outcome.usage);
    case 'nothing':
    case 'nothing_at_first':
      return usedByNobody(question, outcome.usage);
  }
}

function usedInFull(
  question: UsedQuestion,
  outcome: Extract<BillOutcome, { readonly usage: UsageState }>,
): Used {
  const { usage, isFinal } = outcome.usage;
  const isOurs = outcome.kind === 'answered' && outcome.isUsageEstimated;
  if (isFinal && isCredible(usage) && usage.inputTokens !== undefined) {
    return { usage, source: isOurs ? 'estimated' : 'reported' };
  }
  const output = isFinal && isCredible(usage) ? usage.outputTokens : undefined;
  return estimated(question, usage, output ?? countedOutput(question));
}

/** By what was seen of it, by what it says, or by how long answers usually are. */
function countedOutput({ quote, outcome, counter, expectedOutput }: UsedQuestion): number {
  if (counter !== undefined) return counter.counted();
  const answer = 'answer' in outcome ? outcome.answer : undefined;
  if (answer !== undefined) return estimateOutputTokens(answer, quote.facts);
  return expectedOutput ?? 0;
}

/** What was produced by now: as reported where that is final and can be believed, else as we count it. */
export function usedSoFar(
  question: Pick<UsedQuestion, 'quote' | 'counter' | 'expectedOutput'>,
  { usage, isFinal }: UsageState,
): Used {
  const isExact = isFinal && isCredible(usage);
  if (isExact && usage.inputTokens !== undefined) return { usage, source: 'reported' };
  const counted = question.counter?.counted() ?? question.expectedOutput ?? 0;
  return estimated(question, usage, isExact ? (usage.outputTokens ?? counted) : counted);
}

/** What it cost us, though nobody pays for it. */
function usedByNobody(question: UsedQuestion, reported: UsageState): Used {
  const { usage, isFinal } = reported;
  if (isFinal && isCredible(usage) && usage.inputTokens !== undefined) {
    return { usage, source: 'reported' };
  }
  return estimated(question, usage, question.counter?.counted() ?? 0);
}

function estimated(
  { quote }: Pick<UsedQuestion, 'quote'>,
  reported: Usage,
  countedTokens: number,
): Used {
  const { facts, bounds, question } = quote;
  const outputTokens = Math.min(countedTokens, bounds.outputTokensMax);
  const believed = isCredible(reported) ? reported : {};
  const usage = filledUsage(
    { ...believed, outputTokens },
    {
      inputTokens: () => estimateInputTokens(question.body, facts, bounds),
      outputTokens: () => outputTokens,
    },
  );
  return { usage, source: 'estimated' };
}

function isCredible(usage: Usage): boolean {
  return Object.values(usage).every((count) => count === undefined || count <= COUNT_MAX);
}
