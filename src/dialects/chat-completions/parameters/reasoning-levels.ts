import type { Effort } from '../../../messages/model-traits.ts';

/** A level as callers of this form write it, lowest first. */
export const reasoningLevels = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const;
export type ReasoningLevel = (typeof reasoningLevels)[number];

/** A level at which there is thinking. */
export type ThinkingLevel = Exclude<ReasoningLevel, 'none'>;

/** The share of `max_tokens` that a level may think with, where thinking takes a budget (chat reference §2.8). */
const budgetPercent: Readonly<Record<ThinkingLevel, number>> = {
  minimal: 10,
  low: 20,
  medium: 50,
  high: 80,
  xhigh: 95,
  max: 95,
};

/** API reference §7.1. */
const BUDGET_TOKENS_MIN = 1024;
const BUDGET_TOKENS_MAX = 128_000;

/** The budget that a level amounts to; undefined where an answer of this length leaves no room for any. */
export function budgetOfLevel(level: ThinkingLevel, maxTokens: number): number | undefined {
  const share = Math.floor((maxTokens * budgetPercent[level]) / 100);
  const budget = clampBudget(share);
  return budget < maxTokens ? budget : undefined;
}

export function clampBudget(tokens: number): number {
  return Math.min(Math.max(tokens, BUDGET_TOKENS_MIN), BUDGET_TOKENS_MAX);
}

/** Budgets below a bound are of its level: for models that take levels and no budget. */
const levelsByBudget: readonly (readonly [number, ThinkingLevel])[] = [
  [2000, 'low'],
  [8000, 'medium'],
  [24_000, 'high'],
];

export function levelOfBudget(tokens: number): ThinkingLevel {
  return levelsByBudget.find(([bound]) => tokens < bound)?.[1] ?? 'xhigh';
}

/** The level of a model that comes nearest; undefined where it has none. What an unknown one has is not known. */
export function effortOfLevel(
  level: ThinkingLevel,
  levels: readonly Effort[] | undefined,
): Effort | undefined {
  const effort = level === 'minimal' ? 'low' : level;
  if (levels === undefined || levels.includes(effort)) return effort;
  if (effort === 'xhigh' && levels.includes('max')) return 'max';
  const rank = reasoningLevels.indexOf(effort);
  return levels.findLast((lower) => reasoningLevels.indexOf(lower) < rank);
}
