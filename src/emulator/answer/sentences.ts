const SENTENCE_LETTERS_MAX = 400;

/** A sentence with the blanks behind it, and where it stands, in characters. */
export interface Sentence {
  readonly text: string;
  readonly startChar: number;
  /** Just behind it. */
  readonly endChar: number;
}

/** The first sentences of a text that have words; what has no end is cut where it gets too long. */
export function firstSentences(text: string, max: number): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let startChar = 0;
  for (let at = 0; at < text.length && sentences.length < max;) {
    const piece = sentenceAt(text, at);
    const endChar = startChar + Array.from(piece).length;
    if (piece.trim() !== '') sentences.push({ text: piece, startChar, endChar });
    at += piece.length;
    startChar = endChar;
  }
  return sentences;
}

function sentenceAt(text: string, from: number): string {
  const reach = text.slice(from, from + SENTENCE_LETTERS_MAX);
  const ended = /^[^.!?\n]*(?:[.!?](?!\s)[^.!?\n]*)*(?:[.!?]+\s+|\n\s*)/.exec(reach)?.[0];
  if (ended !== undefined) return ended;
  if (from + reach.length >= text.length) return reach;
  const blank = reach.lastIndexOf(' ');
  // Never between the halves of a surrogate pair.
  const end = blank > 0 ? blank + 1 : reach.length - (/[\uD800-\uDBFF]$/.test(reach) ? 1 : 0);
  return reach.slice(0, end);
}
