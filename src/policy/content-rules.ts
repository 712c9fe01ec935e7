/** What texts are judged by, as guardrails name it; Workers reference §3.9. */
export const hazardCategories = [
  'S1',
  'S2',
  'S3',
  'S4',
  'S5',
  'S6',
  'S7',
  'S8',
  'S9',
  'S10',
  'S11',
  'S12',
  'S13',
  'P1',
] as const;
export type HazardCategory = (typeof hazardCategories)[number];

/** What becomes of a request or an answer whose text a rule is about. */
export type ContentAction = 'FLAG' | 'BLOCK';

/** Which texts a rule is about: what the caller says, or what it is answered. */
export type ContentCheck = 'REQUEST' | 'RESPONSE';

/** Categories that are looked for, and what becomes of a text of one; the others are let through. */
export type HazardRules = Readonly<Partial<Record<HazardCategory, ContentAction>>>;

export interface Guardrails {
  readonly prompt: HazardRules;
  readonly response: HazardRules;
}

/** What must not be sent or answered: data of some profiles. */
export interface DataLossPolicy {
  readonly id: string;
  readonly action: ContentAction;
  readonly check: readonly ContentCheck[];
  readonly enabled: boolean;
  /** Names of profiles, which say what such data looks like. */
  readonly profiles: readonly string[];
}

/** The rules of a gateway about data, in either of the two forms in which they are written. */
export type DataLossRules =
  | { readonly enabled: boolean; readonly policies: readonly DataLossPolicy[] }
  | {
      readonly enabled: boolean;
      readonly action: ContentAction;
      readonly profiles: readonly string[];
    };

/** What a gateway lets nobody say. */
export interface ContentRules {
  readonly guardrails: Guardrails | undefined;
  readonly dataLoss: DataLossRules | undefined;
}

const checkedSides: Readonly<Record<ContentCheck, keyof Guardrails>> = {
  REQUEST: 'prompt',
  RESPONSE: 'response',
};

/** The rules of guardrails about one side. */
export function hazardRulesOf({ guardrails }: ContentRules, check: ContentCheck): HazardRules {
  return guardrails?.[checkedSides[check]] ?? {};
}

/** A policy as it is applied; the older form has none with a name. */
export type AppliedPolicy = Pick<DataLossPolicy, 'action' | 'profiles'> & {
  readonly id: string | undefined;
};

/** The policies about data that are on for one side. The older form is about both. */
export function dataLossPoliciesOf(
  { dataLoss }: ContentRules,
  check: ContentCheck,
): readonly AppliedPolicy[] {
  if (dataLoss?.enabled !== true) return [];
  if (!('policies' in dataLoss)) {
    const { action, profiles } = dataLoss;
    return [{ id: undefined, action, profiles }];
  }
  return dataLoss.policies.filter(({ enabled, check: sides }) => enabled && sides.includes(check));
}

/** Whether texts of one side are looked at. */
export function looksAt(rules: ContentRules, check: ContentCheck): boolean {
  return (
    Object.keys(hazardRulesOf(rules, check)).length > 0 ||
    dataLossPoliciesOf(rules, check).some(({ profiles }) => profiles.length > 0)
  );
}
