/** A message that is longer than this is a page. */
const MESSAGE_LETTERS_MAX = 2000;
/** Hidden words shorter than this would tear holes into any sentence. */
const HIDDEN_LETTERS_MIN = 4;

/** A text without the words to hide, and no longer than a message is. */
export function hideWords(text: string, hidden: readonly string[]): string {
  return withoutWords(text.slice(0, MESSAGE_LETTERS_MAX), hidden);
}

/** A whole text without the words to hide. */
export function withoutWords(text: string, hidden: readonly string[]): string {
  let shown = text;
  for (const word of hidden) {
    if (word.length >= HIDDEN_LETTERS_MIN) shown = shown.replaceAll(word, '[redacted]');
  }
  return shown;
}
