import type { TextEdit } from './edit-pieces.ts';
import type { RedactionRules } from './redaction-rules.ts';

/**
 * One placeholder a kind, and nothing in it that was made from the secret: it cannot be guessed
 * back, and a request with another key is the same request when it is played.
 */
const placeholders = {
  credential: '[redacted credential]',
  /** In JSON, where a bare number stood. */
  number: '"[redacted credential]"',
  email: '[redacted email]',
  pattern: '[redacted pattern]',
} as const;
type SecretKind = keyof typeof placeholders;

/** What stands in the place of a credential. */
export const credentialPlaceholder: string = placeholders.credential;

const placeholder = /\[redacted (?:credential|email|pattern)\]/g;

/** Names of members and variables whose values are credentials; `max_tokens` is none of them. */
const nameEnd =
  '(?:password|passwd|passphrase|secret|token|authorization|cookie|credentials?|api[-_]?key|access[-_]?key|secret[-_]?key|private[-_]?key|account[-_]?key)';
const secretName = new RegExp(`${nameEnd}$`, 'i');

/** Whether what a member of this name holds is a credential. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/**
 * Texts that are credentials by their form, or by the name before them. Repetitions are bounded,
 * since without a bound the engine runs out of memory on megabytes of letters in a row; what goes
 * on beyond one is taken out to its end all the same.
 */
const credentialPatterns: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{12,8192}/g,
  /\bqtn_[A-Za-z0-9_]{8,8192}/g,
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{4,8192}(?:\.[A-Za-z0-9_-]{0,8192}){0,3}/g,
  /-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g,
  /(?<=\b[Bb]earer\s{1,4})(?=[^\s"'\\]*\d)[A-Za-z0-9._~+/=-]{8,8192}/g,
  /(?<=\b[Bb]earer\s{1,4})[A-Za-z0-9._~+/=-]{20,8192}/g,
  /(?<=\b[Bb]asic\s{1,4})[A-Za-z0-9+/]{16,8192}={0,2}/g,
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,8192}|github_pat_[A-Za-z0-9_]{20,8192}|glpat-[A-Za-z0-9_-]{16,8192})/g,
  /\b(?:xox[abeprs]-[A-Za-z0-9-]{10,8192}|[srp]k_(?:live|test)_[A-Za-z0-9]{10,8192}|whsec_[A-Za-z0-9]{16,8192})/g,
  /\b(?:AIza[A-Za-z0-9_-]{35}|npm_[A-Za-z0-9]{30,8192}|hf_[A-Za-z0-9]{20,8192}|pypi-[A-Za-z0-9_-]{32,8192})/g,
  /(?<=:\/\/)[^\s/:@"'\\]{1,256}:[^\s/@"'\\]{1,256}(?=@)/g,
  // JSON inside a text, and JSON inside of that.
  new RegExp(`(?<="[\\w.-]{0,64}${nameEnd}"\\s{0,8}:\\s{0,8}")(?:[^"\\\\]|\\\\[^]){1,8192}`, 'gi'),
  new RegExp(
    `(?<=\\\\"[\\w.-]{0,64}${nameEnd}\\\\"\\s{0,8}:\\s{0,8}\\\\")(?:[^"\\\\]|\\\\[^"]){1,8192}`,
    'gi',
  ),
  // Assignments, queries and header lines.
  new RegExp(`(?<=\\b[\\w.-]{0,64}${nameEnd}=["']?)[^\\s&"'\\\\]{3,8192}`, 'gi'),
  /(?<=\b(?:x-api-key|api-key|authorization|cookie|set-cookie)\s?:\s?)[^\s"'\\][^\r\n"'\\]{2,8192}/gi,
];

const REPEATED_MAX = 8192;

const emailPattern =
  /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}/g;

const numberPattern = new RegExp(
  `(?<="[\\w.-]{0,64}${nameEnd}"\\s{0,8}:\\s{0,8})-?\\d[\\d.eE+-]*`,
  'gi',
);

/** Finds what is secret in a text, as edits that take it out. */
export type FindSecrets = (text: string) => readonly TextEdit[];

/** Makes the finder of a set of rules. What is a placeholder already stays. */
export function secretFinder(rules: Pick<RedactionRules, 'patterns' | 'emails'>): FindSecrets {
  const all: readonly (readonly [SecretKind, RegExp])[] = [
    ...credentialPatterns.map((pattern) => ['credential', pattern] as const),
    ['number', numberPattern],
    ...(rules.emails === 'redact' ? [['email', emailPattern] as const] : []),
    ...rules.patterns.map((source) => ['pattern', new RegExp(source, 'gu')] as const),
  ];
  return (text) => {
    const found = all.flatMap(([kind, pattern]) => matchesOf(text, kind, pattern));
    if (found.length === 0) return found;
    const done = matchesOf(text, 'credential', placeholder);
    return merged(found.filter((edit) => !done.some((range) => isWithin(edit, range))));
  };
}

function matchesOf(text: string, kind: SecretKind, pattern: RegExp): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  for (const { 0: matched, index } of text.matchAll(pattern)) {
    if (matched === '') continue;
    const matchEnd = index + matched.length;
    const end = matched.length < REPEATED_MAX ? matchEnd : endOfRun(text, matchEnd);
    edits.push({ start: index, end, replacement: placeholders[kind] });
  }
  return edits;
}

function endOfRun(text: string, from: number): number {
  const rest = /[^\s"'\\]{1,8192}/y;
  rest.lastIndex = from;
  let end = from;
  while (rest.test(text)) end = rest.lastIndex;
  return end;
}

function isWithin(edit: TextEdit, range: TextEdit): boolean {
  return edit.start >= range.start && edit.end <= range.end;
}

/** Matches that overlap become one, so that no part of either stays. */
function merged(edits: readonly TextEdit[]): readonly TextEdit[] {
  const inOrder = edits.toSorted((one, other) => one.start - other.start || other.end - one.end);
  const kept: TextEdit[] = [];
  for (const edit of inOrder) {
    const last = kept.at(-1);
    if (last === undefined || edit.start >= last.end) kept.push(edit);
    else if (edit.end > last.end) kept[kept.length - 1] = { ...last, end: edit.end };
  }
  return kept;
}
