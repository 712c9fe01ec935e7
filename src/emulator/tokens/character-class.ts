/**
 * How the tokenizer sees a character. Words, and marks that stand like punctuation, have their
 * borders written into what is tokenized; digits and ideographs have not.
 */
export const characterClass = {
  space: 0,
  word: 1,
  digit: 2,
  /** ASCII signs and the few others that have pieces together with them. */
  punctuation: 3,
  /** Other signs, format characters and marks that end a word. */
  symbol: 4,
  /** Numbers that are not plain digits. */
  number: 5,
  /** Characters that stand alone: Han, Hangul, emoji and whatever is beyond the basic plane. */
  ideograph: 6,
  /** Picks the form of the character before it and is of that one's class. */
  selector: 7,
} as const;
export type CharacterClass = (typeof characterClass)[keyof typeof characterClass];

const { space, word, digit, punctuation, symbol, number, ideograph, selector } = characterClass;

const ASCII = 0x80;
const asciiClasses = Uint8Array.from({ length: ASCII }, (_unused, code) => {
  const text = String.fromCharCode(code);
  if (/[a-z]/i.test(text)) return word;
  if (/\d/.test(text)) return digit;
  return /[\t\n\f\r ]/.test(text) ? space : punctuation;
}) as Uint8Array & Record<number, CharacterClass>;

const signsWithPieces = new Set('—»«•°„–−£§€…√→（№†└│།·─═█');
const wordSymbols = /[\u16EE-\u16F0\u2160-\u2188\u24B6-\u24E9\uA6E6-\uA6EF]/;
const standsAlone =
  /[\u3005\u3006\u3031-\u3035\u303B\u303C\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7A3\uF900-\uFAFF]/;
/** Letters, and the marks that Unicode counts among them: a vowel sign stays in its word. */
const inWord = /\p{L}|(?=\p{M})\p{Alphabetic}/u;
const plainNumber = /\p{No}|\p{Nd}/u;
const ideographicSign =
  /(?=[\u3001-\u303F])(?:\p{P}|[\u3004\u3012\u3013\u3020\u3036\u3037\u303E\u303F])/u;
const signLike = /[\p{P}\p{S}\p{Cf}\p{Cn}\p{M}]/u;

/** Classes of what lies beyond ASCII, by code unit; filled as characters are met. */
const otherClasses = new Uint8Array(0x10000).fill(0xff);

/** The class of a code point. */
export function classOf(codePoint: number): CharacterClass {
  if (codePoint < ASCII) return asciiClasses[codePoint] ?? punctuation;
  if (codePoint > 0xffff) return ideograph;
  let known = otherClasses[codePoint] ?? 0xff;
  if (known === 0xff) {
    known = classify(String.fromCharCode(codePoint));
    otherClasses[codePoint] = known;
  }
  return known as CharacterClass;
}

function classify(character: string): CharacterClass {
  if (/\p{Z}/u.test(character)) return space;
  if (wordSymbols.test(character)) return word;
  if (signsWithPieces.has(character)) return punctuation;
  if (/[\uFE00-\uFE0F]/.test(character)) return selector;
  if (standsAlone.test(character)) return ideograph;
  if (inWord.test(character)) return word;
  if (plainNumber.test(character)) return number;
  return signLike.test(character) && !ideographicSign.test(character) ? symbol : ideograph;
}
