import type { MarkedText, Spelling } from './mark-text.ts';
import { isMark, isWordEnd, isWordStart, markText } from './mark-text.ts';
import type { VocabularyName } from './token-vocabulary.ts';
import { ROOT_NODE, TokenVocabulary } from './token-vocabulary.ts';

/** How a model reads text. */
export interface Tokenizer {
  readonly vocabulary: VocabularyName;
  /** Whether the frame around a text ends in the mark that stands for a space before a word. */
  readonly opensWord: boolean;
}

const spellings: Readonly<Record<VocabularyName, Omit<Spelling, 'opensWord'>>> = {
  'generation-3': { foldsQuotes: true, marksCapitals: true },
  'generation-5': { foldsQuotes: false, marksCapitals: false },
};

/** What most models that the seeds describe read with. */
const usual: Tokenizer = { vocabulary: 'generation-3', opensWord: true };

const LINE_FEED = 0x0a;
const FRAME_LINE_FEEDS = 2;
const PIECE_UNITS_MAX = 128;
const UNREACHED = 0x7fffffff;

/**
 * Every token of the text in order; joined they are the text. A token that is only a border or a
 * part of a character is empty, and the character stands in the one that completes it.
 */
export function splitTokens(text: string, tokenizer: Tokenizer = usual): string[] {
  if (text === '') return [];
  const { marked, tailTokens, vocabulary } = readText(text, tokenizer);
  const { costs, origins } = tile(marked, vocabulary);
  const pieces: string[] = [];
  let from = 0;
  let cost = 0;
  for (const unit of tileEnds(origins, marked.length)) {
    const reached = costs[unit] ?? 0;
    for (cost += 1; cost < reached; cost += 1) pieces.push('');
    const end = marked.ends[unit - 1] ?? 0;
    pieces.push(text.slice(from, end));
    from = end;
  }
  for (let token = 0; token < tailTokens; token += 1) pieces.push('');
  pieces.push((pieces.pop() ?? '') + text.slice(from));
  return pieces;
}

/** How many tokens {@link splitTokens} would give, without making them. */
export function countTokens(text: string, tokenizer: Tokenizer = usual): number {
  if (text === '') return 0;
  const { marked, tailTokens, vocabulary } = readText(text, tokenizer);
  const { costs } = tile(marked, vocabulary);
  return Math.max(1, (costs[marked.length] ?? 0) + tailTokens);
}

interface ReadText {
  readonly marked: MarkedText;
  readonly tailTokens: number;
  readonly vocabulary: TokenVocabulary;
}

function readText(text: string, { vocabulary: name, opensWord }: Tokenizer): ReadText {
  const vocabulary = TokenVocabulary.named(name);
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === LINE_FEED) end -= 1;
  const marked = markText(text.slice(0, end), { ...spellings[name], opensWord });
  return { marked, tailTokens: tailTokensOf(text.length - end, vocabulary), vocabulary };
}

/** The frame goes on with two line feeds, which are a token with those at the end of a text. */
function tailTokensOf(lineFeeds: number, vocabulary: TokenVocabulary): number {
  if (lineFeeds === 0) return 0;
  const length = lineFeeds + FRAME_LINE_FEEDS;
  const codes = new Uint16Array(length).fill(LINE_FEED);
  const { costs } = tile({ codes, ends: new Int32Array(length), length }, vocabulary);
  return (costs[length] ?? 1) - 1;
}

interface Tiling {
  /** The fewest tokens that the units before a place make. */
  readonly costs: Int32Array;
  /** Where the token begins that ends at a place. */
  readonly origins: Int32Array;
}

/**
 * Covers the marked text with the fewest pieces. No piece is longer than {@link PIECE_UNITS_MAX},
 * and in a long run of one sign only the longest is tried, so the time is linear in the text.
 */
function tile({ codes, length }: MarkedText, vocabulary: TokenVocabulary): Tiling {
  const tiled: Tiled = {
    costs: new Int32Array(length + 1).fill(UNREACHED, 1),
    origins: new Int32Array(length + 1),
    codes,
    vocabulary,
  };
  let runEnd = 0;
  for (let from = 0; from < length;) {
    let next = from + 1;
    if (tiled.costs[from] !== UNREACHED) {
      if (runEnd <= from) for (runEnd = from + 1; codes[runEnd] === codes[from];) runEnd += 1;
      if (runEnd - from > 2 * PIECE_UNITS_MAX) tileLongest(from, tiled);
      else next = tileFrom(from, length, tiled);
    }
    from = next;
  }
  return tiled;
}

interface Tiled extends Tiling {
  readonly codes: Uint16Array;
  readonly vocabulary: TokenVocabulary;
}

/**
 * Tries every piece that begins at a place, and says where to go on. No piece goes on behind a
 * word's end, so where one covers a word from its start, nothing inside of it can be better.
 */
function tileFrom(
  from: number,
  length: number,
  { codes, costs, origins, vocabulary }: Tiled,
): number {
  const cost = (costs[from] ?? 0) + 1;
  let node = ROOT_NODE;
  let isAlone = true;
  let last = from;
  for (let at = from; at < length; at += 1) {
    node = vocabulary.next(node, codes[at] ?? 0);
    if (node < 0) break;
    if (!vocabulary.isPiece(node)) continue;
    if (at === from) isAlone = false;
    last = at + 1;
    if (cost >= (costs[at + 1] ?? 0)) continue;
    costs[at + 1] = cost;
    origins[at + 1] = from;
  }
  if (isAlone) tileCharacter(from, { codes, costs, origins, vocabulary });
  return isWordStart(codes[from] ?? 0) && isWordEnd(codes[last - 1] ?? 0) ? last : from + 1;
}

/** Tries the longest piece only. */
function tileLongest(from: number, tiled: Tiled): void {
  const { codes, costs, origins, vocabulary } = tiled;
  let node = ROOT_NODE;
  let end = from;
  for (let at = from; at < from + PIECE_UNITS_MAX; at += 1) {
    node = vocabulary.next(node, codes[at] ?? 0);
    if (node < 0) break;
    if (vocabulary.isPiece(node)) end = at + 1;
  }
  if (end === from) return tileCharacter(from, tiled);
  const cost = (costs[from] ?? 0) + 1;
  if (cost >= (costs[end] ?? 0)) return;
  costs[end] = cost;
  origins[end] = from;
}

/** The way that is always there: a border is one token, a character that is no piece its bytes. */
function tileCharacter(from: number, tiled: Tiled): void {
  const { codes } = tiled;
  const high = codes[from] ?? 0;
  const isPair = high >= 0xd800 && high < 0xdc00;
  const end = from + (isPair ? 2 : 1);
  const codePoint = isPair
    ? 0x10000 + ((high & 0x3ff) << 10) + ((codes[from + 1] ?? 0) & 0x3ff)
    : high;
  const bytes = isMark(high) ? 1 : tiled.vocabulary.bytesOf(codePoint);
  const cost = (tiled.costs[from] ?? 0) + bytes;
  if (cost >= (tiled.costs[end] ?? 0)) return;
  tiled.costs[end] = cost;
  tiled.origins[end] = from;
}

function tileEnds(origins: Int32Array, length: number): number[] {
  const ends: number[] = [];
  for (let at = length; at > 0; at = origins[at] ?? 0) ends.push(at);
  return ends.toReversed();
}
