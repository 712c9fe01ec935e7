/** What no grammar is made from, and what the API calls it (API reference §8). */
const unsupported: readonly (readonly [RegExp, string])[] = [
  [/\(\?[^:]/, "Quantifier '?' without preceding element"],
  [/\\[bB]/, 'Word boundaries are not supported'],
  [/\\(?:[1-9]|k<)/, 'Back-references are not supported'],
];

/** Why a pattern cannot be part of a structured output; undefined where it can. */
export function unreadablePattern(pattern: string): string | undefined {
  // Two backslashes are a letter, and what follows them is no escape.
  const escapes = pattern.replaceAll('\\\\', '');
  return unsupported.find(([sign]) => sign.test(escapes))?.[1];
}
