/** What is wrong with a JSON text, as the API's parser words it, and where. */
const faults = {
  end: 'unexpected end of data',
  value: 'unexpected character, expected a valid JSON value',
  key: "unexpected character, expected a string key or '}'",
  colon: "unexpected character, expected ':' after key",
  member: "unexpected character, expected ',' or '}'",
  item: "unexpected character, expected ',' or ']'",
  trailingComma: 'trailing comma is not allowed',
  trailing: 'unexpected content after document',
  control: 'unexpected control character in string',
  escape: 'invalid escaped character in string',
  unicodeEscape: 'invalid escaped sequence in string',
  noLow: 'no low surrogate in string',
  invalidLow: 'invalid low surrogate in string',
  invalidHigh: 'invalid high surrogate in string',
  zero: 'number with leading zero is not allowed',
} as const;

interface Fault {
  readonly text: string;
  readonly at: number;
}

const SPACE = /[ \t\n\r]*/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids them in strings
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const HEX4 = /[0-9a-fA-F]{4}/y;

/** Anything that a parser which tolerates half of a surrogate pair may have let through. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Says what is wrong with a text and where; undefined where it is JSON. */
export function describeJsonFault(text: string): string | undefined {
  const fault = new Finder(text).find();
  if (fault === undefined) return undefined;
  const before = text.slice(0, fault.at);
  const lines = before.split('\n');
  const column = lengthOf(lines.at(-1) ?? '') + 1;
  const place = `line ${String(lines.length)} column ${String(column)}`;
  return `${fault.text}: ${place} (char ${String(lengthOf(before))})`;
}

/** What is wrong with a text that `JSON.parse` takes: half a surrogate pair, written as an escape. */
export function describeSurrogateFault(text: string): string | undefined {
  return SURROGATE_ESCAPE.test(text) ? describeJsonFault(text) : undefined;
}

/** Places are counted in characters, not in the units of UTF-16. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _character of text) length += 1;
  return length;
}

/** Walks a text without recursion, so that nesting costs no stack. */
class Finder {
  readonly #text: string;
  readonly #open: ('{' | '[')[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  find(): Fault | undefined {
    for (;;) {
      const fault = this.#openOrScalar() ?? this.#closeAndComma();
      if (fault === 'done') break;
      if (fault !== undefined) return fault;
    }
    this.#take(SPACE);
    return this.#at < this.#text.length ? this.#fault('trailing') : undefined;
  }

  /** A value up to where its first member or item begins. */
  #openOrScalar(): Fault | undefined {
    this.#take(SPACE);
    for (;;) {
      const letter = this.#text[this.#at];
      if (letter === '[') {
        this.#at += 1;
        this.#take(SPACE);
        this.#open.push('[');
        if (this.#text[this.#at] === ']') return undefined;
      } else if (letter === '{') {
        this.#at += 1;
        this.#take(SPACE);
        this.#open.push('{');
        if (this.#text[this.#at] === '}') return undefined;
        const fault = this.#key();
        if (fault !== undefined) return fault;
      } else {
        return letter === '"' ? this.#string() : this.#scalar();
      }
    }
  }

  /** What follows a value: brackets that close, then a comma, or the end. */
  #closeAndComma(): Fault | 'done' | undefined {
    for (;;) {
      const inner = this.#open.at(-1);
      if (inner === undefined) return 'done';
      this.#take(SPACE);
      const letter = this.#text[this.#at];
      const closing = inner === '{' ? '}' : ']';
      if (letter === closing) {
        this.#at += 1;
        this.#open.pop();
        continue;
      }
      if (letter !== ',') return this.#fault(inner === '{' ? 'member' : 'item');
      const comma = this.#at;
      this.#at += 1;
      this.#take(SPACE);
      if (this.#text[this.#at] === closing) return { text: faults.trailingComma, at: comma };
      return inner === '{' ? this.#key() : undefined;
    }
  }

  #key(): Fault | undefined {
    if (this.#text[this.#at] !== '"') return this.#fault('key');
    const fault = this.#string();
    if (fault !== undefined) return fault;
    this.#take(SPACE);
    if (this.#text[this.#at] !== ':') return this.#fault('colon');
    this.#at += 1;
    this.#take(SPACE);
    return undefined;
  }

  #string(): Fault | undefined {
    this.#at += 1;
    for (;;) {
      this.#take(PLAIN);
      const letter = this.#text[this.#at];
      if (letter === '"') {
        this.#at += 1;
        return undefined;
      }
      if (letter !== '\\') return this.#fault('control');
      const fault = this.#escape();
      if (fault !== undefined) return fault;
    }
  }

  #escape(): Fault | undefined {
    const start = this.#at;
    const letter = this.#text[start + 1];
    if (letter !== undefined && '"\\/bfnrt'.includes(letter)) {
      this.#at += 2;
      return undefined;
    }
    if (letter !== 'u') return this.#fault('escape');
    const unit = this.#unit(start);
    if (unit === undefined) return this.#fault('unicodeEscape');
    this.#at = start + 6;
    if (unit < 0xd800 || unit > 0xdfff) return undefined;
    if (unit >= 0xdc00) return { text: faults.invalidHigh, at: start };
    if (!this.#text.startsWith('\\u', this.#at)) return { text: faults.noLow, at: start };
    const low = this.#unit(this.#at);
    if (low === undefined) return this.#fault('unicodeEscape');
    if (low < 0xdc00 || low > 0xdfff) return { text: faults.invalidLow, at: start };
    this.#at += 6;
    return undefined;
  }

  /** The four digits of the escape that begins at a place. */
  #unit(start: number): number | undefined {
    HEX4.lastIndex = start + 2;
    const digits = HEX4.exec(this.#text);
    return digits === null ? undefined : Number.parseInt(digits[0], 16);
  }

  #scalar(): Fault | undefined {
    SCALAR.lastIndex = this.#at;
    const found = SCALAR.exec(this.#text);
    if (found === null) return this.#fault('value');
    this.#at += found[0].length;
    const next = this.#text[this.#at] ?? '';
    return /^-?0$/.test(found[0]) && next >= '0' && next <= '9' ? this.#fault('zero') : undefined;
  }

  #take(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0;
  }

  /** A text that ends too early is said to, whatever was expected there. */
  #fault(kind: keyof typeof faults): Fault {
    const isOver = this.#at >= this.#text.length;
    return { text: isOver ? faults.end : faults[kind], at: this.#at };
  }
}
