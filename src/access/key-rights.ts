import type { Cidr } from '../std/cidr.ts';
import { coversCidr, parseCidr } from '../std/cidr.ts';
import type { BudgetPeriod, KeyBudget, KeyKind, KeyRate, KeyRights } from './key-store.ts';

/** What is compared of two keys: of the one that is made or changed, and of the one that does it. */
export interface RightsOfKey extends KeyRights {
  readonly kind: KeyKind;
  readonly expiresAtMs?: number;
}

/** A right by which a key goes beyond its maker. */
export type RightName =
  | 'kind'
  | 'scopes'
  | 'modelIds'
  | 'allowedCidrs'
  | 'budget'
  | 'rate'
  | 'expiresAtMs';

type IsWithin = (child: RightsOfKey, maker: RightsOfKey) => boolean;

const makes: Readonly<Record<KeyKind, readonly KeyKind[]>> = {
  inference: [],
  management: ['inference', 'management'],
  admin: ['inference', 'management', 'admin'],
};

const checks: Readonly<Record<RightName, IsWithin>> = {
  kind: (child, maker) => makes[maker.kind].includes(child.kind),
  scopes: (child, maker) => isListWithin(child.scopes, maker.scopes),
  modelIds: (child, maker) => isListWithin(child.modelIds, maker.modelIds),
  allowedCidrs: (child, maker) => areCidrsWithin(child.allowedCidrs, maker.allowedCidrs),
  budget: (child, maker) => isBudgetWithin(child.budget, maker.budget),
  rate: (child, maker) => isRateWithin(child.rate, maker.rate),
  expiresAtMs: (child, maker) => (child.expiresAtMs ?? Infinity) <= (maker.expiresAtMs ?? Infinity),
};

/**
 * The rights by which a key would go beyond the one that makes or changes it: none where they are a
 * subset. Reliability §3.3. The operator's keys give out what they cannot do themselves, so of an
 * admin key only the kind and the end of its life are compared.
 */
export function rightsBeyond(child: RightsOfKey, maker: RightsOfKey): readonly RightName[] {
  const compared: readonly RightName[] =
    maker.kind === 'admin' ? ['kind', 'expiresAtMs'] : (Object.keys(checks) as RightName[]);
  return compared.filter((name) => !checks[name](child, maker));
}

function isListWithin(child: readonly string[] | null, maker: readonly string[] | null): boolean {
  return maker === null || (child?.every((entry) => maker.includes(entry)) ?? false);
}

function areCidrsWithin(child: readonly string[] | null, maker: readonly string[] | null): boolean {
  if (maker === null) return true;
  const outer = cidrsOf(maker);
  return child?.every((text) => isCovered(parseCidr(text), outer)) ?? false;
}

function isCovered(inner: Cidr | undefined, outer: readonly Cidr[]): boolean {
  return inner !== undefined && outer.some((range) => coversCidr(range, inner));
}

/** Ranges as they are stored, as values; one that cannot be read allows nothing. */
export function cidrsOf(texts: readonly string[]): readonly Cidr[] {
  return texts.map((text) => parseCidr(text)).filter((cidr) => cidr !== undefined);
}

/** Periods of which each holds whole ones of the maker's: what is spent in one of these bounds both. */
const periodsWithin: Readonly<Record<BudgetPeriod, readonly BudgetPeriod[]>> = {
  none: ['none'],
  day: ['none', 'day', 'week', 'month'],
  week: ['none', 'week'],
  month: ['none', 'month'],
};

function isBudgetWithin(child: KeyBudget | null, maker: KeyBudget | null): boolean {
  if (maker === null) return true;
  if (child === null || child.limitNanoUsd > maker.limitNanoUsd) return false;
  return periodsWithin[maker.period].includes(child.period);
}

const rateNames = [
  'requestsPerMinute',
  'inputTokensPerMinute',
  'outputTokensPerMinute',
  'concurrency',
] as const satisfies readonly (keyof KeyRate)[];

function isRateWithin(child: KeyRate | null, maker: KeyRate | null): boolean {
  return rateNames.every((name) => (child?.[name] ?? Infinity) <= (maker?.[name] ?? Infinity));
}
