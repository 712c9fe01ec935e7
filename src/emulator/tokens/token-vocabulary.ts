import { inflateRawSync } from 'node:zlib';
import { generation3 } from './vocabulary-generation-3.ts';
import { generation5 } from './vocabulary-generation-5.ts';

/** The vocabularies that models have: one up to Claude 4.6, one from 4.7 on. */
export type VocabularyName = 'generation-3' | 'generation-5';

const packed: Readonly<Record<VocabularyName, string>> = {
  'generation-3': generation3,
  'generation-5': generation5,
};

const FIRST_LETTER = 0x21;
/** Room for 2.6 times as many edges as the larger vocabulary has; each slot is a key and a target. */
const SLOTS = 1 << 18;
/** Code units that occur in pieces have letters of an alphabet, which fit in so many bits. */
const LETTER_BITS = 12;
const SLOT_SHIFT = 32 - 18;
const SLOT_MASK = 2 * SLOTS - 1;
const NO_NODE = -1;
const KNOWN_COSTS_MAX = 1 << 14;
/** Where a walk through the pieces begins. */
export const ROOT_NODE = 0;

/** What one token may be: a tree of pieces by code unit, unpacked when it is first asked for. */
export class TokenVocabulary {
  readonly #edges = new Int32Array(2 * SLOTS).fill(NO_NODE);
  /** The letter of each code unit, 0 for those in no piece. */
  readonly #letters = new Uint16Array(0x10000);
  readonly #prefixes: ReadonlySet<string>;
  readonly #byteCosts = new Map<number, number>();
  #nodeCount = 0;
  #letterCount = 0;

  private constructor(name: VocabularyName) {
    const text = inflateRawSync(Buffer.from(packed[name], 'base64')).toString();
    const [prefixes = '', ...pieces] = text.split('\0');
    this.#prefixes = new Set(prefixes.split(','));
    this.#plant(pieces);
  }

  static readonly #kept = new Map<VocabularyName, TokenVocabulary>();

  static named(name: VocabularyName): TokenVocabulary {
    let vocabulary = TokenVocabulary.#kept.get(name);
    if (vocabulary === undefined) {
      vocabulary = new TokenVocabulary(name);
      TokenVocabulary.#kept.set(name, vocabulary);
    }
    return vocabulary;
  }

  /** The node that a code unit leads to, or a negative number where no piece goes on like that. */
  next(node: number, code: number): number {
    const letter = this.#letters[code] ?? 0;
    if (letter === 0) return NO_NODE;
    const key = (node << LETTER_BITS) | letter;
    const edges = this.#edges;
    for (let slot = slotOf(key); ; slot = (slot + 2) & SLOT_MASK) {
      const found = edges[slot] ?? NO_NODE;
      if (found === key) return edges[slot + 1] ?? NO_NODE;
      if (found === NO_NODE) return NO_NODE;
    }
  }

  /** Whether a piece ends at a node: the lowest bit says so, to save a look elsewhere. */
  isPiece(node: number): boolean {
    return (node & 1) === 1;
  }

  /** Tokens of a character that is no piece: its bytes, the first of which may be one together. */
  bytesOf(codePoint: number): number {
    let cost = this.#byteCosts.get(codePoint);
    if (cost === undefined) {
      const bytes = Buffer.from(String.fromCodePoint(codePoint));
      cost = bytes.length;
      for (let taken = bytes.length - 1; taken > 1 && cost === bytes.length; taken -= 1) {
        const isToken = this.#prefixes.has(bytes.toString('hex', 0, taken));
        if (isToken) cost = 1 + bytes.length - taken;
      }
      if (this.#byteCosts.size >= KNOWN_COSTS_MAX) this.#byteCosts.clear();
      this.#byteCosts.set(codePoint, cost);
    }
    return cost;
  }

  /** The pieces are sorted, so a piece comes before those it begins, and says what it shares. */
  #plant(pieces: readonly string[]): void {
    const path: number[] = [ROOT_NODE];
    for (const coded of pieces) {
      let depth = coded.charCodeAt(0) - FIRST_LETTER;
      for (let at = 1; at < coded.length; at += 1, depth += 1) {
        const isLast = at === coded.length - 1;
        path[depth + 1] = this.#grow(path[depth] ?? ROOT_NODE, coded.charCodeAt(at), isLast);
      }
    }
  }

  #grow(node: number, code: number, isPiece: boolean): number {
    // What two pieces share is told only so far.
    const known = this.next(node, code);
    if (known !== NO_NODE) return known;
    if (this.#letters[code] === 0) {
      this.#letterCount += 1;
      this.#letters[code] = this.#letterCount;
    }
    const key = (node << LETTER_BITS) | (this.#letters[code] ?? 0);
    let slot = slotOf(key);
    while (this.#edges[slot] !== NO_NODE) slot = (slot + 2) & SLOT_MASK;
    this.#nodeCount += 1;
    const target = (this.#nodeCount << 1) | (isPiece ? 1 : 0);
    this.#edges[slot] = key;
    this.#edges[slot + 1] = target;
    return target;
  }
}

/** Where to look for a key first: an even place among the edges. */
function slotOf(key: number): number {
  return (Math.imul(key, 0x9e3779b1) >>> SLOT_SHIFT) << 1;
}
