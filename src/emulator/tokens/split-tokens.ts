/**
 * A splitter that behaves as a tokenizer does, without a vocabulary: words with their leading
 * space, long words in pieces, digits by three, one piece a sign. English comes out at about
 * four letters a token (API reference §11). Each step looks at a bounded number of letters, so
 * the time is linear in the text whatever it holds.
 */

const WORD_LETTERS_MAX = 8;
const WORD_PIECE_LETTERS = 5;
const FOREIGN_PIECE_LETTERS = 4;
const DIGITS_MAX = 3;
const BLANKS_MAX = 16;
const SPACE = 0x20;

type LetterKind = 'blank' | 'latin' | 'digit' | 'foreign' | 'single';

/** Every piece of the text in order; joined they are the text. */
export function splitTokens(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = tokenEnd(text, at);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

/** How many pieces {@link splitTokens} would give, without making them. */
export function countTokens(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at = tokenEnd(text, at)) count += 1;
  return count;
}

/** Where the piece that starts at `from` ends. */
function tokenEnd(text: string, from: number): number {
  const kind = kindAt(text, from);
  if (kind !== 'blank') return wordEnd(text, from, kind);
  const next = from + 1;
  if (next < text.length && text.charCodeAt(from) === SPACE) {
    const following = kindAt(text, next);
    if (following !== 'blank') return wordEnd(text, next, following);
  }
  const end = runEnd(text, from, { kind: 'blank', max: BLANKS_MAX });
  // The last space of a run belongs to the word behind it.
  const lendsSpace = end - from > 1 && end < text.length && text.charCodeAt(end - 1) === SPACE;
  return lendsSpace && kindAt(text, end) !== 'blank' ? end - 1 : end;
}

function wordEnd(text: string, from: number, kind: LetterKind): number {
  switch (kind) {
    case 'latin': {
      const end = runEnd(text, from, { kind, max: WORD_LETTERS_MAX + 1 });
      return end - from > WORD_LETTERS_MAX ? from + WORD_PIECE_LETTERS : end;
    }
    case 'digit':
      return runEnd(text, from, { kind, max: DIGITS_MAX });
    case 'foreign':
      return runEnd(text, from, { kind, max: FOREIGN_PIECE_LETTERS });
    case 'single':
    case 'blank':
      return from + (isPairAt(text, from) ? 2 : 1);
  }
}

interface Run {
  readonly kind: LetterKind;
  readonly max: number;
}

function runEnd(text: string, from: number, run: Run): number {
  const limit = Math.min(text.length, from + run.max);
  let at = from;
  while (at < limit && kindAt(text, at) === run.kind) at += 1;
  return at;
}

function kindAt(text: string, at: number): LetterKind {
  const code = text.charCodeAt(at);
  if (code < 0x80) {
    const lower = code | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) return 'latin';
    if (code >= 0x30 && code <= 0x39) return 'digit';
    return code === SPACE || (code >= 0x09 && code <= 0x0d) ? 'blank' : 'single';
  }
  return isOwnToken(code) ? 'single' : 'foreign';
}

/** Scripts where one sign is one token, general punctuation, and halves of surrogate pairs. */
function isOwnToken(code: number): boolean {
  if (code < 0xc0) return true;
  if (code < 0x2000) return false;
  return code < 0xfb00 || code >= 0xfe00;
}

function isPairAt(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}
