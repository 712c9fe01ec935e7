import { isUtf8 } from 'node:buffer';
import { assert } from './assert.ts';
import { parseJson, textOf } from './json.ts';
import { type NestedSpans, findNestedSpans } from './nested-spans.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-bytes.ts';

/**
 * Finds the members of a JSON object without parsing what is inside them.
 *
 * Agents send 100 kB and more with every turn, and a full parse is most of what forwarding such
 * a body would cost. This walks the bytes once, jumps over strings, and says where each top-level
 * value stands. It is strict about what decisions rest on (valid UTF-8, one top-level object, no
 * key twice, balanced brackets, bounded depth and number of keys), so that what we read here is
 * what any parser further on reads; the grammar inside nested values is left to whoever parses them.
 *
 * In larger bodies a WebAssembly kernel finds the nested values' ends first. It only ever saves the
 * walk: where it has nothing to say, be it because the bytes are malformed, the walk happens.
 */
export interface JsonSpan {
  /** Offset of the value's first byte. */
  readonly start: number;
  /** Offset after its last byte. */
  readonly end: number;
}

export type JsonScan =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonSpan> }
  | { readonly kind: 'not-an-object' }
  | { readonly kind: 'malformed'; readonly detail: string };

export interface JsonBounds {
  readonly depthMax: number;
  readonly keysMax: number;
}

/** Strings up to this length are walked; longer ones are worth a call into the native search. */
const SHORT_STRING_BYTES = 48;

/** Below this, copying the bytes to the kernel and calling it costs more than the walk it saves. */
const KERNEL_BYTES_MIN = 512;

class Malformed extends Error {}

/** `kernelBytesMin`: from which size on the kernel helps; Infinity is the walk alone. */
export function scanJsonObject(
  bytes: Uint8Array,
  bounds: JsonBounds,
  kernelBytesMin: number = KERNEL_BYTES_MIN,
): JsonScan {
  if (!isUtf8(bytes)) return { kind: 'malformed', detail: 'not valid UTF-8' };
  const found = bytes.length < kernelBytesMin ? undefined : findNestedSpans(bytes, bounds.depthMax);
  // With too many keys the walk is what says where; with few enough, its own count cannot overflow.
  const nested = found !== undefined && found.keys <= bounds.keysMax ? found : undefined;
  try {
    return new Scanner(bytes, bounds, nested).topLevel();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { kind: 'malformed', detail: error.message };
  }
}

class Scanner {
  readonly #bytes: Uint8Array;
  readonly #bounds: JsonBounds;
  readonly #nested: NestedSpans | undefined;
  #nestedNext = 0;
  #at = 0;
  #keys = 0;

  constructor(bytes: Uint8Array, bounds: JsonBounds, nested: NestedSpans | undefined) {
    this.#bytes = bytes;
    this.#bounds = bounds;
    this.#nested = nested;
  }

