import type { CharacterClass } from './character-class.ts';
import { characterClass, classOf } from './character-class.ts';
import type { FoldedText } from './fold-text.ts';
import { foldText } from './fold-text.ts';
import { caseOf } from './word-case.ts';

/** Marks in what is tokenized, as noncharacters: where a word begins and ends, and its case. */
const marks = { wordStart: 0xfdd0, wordEnd: 0xfdd1, capital: 0xfdd2, capitals: 0xfdd3 };

/** Whether a code unit is one of the marks. */
export function isMark(code: number): boolean {
  return code >= marks.wordStart && code <= marks.capitals;
}

/** Whether a mark stands before a word: its case, or its border. */
export function isWordStart(code: number): boolean {
  return isMark(code) && code !== marks.wordEnd;
}

/** Whether a code unit is the mark behind a word. */
export function isWordEnd(code: number): boolean {
  return code === marks.wordEnd;
}

/** How a tokenizer spells what it reads. */
export interface Spelling {
  readonly foldsQuotes: boolean;
  /** Whether a word all in capitals is one mark and small letters. */
  readonly marksCapitals: boolean;
  /** Whether the frame around a text ends in the mark that stands for a space before a word. */
  readonly opensWord: boolean;
}

/** A text with its borders and case written in, and where each unit ends in the text. */
export interface MarkedText {
  readonly codes: Uint16Array;
  readonly ends: Int32Array;
  readonly length: number;
}

const { space, word, digit, symbol, number, ideograph, selector } = characterClass;
const SPACE = 0x20;
const APOSTROPHE = 0x27;
/** The most that one code unit becomes: its case, a border on each side and itself. */
const UNITS_A_LETTER = 4;
const UNITS_MORE = 4;
/** What an apostrophe binds to the word before it. */
const contractions = new Set(['s', 't', 'd', 'm', 'll', 're', 've']);

/** Writes borders and case into a text: a space between two words becomes a border of each. */
export function markText(text: string, spelling: Spelling): MarkedText {
  return new TextMarker(foldText(text, spelling.foldsQuotes), spelling).mark();
}

class TextMarker {
  readonly #text: string;
  readonly #sourceEnds: Int32Array | undefined;
  readonly #spelling: Spelling;
  readonly #codes: Uint16Array;
  readonly #ends: Int32Array;
  /** Runs of characters of one class: their classes, and where they end. */
  readonly #classes: Uint8Array;
  readonly #runEnds: Int32Array;
  #runs = 0;
  #length = 0;
  #consumed = 0;

  constructor(folded: FoldedText, spelling: Spelling) {
    this.#text = folded.text;
    this.#sourceEnds = folded.ends;
    this.#spelling = spelling;
    const { length } = folded.text;
    this.#codes = new Uint16Array(length * UNITS_A_LETTER + UNITS_MORE);
    this.#ends = new Int32Array(length * UNITS_A_LETTER + UNITS_MORE);
    this.#classes = new Uint8Array(length);
    this.#runEnds = new Int32Array(length);
  }

