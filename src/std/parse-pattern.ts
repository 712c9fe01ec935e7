import type { UnitRange } from './unit-ranges.ts';
import { NOT_WORD_UNITS, SPACES, WORD_UNITS, complementOf, foldedUnits } from './unit-ranges.ts';

/** A pattern as a tree; what it is read from is UTF-16 units, as texts are. */
export type PatternNode =
  | { readonly kind: 'units'; readonly ranges: readonly UnitRange[] }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternNode;
      readonly least: number;
      /** Undefined is without end. */
      readonly most: number | undefined;
    }
  | { readonly kind: 'assertion'; readonly wants: PatternAssertion };

export type PatternAssertion = 'start' | 'end' | 'word-edge' | 'no-word-edge';

export type ParsedPattern =
  | { readonly kind: 'pattern'; readonly node: PatternNode }
  | { readonly kind: 'malformed'; readonly detail: string };

/** Longest pattern, deepest nesting of its groups, and most often that a part of it is repeated. */
const LETTERS_MAX = 512;
const DEPTH_MAX = 20;
const REPEATS_MAX = 256;
/** Most states of the machine that looks for it. */
const SIZE_MAX = 4000;

/** Says why a text is no pattern; caught where the parser is entered. */
class PatternFault extends Error {}

/**
 * Reads a pattern of the part of regular expressions that can be matched in time linear in the text:
 * letters, `.`, classes, groups, `|`, repetitions, `^`, `$`, `\b` and `\B`. Nothing in it looks ahead,
 * looks back or refers to what was matched. `(?i)` at its start makes it blind to case.
 */
export function parsePattern(source: string): ParsedPattern {
  if (source.length > LETTERS_MAX) {
    return { kind: 'malformed', detail: `longer than ${String(LETTERS_MAX)} letters` };
  }
  try {
    const node = new PatternParser(source).parse();
    if (sizeOf(node) > SIZE_MAX) return { kind: 'malformed', detail: 'repeats too much' };
    return { kind: 'pattern', node };
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    return { kind: 'malformed', detail: error.message };
  }
}

const escapedClasses: Readonly<Record<string, readonly UnitRange[]>> = {
  d: [[0x30, 0x39]],
  D: complementOf([[0x30, 0x39]]),
  w: WORD_UNITS,
  W: NOT_WORD_UNITS,
  s: SPACES,
  S: complementOf(SPACES),
};
const escapedUnits: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, '0': 0 };
const escapedAssertions: Readonly<Record<string, PatternAssertion>> = {
  b: 'word-edge',
  B: 'no-word-edge',
};
const anyUnit: readonly UnitRange[] = complementOf([
  [10, 10],
  [13, 13],
  [0x20_28, 0x20_29],
]);

class PatternParser {
  readonly #source: string;
  readonly #isCaseBlind: boolean;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#isCaseBlind = source.startsWith('(?i)');
    if (this.#isCaseBlind) this.#at = 4;
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw this.#fault('a ) that closes nothing');
    return node;
  }

