/** A text as the tokenizer reads it. */
export interface FoldedText {
  readonly text: string;
  /** Where each code unit's source ends in the original; absent where lengths are the same. */
  readonly ends?: Int32Array;
}

/** What a text may be made of to be read as it stands. */
const plain = /^[\t\n\x20-\x7E]*$/;
/** Controls but for tab and line feed, and the private use area, are not there for the tokenizer. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const dropped = /[\x01-\x08\x0B-\x1F\x7F-\x9F\uE000-\uF8FF]/g;
// oxlint-disable-next-line no-control-regex -- NUL is read as a space
const spaces = /[\0\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F]/g;
/** Noncharacters that mark borders and case further on (mark-text.ts). */
const marks = /[\uFDD0-\uFDD3]/g;
/**
 * A character with the marks on it, at most the thirty of stream-safe text (UAX #15 §13), or the
 * parts of a Hangul syllable. Without that bound a text of nothing but marks exhausts the stack.
 */
const cluster = /[\u1100-\u1112][\u1161-\u1175][\u11A8-\u11C2]?|[^\p{M}]?\p{M}{1,30}|[^\p{M}]/gsu;

/** More marks than that: the platform sorts them in a time that grows with their square. */
const crowded = /\p{M}{31}/u;

/**
 * Normalises as the tokenizer does: composed, without control characters, one kind of space and,
 * for the older vocabulary, straight quotes.
 */
export function foldText(text: string, foldsQuotes: boolean): FoldedText {
  if (plain.test(text)) return { text };
  const wellFormed = text.toWellFormed();
  const isComposed = !crowded.test(wellFormed) && wellFormed.normalize('NFC') === wellFormed;
  if (isComposed && wellFormed.search(dropped) < 0) {
    return { text: replaceSigns(wellFormed, foldsQuotes) };
  }
  return foldClusters(wellFormed, foldsQuotes);
}

/** The same where lengths change: cluster by cluster, to know what became of what. */
function foldClusters(text: string, foldsQuotes: boolean): FoldedText {
  const parts: string[] = [];
  const ends: number[] = [];
  for (const match of text.matchAll(cluster)) {
    const part = replaceSigns(match[0].normalize('NFC').replaceAll(dropped, ''), foldsQuotes);
    parts.push(part);
    for (let at = 1; at < part.length; at += 1) ends.push(match.index);
    if (part !== '') ends.push(match.index + match[0].length);
  }
  return { text: parts.join(''), ends: Int32Array.from(ends) };
}

/** Replaces one code unit by one. */
function replaceSigns(text: string, foldsQuotes: boolean): string {
  const spaced = text.replaceAll(spaces, ' ').replaceAll(marks, '\uFFFD');
  if (!foldsQuotes) return spaced;
  return spaced.replaceAll(/[\u2018\u2019]/g, "'").replaceAll(/[\u201C\u201D]/g, '"');
}
