import type { TextSearch } from '../std/linear-pattern.ts';
import { LinearPattern } from '../std/linear-pattern.ts';
import { findCreditCard } from './find-credit-card.ts';
import { findIban } from './find-iban.ts';

/** Finds out whether something occurs in a text, in time linear in the text. */
export interface TextDetector {
  searchIn(text: string): TextSearch;
}

/** Kinds of data that are known here, for profiles to name. */
export const detectorNames = ['email', 'credit-card', 'iban', 'phone', 'api-key', 'ssn'] as const;
export type DetectorName = (typeof detectorNames)[number];

const emails = ['[A-Za-z0-9_%+-][.A-Za-z0-9_%+-]*@(?:[A-Za-z0-9-]+\\.)+[A-Za-z]{2,24}\\b'];

/** With the code of its country, or as numbers of North America are written. */
const phones = [
  '(?:^|[^\\w+])\\+[1-9](?:[ .()-]{0,2}\\d){7,14}\\b',
  '(?:^|[^\\w.-])(?:\\([2-9]\\d{2}\\) ?|[2-9]\\d{2}[.-])[2-9]\\d{2}[.-]\\d{4}(?:$|[^\\w-])',
];

const apiKeys = [
  '\\bsk-[A-Za-z0-9_-]{16}',
  '\\bqtn_[A-Za-z0-9_]{8}',
  '\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\\b',
  '\\beyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{4,}\\.',
  '-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY-----',
  '\\b(?:gh[pousr]_[A-Za-z0-9]{20}|github_pat_[A-Za-z0-9_]{20}|glpat-[A-Za-z0-9_-]{16})',
  '\\b(?:xox[abeprs]-[A-Za-z0-9-]{10}|[srp]k_(?:live|test)_[A-Za-z0-9]{10}|whsec_[A-Za-z0-9]{16})',
  '\\b(?:AIza[A-Za-z0-9_-]{35}|npm_[A-Za-z0-9]{30}|hf_[A-Za-z0-9]{20}|pypi-[A-Za-z0-9_-]{32})',
];

/** Numbers of the United States' social security; those that are given to nobody are none. */
const socialSecurityNumbers = [
  '(?:^|[^\\w-])(?:00[1-9]|0[1-9]\\d|[1-578]\\d{2}|6(?:[0-57-9]\\d|6[0-57-9]))-(?:0[1-9]|[1-9]\\d)-(?:0{3}[1-9]|0{2}[1-9]\\d|0[1-9]\\d{2}|[1-9]\\d{3})(?:$|[^\\w-])',
];

const detectors: Readonly<Record<DetectorName, () => TextDetector>> = {
  email: () => new LinearPattern(emails),
  phone: () => new LinearPattern(phones),
  'api-key': () => new LinearPattern(apiKeys),
  ssn: () => new LinearPattern(socialSecurityNumbers),
  // Their check digits are no matter of patterns.
  'credit-card': () => ({ searchIn: findCreditCard }),
  iban: () => ({ searchIn: findIban }),
};

/** What finds data of a kind that is known here. */
export function detectorOf(name: DetectorName): TextDetector {
  return detectors[name]();
}
