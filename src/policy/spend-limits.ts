import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { invalidAt } from './route-condition.ts';
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

/** Workers reference §3.14. */
const RULES_MAX = 20;
const FILTERS_MAX = 5;
const VALUES_MAX = 100;
const WINDOW_SECONDS_MAX = 366 * 24 * 60 * 60;
const LIMIT_USD_MAX = 1e9;
const idPattern = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Reads the spend limits of a gateway; Workers reference §3.6. */
export function readSpendLimits(given: JsonValue): SpendLimits | Refusal {
  const place = 'spend_limits';
  if (!isJsonObject(given)) return invalidAt(place, 'expected an object');
  const { enabled = true, rules = [] } = given;
  if (typeof enabled !== 'boolean') return invalidAt(`${place}/enabled`, 'expected true or false');
  if (!Array.isArray(rules) || rules.length > RULES_MAX) {
    return invalidAt(`${place}/rules`, `expected a list of at most ${String(RULES_MAX)} rules`);
  }
  const read: SpendRule[] = [];
  for (const [index, item] of rules.entries()) {
    const rule = readRule(item, `${place}/rules/${String(index)}`, String(index));
    if ('code' in rule) return rule;
    if (read.some(({ id }) => id === rule.id)) {
      return invalidAt(`${place}/rules/${String(index)}/id`, 'another rule has it');
    }
    read.push(rule);
  }
  return { kind: 'spend-limits', isEnabled: enabled, rules: read };
}

function readRule(given: JsonValue, place: string, index: string): SpendRule | Refusal {
  if (!isJsonObject(given)) return invalidAt(place, 'expected an object');
  const { id, enabled = true, limit, limitType = 'cost', window, technique = 'fixed' } = given;
  if (id !== undefined && (typeof id !== 'string' || !idPattern.test(id))) {
    return invalidAt(`${place}/id`, 'expected 1 to 64 letters, digits, ., :, - and _');
  }
  if (typeof enabled !== 'boolean') return invalidAt(`${place}/enabled`, 'expected true or false');
  if (limitType !== 'cost') return invalidAt(`${place}/limitType`, 'expected cost');
  if (technique !== 'fixed') {
    return invalidAt(`${place}/technique`, 'expected fixed: what is spent is counted in no other');
  }
  if (typeof limit !== 'number' || !(limit > 0 && limit <= LIMIT_USD_MAX)) {
    return invalidAt(`${place}/limit`, 'expected USD above 0');
  }
  if (!Number.isSafeInteger(window) || Number(window) < 1 || Number(window) > WINDOW_SECONDS_MAX) {
    return invalidAt(`${place}/window`, 'expected whole seconds, of at most 366 days');
  }
  const models = readFilter(given['model'], `${place}/model`);
  if (isFilterRefused(models)) return models;
  const providers = readFilter(given['provider'], `${place}/provider`);
  if (isFilterRefused(providers)) return providers;
  const metadata = readMetadataFilters(given['metadata'] ?? {}, `${place}/metadata`);
  if (isRefusal(metadata)) return metadata as Refusal;
  return {
    id: id ?? index,
    isEnabled: enabled,
    limitUsd: limit,
    windowSeconds: Number(window),
    models: models?.values,
    providers: providers?.values,
    metadata,
  };
}

type Filter = Extract<MetadataFilter, { mode: 'filter' }>;

function isFilterRefused(filter: Filter | Refusal | undefined): filter is Refusal {
  return filter !== undefined && 'code' in filter;
}

function readFilter(given: JsonValue | undefined, place: string): Filter | Refusal | undefined {
  if (given === undefined || given === null) return undefined;
  const { mode, values }: JsonObject = isJsonObject(given) ? given : {};
  const isList =
    Array.isArray(values) &&
    values.length > 0 &&
    values.length <= VALUES_MAX &&
    values.every((value) => typeof value === 'string');
  if (mode === 'filter' && isList) return { mode, values: values.map(String) };
  return invalidAt(place, 'expected the mode filter and a list of texts as values');
}

function readMetadataFilters(given: JsonValue, place: string): SpendRule['metadata'] | Refusal {
  if (!isJsonObject(given)) return invalidAt(place, 'expected an object');
  const entries = Object.entries(given);
  if (entries.length > FILTERS_MAX) return invalidAt(place, `at most ${String(FILTERS_MAX)} keys`);
  const filters = new Map<string, MetadataFilter>();
  for (const [key, value] of entries) {
    const isPartition = isJsonObject(value) && value['mode'] === 'partition';
    const filter = isPartition ? undefined : readFilter(value, `${place}/${key}`);
    if (isFilterRefused(filter)) return filter;
    filters.set(key, filter ?? { mode: 'partition' });
  }
  return Object.fromEntries(filters);
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
