import type { JsonObject, JsonValue } from '../../format/json-value.ts';
import { isJsonObject, objectIn, objectsIn, textsIn } from '../../format/json-value.ts';
import { freeName } from './data-loss-draft.ts';
import { isSame, linesIn, withMember } from './settings-draft.ts';

const DAY_SECONDS = 86_400;
const FIRST_LIMIT_USD = 10;

/** The spend limits of a gateway, as the form shows them. */
export interface SpendDraft {
  readonly isEnabled: boolean;
  readonly rules: readonly JsonObject[];
}

/** The spend limits in settings. */
export function spendIn(settings: JsonObject): SpendDraft {
  const limits = objectIn(settings, 'spend_limits');
  const isEnabled = isJsonObject(settings['spend_limits']) && limits['enabled'] !== false;
  return { isEnabled, rules: objectsIn(limits, 'rules') };
}

/** Settings with other spend limits. Those that limit nothing are none. */
export function withSpend(settings: JsonObject, { isEnabled, rules }: SpendDraft): JsonObject {
  const isNone = !isEnabled && rules.length === 0;
  return withMember(settings, 'spend_limits', isNone ? undefined : { enabled: isEnabled, rules });
}

/** A rule to begin with: some dollars a day, for everything. */
export function newRule(rules: readonly JsonObject[]): JsonObject {
  return {
    id: freeName(rules, 'rule'),
    enabled: true,
    limit: FIRST_LIMIT_USD,
    limitType: 'cost',
    window: DAY_SECONDS,
    technique: 'fixed',
    metadata: {},
  };
}

/** The values that a filter of a rule lets in; none where it has no such filter. */
export function filterValues(rule: JsonObject, name: 'model' | 'provider'): readonly string[] {
  return textsIn(objectIn(rule, name), 'values');
}

/** A rule that is about these values only; about all of them where there are none. */
export function withFilter(
  rule: JsonObject,
  name: 'model' | 'provider',
  values: readonly string[],
): JsonObject {
  return withMember(rule, name, values.length === 0 ? undefined : { mode: 'filter', values });
}

/**
 * Filters by metadata as lines: `plan = pro` for each value that a rule is about, and `user_id` alone
 * where each value is counted apart.
 */
export function metadataText(metadata: JsonValue | undefined): string {
  if (!isJsonObject(metadata)) return '';
  return Object.entries(metadata)
    .flatMap(([key, filter]) =>
      isJsonObject(filter) && filter['mode'] === 'filter'
        ? textsIn(filter, 'values').map((value) => `${key} = ${value}`)
        : [key],
    )
    .join('\n');
}

/** Reads such lines. */
export function metadataIn(text: string): JsonObject {
  const values = new Map<string, readonly string[]>();
  for (const line of linesIn(text)) {
    const [key = '', ...rest] = line.split('=');
    const value = rest.join('=').trim();
    const name = key.trim();
    const before = values.get(name) ?? [];
    values.set(name, value === '' ? before : [...before, value]);
  }
  return Object.fromEntries(
    [...values].map(([name, listed]) => [
      name,
      listed.length === 0 ? { mode: 'partition' } : { mode: 'filter', values: listed },
    ]),
  );
}

/** Whether lines can say all that filters by metadata say. */
export function isSaidByLines(metadata: JsonValue | undefined): boolean {
  return metadata === undefined || isSame(metadataIn(metadataText(metadata)), metadata);
}
