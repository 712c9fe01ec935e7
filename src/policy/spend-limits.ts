import type { JsonObject, JsonValue } from '../std/json.ts';
import type { SpendWindow } from './spend-window.ts';
import { fixedWindowAt, nanoUsdOf } from './spend-window.ts';

/** What metadata has to be for a rule to apply: one of these, or anything, each counted apart. */
export type MetadataFilter =
  | { readonly mode: 'partition' }
  | { readonly mode: 'filter'; readonly values: readonly string[] };

/** How much may be spent in a window; Workers reference §3.6. */
export interface SpendRule {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly limitUsd: number;
  readonly windowSeconds: number;
  /** Every model where absent. */
  readonly models: readonly string[] | undefined;
  readonly providers: readonly string[] | undefined;
  readonly metadata: Readonly<Record<string, MetadataFilter>>;
}

/** The spend limits of a gateway. */
export interface SpendLimits {
  readonly kind: 'spend-limits';
  readonly isEnabled: boolean;
  readonly rules: readonly SpendRule[];
}

/** What rules and policies know of a request. */
export interface SpendFacts {
  /** All names of the model and of its provider that count as the same. */
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly atMs: number;
}

/** A budget that a request draws on. */
export interface SpendBudget {
  /** What is counted together, within one gateway. */
  readonly name: string;
  readonly limitNanoUsd: bigint;
  readonly window: SpendWindow;
}

const MS_PER_SECOND = 1000;

/** The budgets of the rules that apply to a request; every one has to have something left. */
export function budgetsOf(
  limits: SpendLimits | undefined,
  facts: SpendFacts,
): readonly SpendBudget[] {
  if (limits?.isEnabled !== true) return [];
  return limits.rules.flatMap((rule) => {
    const partition = rule.isEnabled ? partitionOf(rule, facts) : undefined;
    if (partition === undefined) return [];
    return {
      name: JSON.stringify(['spend', rule.id, ...partition]),
      limitNanoUsd: nanoUsdOf(rule.limitUsd),
      window: fixedWindowAt(rule.windowSeconds * MS_PER_SECOND, facts.atMs),
    };
  });
}

/** What a request counts apart by; undefined where the rule is not about it. */
function partitionOf(rule: SpendRule, facts: SpendFacts): readonly JsonValue[] | undefined {
  const { models, providers } = rule;
  if (models !== undefined && !facts.models.some((name) => models.includes(name))) return undefined;
  if (providers !== undefined && !facts.providers.some((name) => providers.includes(name))) {
    return undefined;
  }
  const partition: JsonValue[] = [];
  for (const [key, filter] of Object.entries(rule.metadata)) {
    const value = Object.hasOwn(facts.metadata, key) ? (facts.metadata[key] ?? null) : null;
    if (filter.mode === 'partition') partition.push(value);
    else if (value === null || !filter.values.includes(textOf(value))) return undefined;
  }
  return partition;
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Spend limits as they are sent and shown. */
export function encodeSpendLimits({ isEnabled, rules }: SpendLimits): JsonObject {
  return {
    enabled: isEnabled,
    rules: rules.map((rule) => ({
      id: rule.id,
      enabled: rule.isEnabled,
      limit: rule.limitUsd,
      limitType: 'cost',
      window: rule.windowSeconds,
      technique: 'fixed',
      ...(rule.models === undefined ? {} : { model: encodeFilter(rule.models) }),
      ...(rule.providers === undefined ? {} : { provider: encodeFilter(rule.providers) }),
      metadata: Object.fromEntries(
        Object.entries(rule.metadata).map(([key, filter]) => [
          key,
          filter.mode === 'filter' ? encodeFilter(filter.values) : { mode: filter.mode },
        ]),
      ),
    })),
  };
}

function encodeFilter(values: readonly string[]): JsonObject {
  return { mode: 'filter', values: [...values] };
}
