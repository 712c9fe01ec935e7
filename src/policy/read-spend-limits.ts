import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { invalidAt } from './route-condition.ts';
import type { MetadataFilter, SpendLimits, SpendRule } from './spend-limits.ts';

/** Workers reference §3.14. */
const RULES_MAX = 20;
const FILTERS_MAX = 5;
const VALUES_MAX = 100;
const WINDOW_SECONDS_MAX = 366 * 24 * 60 * 60;
const LIMIT_USD_MAX = 1e9;
const idPattern = /^[A-Za-z0-9_.:-]{1,64}$/;
const PLACE = 'spend_limits';

/** Reads the spend limits of a gateway; Workers reference §3.6. */
export function readSpendLimits(given: JsonValue): SpendLimits | Refusal {
  if (!isJsonObject(given)) return invalidAt(PLACE, 'expected an object');
  const { enabled = true, rules = [] } = given;
  if (typeof enabled !== 'boolean') return invalidAt(`${PLACE}/enabled`, 'expected true or false');
  if (!Array.isArray(rules) || rules.length > RULES_MAX) {
    return invalidAt(`${PLACE}/rules`, `expected a list of at most ${String(RULES_MAX)} rules`);
  }
  const items: readonly JsonValue[] = rules;
  const read: SpendRule[] = [];
  for (const [index, item] of items.entries()) {
    const place = `${PLACE}/rules/${String(index)}`;
    const rule = isJsonObject(item)
      ? readRule(item, { place, index })
      : invalidAt(place, 'expected an object');
    if (isRefusal(rule)) return rule;
    if (read.some(({ id }) => id === rule.id)) {
      return invalidAt(`${place}/id`, 'another rule has it');
    }
    read.push(rule);
  }
  return { kind: 'spend-limits', isEnabled: enabled, rules: read };
}

interface MemberCheck {
  readonly expected: string;
  readonly fits: (value: JsonValue) => boolean;
  readonly absent?: JsonValue;
}

/** Members of a rule that are no filters. */
const checks: Readonly<Record<string, MemberCheck>> = {
  enabled: {
    expected: 'true or false',
    fits: (value) => typeof value === 'boolean',
    absent: true,
  },
  limitType: { expected: 'cost', fits: (value) => value === 'cost', absent: 'cost' },
  technique: {
    expected: 'fixed: what is spent is counted in no other windows',
    fits: (value) => value === 'fixed',
    absent: 'fixed',
  },
  limit: {
    expected: 'USD above 0',
    fits: (value) => typeof value === 'number' && value > 0 && value <= LIMIT_USD_MAX,
  },
  window: {
    expected: 'whole seconds, of at most 366 days',
    fits: (value) =>
      Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= WINDOW_SECONDS_MAX,
  },
};

interface RulePlace {
  readonly place: string;
  readonly index: number;
}

function readRule(given: JsonObject, { place, index }: RulePlace): SpendRule | Refusal {
  const id = given['id'] ?? String(index);
  if (typeof id !== 'string' || !idPattern.test(id)) {
    return invalidAt(`${place}/id`, 'expected 1 to 64 letters, digits, ., :, - and _');
  }
  for (const [name, { expected, fits, absent = null }] of Object.entries(checks)) {
    if (!fits(given[name] ?? absent)) return invalidAt(`${place}/${name}`, `expected ${expected}`);
  }
  const filters = readFilters(given, place);
  if (isRefusal(filters)) return filters;
  return {
    id,
    isEnabled: given['enabled'] !== false,
    limitUsd: Number(given['limit']),
    windowSeconds: Number(given['window']),
    ...filters.about,
  };
}

interface GivenFilters {
  readonly kind: 'filters';
  readonly about: Pick<SpendRule, 'models' | 'providers' | 'metadata'>;
}

/** What a rule is about. */
function readFilters(given: JsonObject, place: string): GivenFilters | Refusal {
  const models = readFilter(given['model'], `${place}/model`);
  if (models !== undefined && isRefusal(models)) return models;
  const providers = readFilter(given['provider'], `${place}/provider`);
  if (providers !== undefined && isRefusal(providers)) return providers;
  const metadata = readMetadataFilters(given['metadata'] ?? {}, `${place}/metadata`);
  if (isRefusal(metadata)) return metadata;
  const about = { models: models?.values, providers: providers?.values, metadata };
  return { kind: 'filters', about };
}

type Filter = Extract<MetadataFilter, { mode: 'filter' }>;

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
    if (filter !== undefined && isRefusal(filter)) return filter;
    filters.set(key, filter ?? { mode: 'partition' });
  }
  return Object.fromEntries(filters);
}
