import type {
  AppliedPolicy,
  ContentAction,
  ContentCheck,
  ContentRules,
  HazardCategory,
} from './content-rules.ts';
import { dataLossPoliciesOf, hazardRulesOf } from './content-rules.ts';
import type { ContentScanner, ScanFindings, ScanQuestion } from './content-scanner.ts';

/** A category that a text is of, and a rule is about. */
export interface HazardMatch {
  readonly category: HazardCategory;
  readonly action: ContentAction;
  readonly check: ContentCheck;
}

/** Data of a profile in a text, and the policies that are about it. */
export interface DataLossMatch {
  readonly profile: string;
  readonly entries: readonly string[];
  readonly policies: readonly string[];
  readonly action: ContentAction;
  readonly check: ContentCheck;
}

/** All that was found in a request and its answer so far. */
export interface ContentReport {
  readonly hazards: readonly HazardMatch[];
  readonly dataLoss: readonly DataLossMatch[];
}

export const emptyReport: ContentReport = { hazards: [], dataLoss: [] };

/** What has to be looked for so that the rules of one side can be applied. */
export function scanQuestionOf(rules: ContentRules, check: ContentCheck): ScanQuestion {
  const profiles = dataLossPoliciesOf(rules, check).flatMap((policy) => policy.profiles);
  return {
    categories: Object.keys(hazardRulesOf(rules, check)) as readonly HazardCategory[],
    profiles: [...new Set(profiles)],
  };
}

/**
 * What a rule blocks that nobody can look for. Unset means closed: what cannot be looked for might
 * be there. Rules that only flag are passed over.
 */
export function unscannable(
  rules: ContentRules,
  check: ContentCheck,
  scanner: Pick<ContentScanner, 'categories' | 'profiles'> | undefined,
): readonly string[] {
  const hazards = Object.entries(hazardRulesOf(rules, check)) as readonly [
    HazardCategory,
    ContentAction,
  ][];
  const profiles = dataLossPoliciesOf(rules, check)
    .filter(({ action }) => action === 'BLOCK')
    .flatMap((policy) => policy.profiles);
  return [
    ...hazards
      .filter(
        ([category, action]) => action === 'BLOCK' && scanner?.categories.has(category) !== true,
      )
      .map(([category]) => category),
    ...new Set(profiles.filter((profile) => scanner?.profiles.has(profile) !== true)),
  ];
}

/** Applies the rules of one side to what was found in its texts. */
export function judgeContent(
  rules: ContentRules,
  check: ContentCheck,
  { categories, profiles }: ScanFindings,
): ContentReport {
  const hazards = Object.entries(hazardRulesOf(rules, check)) as readonly [
    HazardCategory,
    ContentAction,
  ][];
  const policies = dataLossPoliciesOf(rules, check);
  return {
    hazards: hazards
      .filter(([category]) => categories.has(category))
      .map(([category, action]) => ({ category, action, check })),
    dataLoss: [...profiles].flatMap(([profile, entries]): readonly DataLossMatch[] => {
      const about = policies.filter((policy) => policy.profiles.includes(profile));
      if (about.length === 0) return [];
      return [{ profile, entries, policies: namesOf(about), action: strictest(about), check }];
    }),
  };
}

function namesOf(policies: readonly AppliedPolicy[]): readonly string[] {
  return policies.map(({ id }) => id).filter((id) => id !== undefined);
}

/** What becomes of it where several rules say something: the strictest of them counts. */
export function strictest(matches: readonly { readonly action: ContentAction }[]): ContentAction {
  return matches.some(({ action }) => action === 'BLOCK') ? 'BLOCK' : 'FLAG';
}

/** What was found at first and what was found later. */
export function joinReports(first: ContentReport, later: ContentReport): ContentReport {
  return {
    hazards: [...first.hazards, ...later.hazards],
    dataLoss: [...first.dataLoss, ...later.dataLoss],
  };
}
