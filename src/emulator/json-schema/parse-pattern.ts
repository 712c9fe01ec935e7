/**
 * Regular expressions of JSON Schemas as trees. They come from strangers, and the engine of the
 * platform can be made to run for ever by one, so none is handed to it: what this parser does
 * not know (look-around, back-references) is undefined, which means "cannot tell".
 */
export type PatternNode =
  | { readonly kind: 'set'; readonly ranges: readonly CodeRange[]; readonly negated: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly item: PatternNode;
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/** First and last code unit. */
type CodeRange = readonly [number, number];

const SOURCE_LENGTH_MAX = 500;
const DEPTH_MAX = 20;
const COUNT_MAX = 1000;

const digit: readonly CodeRange[] = [[0x30, 0x39]];
const word: readonly CodeRange[] = [
  [0x61, 0x7a],
  [0x41, 0x5a],
  [0x30, 0x39],
  [0x5f, 0x5f],
];
const blank: readonly CodeRange[] = [
  [0x20, 0x20],
  [0x09, 0x0d],
  [0xa0, 0xa0],
];
const lineEnds: readonly CodeRange[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
];

const classEscapes = new Map<string, readonly CodeRange[]>([
  ['d', digit],
  ['w', word],
  ['s', blank],
]);
const letterEscapes = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
]);
const hexEscapes = new Map([
  ['x', 2],
  ['u', 4],
]);

/** The tree of a pattern; undefined where it uses what is not supported. */
export function parsePattern(source: string): PatternNode | undefined {
  if (source.length > SOURCE_LENGTH_MAX) return undefined;
  const parser = new Parser(source);
  const node = parser.choice(0);
  return parser.failed || !parser.atEnd ? undefined : node;
}

class Parser {
  failed = false;
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get atEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  choice(depth: number): PatternNode {
    if (depth > DEPTH_MAX) this.failed = true;
    const options = [this.#sequence(depth)];
    while (!this.failed && this.#take('|')) options.push(this.#sequence(depth));
    const only = options.length === 1 ? options[0] : undefined;
    return only ?? { kind: 'choice', options };
  }

  #sequence(depth: number): PatternNode {
    const items: PatternNode[] = [];
    while (!this.failed && !this.atEnd && !'|)'.includes(this.#peek())) {
      items.push(this.#quantified(this.#atom(depth)));
    }
    return { kind: 'sequence', items };
  }

  #atom(depth: number): PatternNode {
    const letter = this.#next();
    switch (letter) {
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '.':
        return { kind: 'set', ranges: lineEnds, negated: true };
      case '(':
        return this.#group(depth);
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
      case '{':
        this.failed = true;
        return { kind: 'start' };
      default:
        return literal(letter.charCodeAt(0));
    }
  }

  #group(depth: number): PatternNode {
    if (this.#take('?') && !this.#take(':') && !this.#groupName()) this.failed = true;
    const node = this.choice(depth + 1);
    if (!this.#take(')')) this.failed = true;
    return node;
  }

  #groupName(): boolean {
    if (!this.#take('<') || '=!'.includes(this.#peek())) return false;
    while (!this.atEnd && this.#next() !== '>');
    return true;
  }

  #escape(): PatternNode {
    const letter = this.#next();
    const ranges = classEscapes.get(letter.toLowerCase());
    if (ranges !== undefined) {
      return { kind: 'set', ranges, negated: letter !== letter.toLowerCase() };
    }
    return literal(this.#escapedCode(letter));
  }

  #escapedCode(letter: string): number {
    const known = letterEscapes.get(letter);
    if (known !== undefined) return known;
    const digits = hexEscapes.get(letter);
    if (digits === undefined) {
      // A letter or digit here is a boundary, a back-reference or a property.
      if (letter === '' || /[a-zA-Z0-9]/.test(letter)) this.failed = true;
      return letter.charCodeAt(0);
    }
    const hex = this.#source.slice(this.#at, this.#at + digits);
    this.#at += digits;
    if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length < digits) this.failed = true;
    return Number.parseInt(hex, 16);
  }

  #class(): PatternNode {
    const negated = this.#take('^');
    const ranges: CodeRange[] = [];
    while (!this.failed && !this.#take(']')) {
      if (this.atEnd) this.failed = true;
      else ranges.push(...this.#classItem());
    }
    return { kind: 'set', ranges, negated };
  }

  #classItem(): readonly CodeRange[] {
    const low = this.#classLetter();
    if (typeof low !== 'number') return low;
    const isRange = this.#peek() === '-' && this.#source[this.#at + 1] !== ']';
    if (!isRange) return [[low, low]];
    this.#at += 1;
    const high = this.#classLetter();
    if (typeof high !== 'number' || high < low) {
      this.failed = true;
      return [];
    }
    return [[low, high]];
  }

  #classLetter(): number | readonly CodeRange[] {
    const letter = this.#next();
    if (letter !== '\\') return letter.charCodeAt(0);
    const escaped = this.#next();
    const ranges = classEscapes.get(escaped);
    if (ranges !== undefined) return ranges;
    return escaped === '-' ? 0x2d : this.#escapedCode(escaped);
  }

  #quantified(item: PatternNode): PatternNode {
    const counts = this.#quantifier();
    if (counts === undefined) return item;
    this.#take('?');
    const [min, max] = counts;
    if (min > max || min > COUNT_MAX) this.failed = true;
    return { kind: 'repeat', item, min, max };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    if (!this.#take('{')) return undefined;
    const close = this.#source.indexOf('}', this.#at);
    const counts = /^(\d{1,6})(,?)(\d{0,6})$/.exec(this.#source.slice(this.#at, close));
    if (close < 0 || counts === null) {
      this.failed = true;
      return undefined;
    }
    this.#at = close + 1;
    const min = Number(counts[1]);
    if (counts[2] === '') return [min, min];
    return [min, counts[3] === '' ? Infinity : Number(counts[3])];
  }

  #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  #next(): string {
    const letter = this.#peek();
    this.#at += 1;
    return letter;
  }

  #take(letter: string): boolean {
    if (this.#peek() !== letter) return false;
    this.#at += 1;
    return true;
  }
}

function literal(code: number): PatternNode {
  return { kind: 'set', ranges: [[code, code]], negated: false };
}
