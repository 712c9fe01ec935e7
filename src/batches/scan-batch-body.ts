import { isUtf8 } from 'node:buffer';
import { parseJson, textOf } from '../std/json.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../std/json-bytes.ts';

/** A value found in the body: a member of the top level, or an item of the list `requests`. */
export interface FoundValue {
  readonly kind: 'member' | 'item';
  /** The member's name; of an item, `requests`. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The body is no JSON object; the message says where. */
export class MalformedBody extends Error {}

/** Strings up to this length are walked; longer ones are worth a call into the native search. */
const SHORT_STRING_BYTES = 48;
const LIST = 'requests';

/**
 * Finds the requests of a batch in its body without making objects of them: a quarter of a gigabyte
 * would otherwise become several. Says one value at a time, so that whoever asks can pause in
 * between. Items come before the member that holds them. What is inside a value is for the asker to
 * parse; here only strings and brackets are told apart.
 */
export function* scanBatchBody(bytes: Uint8Array): Generator<FoundValue, 'object' | 'other'> {
  const scanner = new Scanner(bytes);
  if (!isUtf8(bytes)) throw new MalformedBody('not valid UTF-8');
  scanner.skipSpace();
  if (scanner.here() !== OPEN_BRACE) {
    // A top level that is no object still has to be JSON for the answer to be about its type.
    const parsed = parseJson(textOf(bytes));
    if (parsed.kind === 'malformed') throw scanner.malformed('unexpected character');
    return 'other';
  }
  const names = new Set<string>();
  scanner.at += 1;
  scanner.skipSpace();
  if (scanner.here() === CLOSE_BRACE) {
    scanner.at += 1;
  } else {
    do {
      const name = scanner.key();
      if (names.has(name)) throw scanner.malformed(`duplicate key ${JSON.stringify(name)}`);
      names.add(name);
      const start = scanner.at;
      if (name === LIST && scanner.here() === OPEN_BRACKET) yield* items(scanner);
      else scanner.skipValue();
      yield { kind: 'member', name, start, end: scanner.at };
    } while (scanner.hasNext(CLOSE_BRACE));
  }
  scanner.skipSpace();
  if (scanner.here() !== undefined) throw scanner.malformed('unexpected data after the end');
  return 'object';
}

function* items(scanner: Scanner): Generator<FoundValue> {
  scanner.at += 1;
  scanner.skipSpace();
  if (scanner.here() === CLOSE_BRACKET) {
    scanner.at += 1;
    return;
  }
  do {
    scanner.skipSpace();
    const start = scanner.at;
    scanner.skipValue();
    yield { kind: 'item', name: LIST, start, end: scanner.at };
  } while (scanner.hasNext(CLOSE_BRACKET));
}

class Scanner {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The byte that is looked at; absent at the end. */
  here(): number | undefined {
    return this.#bytes[this.at];
  }

  /** A key, its colon, and the space up to the value. */
  key(): string {
    this.skipSpace();
    const start = this.at;
    if (this.here() !== QUOTE) throw this.malformed('expected a key');
    this.at += 1;
    this.#skipStringRest();
    const parsed = parseJson(textOf(this.#bytes, start, this.at));
    if (parsed.kind === 'malformed' || typeof parsed.value !== 'string') {
      throw this.malformed('invalid key');
    }
    this.skipSpace();
    if (this.here() !== COLON) throw this.malformed('expected a colon');
    this.at += 1;
    this.skipSpace();
    return parsed.value;
  }

  /** After a value: whether another one follows, or the list or object ends here. */
  hasNext(close: number): boolean {
    this.skipSpace();
    const byte = this.here();
    if (byte !== COMMA && byte !== close) throw this.malformed('expected a comma');
    this.at += 1;
    return byte === COMMA;
  }

  skipValue(): void {
    const byte = this.here();
    if (byte === QUOTE) {
      this.at += 1;
      this.#skipStringRest();
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      this.#skipNested();
    } else {
      const start = this.at;
      while (isScalarByte(this.here())) this.at += 1;
      if (this.at === start) throw this.malformed('unexpected character');
    }
  }

  /** To the bracket that closes this one; whether their kinds match is seen when it is parsed. */
  #skipNested(): void {
    const bytes = this.#bytes;
    let depth = 0;
    while (this.at < bytes.length) {
      const byte = bytes[this.at];
      this.at += 1;
      if (byte === QUOTE) {
        this.#skipStringRest();
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === 0) return;
      }
    }
    throw this.malformed('unexpected end of data');
  }

  /** From after the opening quote to after the closing one. */
  #skipStringRest(): void {
    const bytes = this.#bytes;
    const walkEnd = Math.min(bytes.length, this.at + SHORT_STRING_BYTES);
    let at = this.at;
    while (at < walkEnd) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.at = at + 1;
        return;
      }
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.at = this.#closingQuote(at) + 1;
  }

  /** `from` is never inside an escape: the walk before it stepped over whole escapes. */
  #closingQuote(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (;;) {
      at = bytes.indexOf(QUOTE, at);
      if (at < 0) throw this.malformed('unterminated string');
      let slashes = 0;
      while (at - slashes - 1 >= from && bytes[at - slashes - 1] === BACKSLASH) slashes += 1;
      if (slashes % 2 === 0) return at;
      at += 1;
    }
  }

  skipSpace(): void {
    for (;;) {
      const byte = this.here();
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.at += 1;
    }
  }

  malformed(what: string): MalformedBody {
    const before = textOf(this.#bytes, 0, Math.min(this.at, this.#bytes.length));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    const said = this.here() === undefined ? 'unexpected end of data' : what;
    return new MalformedBody(
      `${said}: line ${String(line)} column ${String(column)} (char ${String(before.length)})`,
    );
  }
}

function isScalarByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const isDigit = byte >= 0x30 && byte <= 0x39;
  const isLetter = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
  return isDigit || isLetter || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}