  topLevel(): JsonScan {
    this.#skipSpace();
    const first = this.#bytes[this.#at];
    if (first === undefined) throw this.#malformed('unexpected end of data');
    if (first !== OPEN_BRACE) return this.#otherTopLevel();
    const members = this.#members();
    this.#skipSpace();
    if (this.#at < this.#bytes.length) throw this.#malformed('unexpected data after the end');
    return { kind: 'object', members };
  }

  /** A top level that is no object still has to be JSON for the answer to be about its type. */
  #otherTopLevel(): JsonScan {
    const parsed = parseJson(textOf(this.#bytes));
    if (parsed.kind === 'malformed') throw this.#malformed('unexpected character');
    return { kind: 'not-an-object' };
  }

  #members(): Map<string, JsonSpan> {
    const members = new Map<string, JsonSpan>();
    this.#at += 1;
    this.#skipSpace();
    if (this.#bytes[this.#at] === CLOSE_BRACE) {
      this.#at += 1;
      return members;
    }
    for (;;) {
      this.#skipSpace();
      const key = this.#key();
      if (members.has(key)) throw this.#malformed(`duplicate key ${JSON.stringify(key)}`);
      this.#skipSpace();
      this.#expect(COLON, 'expected a colon');
      this.#countKey();
      this.#skipSpace();
      const start = this.#at;
      this.#skipValue();
      members.set(key, { start, end: this.#at });
      this.#skipSpace();
      const next = this.#bytes[this.#at];
      this.#at += 1;
      if (next === CLOSE_BRACE) return members;
      if (next !== COMMA) {
        this.#at -= 1;
        throw this.#malformed(next === undefined ? 'unexpected end of data' : 'expected a comma');
      }
    }
  }

  #key(): string {
    this.#expect(QUOTE, 'expected a key');
    const start = this.#at;
    this.#skipStringRest();
    const end = this.#at - 1;
    if (isPlain(this.#bytes, start, end)) return textOf(this.#bytes, start, end);
    const parsed = parseJson(textOf(this.#bytes, start - 1, end + 1));
    if (parsed.kind === 'malformed' || typeof parsed.value !== 'string') {
      throw this.#malformed('invalid key');
    }
    return parsed.value;
  }

  #skipValue(): void {
    const first = this.#bytes[this.#at];
    if (first === undefined) throw this.#malformed('unexpected end of data');
    if (first === QUOTE) {
      this.#at += 1;
      this.#skipStringRest();
    } else if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      if (!this.#jumpNested()) this.#skipNested();
    } else {
      this.#skipScalar();
    }
  }

  /** The spans come in the order of this walk, one for each nested value. */
  #jumpNested(): boolean {
    if (this.#nested === undefined) return false;
    const { bounds } = this.#nested;
    assert(bounds[this.#nestedNext] === this.#at, 'the next span starts at this nested value');
    this.#at = bounds[this.#nestedNext + 1] ?? 0;
    this.#nestedNext += 2;
    return true;
  }

  /** Steps over an object or array with a stack of the brackets that are open. */
  #skipNested(): void {
    const bytes = this.#bytes;
    const closers: number[] = [];
    const deepest = this.#bounds.depthMax - 1;
    while (this.#at < bytes.length) {
      const byte = bytes[this.#at];
      this.#at += 1;
      if (byte === QUOTE) {
        this.#skipStringRest();
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (closers.length >= deepest) {
          throw this.#malformed(`nested deeper than ${String(this.#bounds.depthMax)} levels`);
        }
        closers.push(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET);
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (closers.pop() !== byte) throw this.#malformed('brackets do not match');
        if (closers.length === 0) return;
      } else if (byte === COLON) {
        this.#countKey();
      }
    }
    throw this.#malformed('unexpected end of data');
  }

  #skipScalar(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    while (this.#at < bytes.length && isScalarByte(bytes[this.#at] ?? 0)) this.#at += 1;
    if (isPlainInteger(bytes, start, this.#at)) return;
    const parsed = parseJson(textOf(bytes, start, this.#at));
    if (parsed.kind === 'malformed') throw this.#malformed('unexpected character');
  }

  /** From after the opening quote to after the closing one. */
  #skipStringRest(): void {
    const bytes = this.#bytes;
    const walkEnd = Math.min(bytes.length, this.#at + SHORT_STRING_BYTES);
    let at = this.#at;
    while (at < walkEnd) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.#at = at + 1;
        return;
      }
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.#at = this.#closingQuote(at) + 1;
  }

  /** `from` is never inside an escape: the walk before it stepped over whole escapes. */
  #closingQuote(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (;;) {
      at = bytes.indexOf(QUOTE, at);
      if (at < 0) throw this.#malformed('unterminated string');
      let slashes = 0;
      while (at - slashes - 1 >= from && bytes[at - slashes - 1] === BACKSLASH) slashes += 1;
      if (slashes % 2 === 0) return at;
      at += 1;
    }
  }

  #skipSpace(): void {
    const bytes = this.#bytes;
    for (;;) {
      const byte = bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at += 1;
    }
  }

  #expect(byte: number, otherwise: string): void {
    const found = this.#bytes[this.#at];
    if (found !== byte) {
      throw this.#malformed(found === undefined ? 'unexpected end of data' : otherwise);
    }
    this.#at += 1;
  }

  #countKey(): void {
    this.#keys += 1;
    if (this.#keys > this.#bounds.keysMax) {
      throw this.#malformed(`more than ${String(this.#bounds.keysMax)} keys`);
    }
  }

  #malformed(what: string): Malformed {
    const before = textOf(this.#bytes, 0, Math.min(this.#at, this.#bytes.length));
    const lines = before.split('\n');
    const column = (lines.at(-1)?.length ?? 0) + 1;
    return new Malformed(
      `${what}: line ${String(lines.length)} column ${String(column)} (char ${String(before.length)})`,
    );
  }
}

function isScalarByte(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  const isLetter = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
  return isDigit || isLetter || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}

/** Whether a string stands for itself: neither escapes nor control characters, which JSON forbids. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === BACKSLASH || byte < 0x20) return false;
  }
  return true;
}

/** Whether a scalar is digits without a leading zero; everything else is for the parser to judge. */
function isPlainInteger(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end || bytes[start] === 0x30) return false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}