  #choice(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#takes('|')) parts.push(this.#sequence());
    const [only] = parts;
    return only !== undefined && parts.length === 1 ? only : { kind: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      if (next === '|' || next === ')') break;
      parts.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #repeated(part: PatternNode): PatternNode {
    const bounds = this.#bounds();
    if (bounds === undefined) return part;
    // Whether as much or as little as possible is taken makes no difference to whether it matches.
    this.#takes('?');
    if (this.#bounds() !== undefined) throw this.#fault('a repetition of a repetition');
    return { kind: 'repeat', part, ...bounds };
  }

  #bounds(): { readonly least: number; readonly most: number | undefined } | undefined {
    if (this.#takes('*')) return { least: 0, most: undefined };
    if (this.#takes('+')) return { least: 1, most: undefined };
    if (this.#takes('?')) return { least: 0, most: 1 };
    return this.#peek() === '{' ? this.#counts() : undefined;
  }

  #counts(): { readonly least: number; readonly most: number | undefined } {
    const [all = '', from = '', comma, to = ''] =
      /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(this.#source.slice(this.#at, this.#at + 12)) ?? [];
    if (all === '') throw this.#fault('a { without numbers; write \\{ for the letter');
    this.#at += all.length;
    const least = Number(from);
    const most = comma === '' ? least : to === '' ? undefined : Number(to);
    if (Math.max(least, most ?? 0) > REPEATS_MAX) {
      throw this.#fault(`more than ${String(REPEATS_MAX)} repetitions`);
    }
    if ((most ?? least) < least) throw this.#fault('a repetition that ends before it begins');
    return { least, most };
  }

  #atom(): PatternNode {
    const letter = this.#take();
    switch (letter) {
      case '(':
        return this.#group();
      case '[':
        return this.#units(this.#class());
      case '.':
        return { kind: 'units', ranges: anyUnit };
      case '^':
        return { kind: 'assertion', wants: 'start' };
      case '$':
        return { kind: 'assertion', wants: 'end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
      case '{':
        throw this.#fault(`a ${letter} that repeats nothing`);
      default:
        return this.#letter(letter);
    }
  }

  /** One letter, which is two units beyond the first plane. */
  #letter(unit: string): PatternNode {
    const first = this.#units([unitRange(unit)]);
    if (!isHighSurrogate(unit)) return first;
    return { kind: 'sequence', parts: [first, this.#units([unitRange(this.#take())])] };
  }

  #group(): PatternNode {
    if (this.#peek() === '?' && !this.#source.startsWith('?:', this.#at)) {
      throw this.#fault('a group that begins with (? and is not (?: or, at the start, (?i)');
    }
    if (this.#takes('?')) this.#take();
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw this.#fault('groups nested too deep');
    const inner = this.#choice();
    if (!this.#takes(')')) throw this.#fault('a ( that nothing closes');
    this.#depth -= 1;
    return inner;
  }

  #escape(): PatternNode {
    const letter = this.#take();
    const wants = escapedAssertions[letter];
    if (wants !== undefined) return { kind: 'assertion', wants };
    return this.#units(this.#escaped(letter));
  }

  #escaped(letter: string): readonly UnitRange[] {
    const ranges = escapedClasses[letter];
    if (ranges !== undefined) return ranges;
    const unit = escapedUnits[letter];
    if (unit !== undefined) return [[unit, unit]];
    if (letter === 'x') return this.#hex(2);
    if (letter === 'u') return this.#hex(4);
    if (/[A-Za-z0-9]/.test(letter)) throw this.#fault(`\\${letter}, which means nothing here`);
    return [unitRange(letter)];
  }

  #hex(digits: number): readonly UnitRange[] {
    const text = this.#source.slice(this.#at, this.#at + digits);
    if (text.length < digits || !/^[0-9a-f]+$/i.test(text)) {
      throw this.#fault(`an escape that wants ${String(digits)} hexadecimal digits`);
    }
    this.#at += digits;
    const unit = Number.parseInt(text, 16);
    return [[unit, unit]];
  }

  #class(): readonly UnitRange[] {
    const isNegated = this.#takes('^');
    const ranges: UnitRange[] = [];
    while (!this.#takes(']')) {
      const low = this.#classMember();
      const isRange = this.#peek() === '-' && this.#source[this.#at + 1] !== ']';
      const [first] = low;
      if (!isRange || first === undefined || low.length !== 1 || first[0] !== first[1]) {
        ranges.push(...low);
        continue;
      }
      this.#at += 1;
      const [high] = this.#classMember();
      if (high === undefined || high[0] !== high[1] || high[0] < first[0]) {
        throw this.#fault('a range that ends before it begins');
      }
      ranges.push([first[0], high[0]]);
    }
    const folded = this.#isCaseBlind ? foldedUnits(ranges) : ranges;
    return isNegated ? complementOf(folded) : folded;
  }

  #classMember(): readonly UnitRange[] {
    const letter = this.#take();
    if (isHighSurrogate(letter)) throw this.#fault('a letter of two units in a class');
    return letter === '\\' ? this.#escaped(this.#take()) : [unitRange(letter)];
  }

  #units(ranges: readonly UnitRange[]): PatternNode {
    return { kind: 'units', ranges: this.#isCaseBlind ? foldedUnits(ranges) : ranges };
  }

  #peek(): string | undefined {
    return this.#source[this.#at];
  }

  #take(): string {
    const letter = this.#source[this.#at];
    if (letter === undefined) throw this.#fault('an end where more has to come');
    this.#at += 1;
    return letter;
  }

  #takes(letter: string): boolean {
    if (this.#peek() !== letter) return false;
    this.#at += 1;
    return true;
  }

  #fault(detail: string): PatternFault {
    return new PatternFault(`${detail}, at letter ${String(this.#at + 1)}`);
  }
}

function isHighSurrogate(letter: string): boolean {
  return letter >= '\ud800' && letter <= '\udbff';
}

function unitRange(letter: string): UnitRange {
  const unit = letter.charCodeAt(0);
  return [unit, unit];
}

/** How many states a machine for the pattern has: each copy of what is repeated counts. */
function sizeOf(node: PatternNode): number {
  switch (node.kind) {
    case 'units':
    case 'assertion':
      return 1;
    case 'sequence':
    case 'choice':
      return node.parts.reduce((size, part) => size + sizeOf(part), node.parts.length);
    case 'repeat':
      return (sizeOf(node.part) + 1) * Math.max(node.least, node.most ?? node.least + 1);
  }
}