  mark(): MarkedText {
    this.#findRuns();
    this.#markStart();
    for (let run = this.#consumed > 0 ? 1 : 0; run < this.#runs; run += 1) this.#markRun(run);
    return { codes: this.#codes, ends: this.#ends, length: this.#length };
  }

  #findRuns(): void {
    const text = this.#text;
    for (let at = 0; at < text.length;) {
      const codePoint = text.codePointAt(at) ?? 0;
      at += codePoint > 0xffff ? 2 : 1;
      const found = classOf(codePoint);
      const isSame = this.#runs > 0 && joins(this.#class(this.#runs - 1), found);
      if (!isSame) {
        this.#classes[this.#runs] = found;
        this.#runs += 1;
      }
      this.#runEnds[this.#runs - 1] = at;
    }
  }

  /** What the frame leaves before the first run: it stands for one space there. */
  #markStart(): void {
    if (!this.#spelling.opensWord) return;
    if (this.#body(0) === ' ') this.#consumed = 1;
    const first = this.#consumed;
    if (first < this.#runs && this.#opensWord(first)) this.#write(SPACE);
    else if (first >= this.#runs || !marksLeft(this.#class(first))) {
      const isSpaced = first < this.#runs && this.#codeAt(this.#start(first)) === SPACE;
      if (!isSpaced) this.#write(marks.wordStart);
    }
  }

  #markRun(run: number): void {
    const found = this.#class(run);
    if (found === word) this.#markWord(run);
    else if (found === space) this.#markSpace(run);
    else {
      const hasStart = marksLeft(found) && !this.#opensWord(run) && this.#isSpaceBefore(run);
      if (hasStart) this.#write(marks.wordStart);
      this.#copy(run);
      if (this.#marksRight(run) && this.#isSpaceAfter(run)) this.#write(marks.wordEnd);
    }
  }

  #markWord(run: number): void {
    const body = this.#body(run);
    const found = caseOf(body, this.#spelling.marksCapitals);
    if (found !== 'plain') this.#write(found === 'capital' ? marks.capital : marks.capitals);
    if (!this.#isContraction(run, body)) this.#write(marks.wordStart);
    if (found === 'plain') this.#copy(run);
    else {
      for (let at = 0; at < body.length; at += 1) {
        this.#consumed += 1;
        this.#write((body[at] ?? '').toLowerCase().charCodeAt(0));
      }
    }
    this.#write(marks.wordEnd);
  }

  /** A single space between two borders is what the borders say. */
  #markSpace(run: number): void {
    const isSeam =
      this.#body(run) === ' ' &&
      this.#codes[this.#length - 1] === marks.wordEnd &&
      run + 1 < this.#runs &&
      marksLeft(this.#class(run + 1)) &&
      !this.#opensWord(run + 1);
    if (isSeam) this.#consumed += 1;
    else this.#copy(run);
  }

  /** Whether the apostrophe before a word stands for its border, as in `it's`. */
  #isContraction(run: number, body: string): boolean {
    if (body.length > 2 || run === 0 || !contractions.has(body)) return false;
    return this.#isApostrophe(run - 1) && (run < 2 || !this.#marksRight(run - 2));
  }

  /** Whether a run is an apostrophe that a word follows: it has no border on its left. */
  #opensWord(run: number): boolean {
    return this.#isApostrophe(run) && run + 1 < this.#runs && this.#class(run + 1) === word;
  }

  #isApostrophe(run: number): boolean {
    const start = this.#start(run);
    return this.#runEnds[run] === start + 1 && this.#codeAt(start) === APOSTROPHE;
  }

  #marksRight(run: number): boolean {
    const found = this.#class(run);
    if (found === space || found === digit || found === word) return false;
    if (found !== ideograph) return true;
    return classOf(this.#codeAt((this.#runEnds[run] ?? 0) - 1)) === selector;
  }

  #isSpaceBefore(run: number): boolean {
    if (run === 0) return this.#spelling.opensWord;
    return this.#class(run - 1) === space && this.#codeAt(this.#start(run) - 1) === SPACE;
  }

  /** Whether a space follows, and one only. */
  #isSpaceAfter(run: number): boolean {
    const end = this.#runEnds[run] ?? 0;
    return this.#codeAt(end) === SPACE && this.#codeAt(end + 1) !== SPACE;
  }

  #copy(run: number): void {
    const end = this.#runEnds[run] ?? 0;
    while (this.#consumed < end) {
      const code = this.#codeAt(this.#consumed);
      this.#consumed += 1;
      this.#write(code);
    }
  }

  #write(code: number): void {
    this.#codes[this.#length] = code;
    this.#ends[this.#length] = this.#sourceEnd();
    this.#length += 1;
  }

  #sourceEnd(): number {
    if (this.#sourceEnds === undefined || this.#consumed === 0) return this.#consumed;
    return this.#sourceEnds[this.#consumed - 1] ?? 0;
  }

  #class(run: number): CharacterClass {
    return (this.#classes[run] ?? space) as CharacterClass;
  }

  #start(run: number): number {
    return run === 0 ? 0 : (this.#runEnds[run - 1] ?? 0);
  }

  #body(run: number): string {
    return this.#text.slice(this.#start(run), this.#runEnds[run]);
  }

  #codeAt(at: number): number {
    return this.#text.charCodeAt(at);
  }
}

/** Whether a character goes on with the run before it. */
function joins(run: CharacterClass, found: CharacterClass): boolean {
  if (run === found) return true;
  return found === selector && (run === symbol || run === number || run === ideograph);
}

function marksLeft(found: CharacterClass): boolean {
  return found !== space && found !== digit && found !== ideograph;
}
