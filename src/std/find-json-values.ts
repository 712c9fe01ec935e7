import { parseJson, textOf } from './json.ts';
import type { JsonSpan } from './scan-json.ts';
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

/** Where a value stands: keys and indexes from the top. */
export type JsonPlace = readonly (string | number)[];

/** Which objects and arrays are wanted, and which may hold such. */
export interface JsonWanted {
  isWanted(place: JsonPlace): boolean;
  mayHold(place: JsonPlace): boolean;
}

export interface FoundJson {
  readonly place: JsonPlace;
  readonly span: JsonSpan;
}

class Malformed extends Error {}

/**
 * Finds objects and arrays inside JSON without parsing what nobody asked about, so that a few can
 * be replaced and every other byte stays. Undefined where the bytes are no JSON as far as it
 * looked. `mayHold` bounds the depth: what it denies is passed over without recursion.
 */
export function findJsonValues(
  bytes: Uint8Array,
  wanted: JsonWanted,
): readonly FoundJson[] | undefined {
  const finder = new Finder(bytes, wanted);
  try {
    finder.value([]);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return undefined;
  }
  return finder.found;
}

class Finder {
  readonly found: FoundJson[] = [];
  readonly #bytes: Uint8Array;
  readonly #wanted: JsonWanted;
  #at = 0;

  constructor(bytes: Uint8Array, wanted: JsonWanted) {
    this.#bytes = bytes;
    this.#wanted = wanted;
  }

  value(place: JsonPlace): void {
    const first = this.#nextByte();
    if (first === QUOTE) {
      this.#string();
    } else if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      this.#nested(place, first === OPEN_BRACE);
    } else {
      this.#scalar();
    }
  }

  #nested(place: JsonPlace, isObject: boolean): void {
    const start = this.#at;
    const order = this.found.length;
    if (!this.#wanted.mayHold(place)) this.#passNested();
    else if (isObject) this.#members(place);
    else this.#items(place);
    if (!this.#wanted.isWanted(place)) return;
    // What stands further in was found first and comes after it.
    this.found.splice(order, 0, { place, span: { start, end: this.#at } });
  }

  #members(place: JsonPlace): void {
    this.#at += 1;
    if (this.#isClosed(CLOSE_BRACE)) return;
    for (;;) {
      if (this.#nextByte() !== QUOTE) throw new Malformed();
      const start = this.#at;
      this.#string();
      const key = parseJson(textOf(this.#bytes, start, this.#at));
      if (key.kind === 'malformed' || typeof key.value !== 'string') throw new Malformed();
      if (this.#nextByte() !== COLON) throw new Malformed();
      this.#at += 1;
      this.value([...place, key.value]);
      if (this.#isClosed(CLOSE_BRACE)) return;
      this.#comma();
    }
  }

  #items(place: JsonPlace): void {
    this.#at += 1;
    if (this.#isClosed(CLOSE_BRACKET)) return;
    for (let index = 0; ; index += 1) {
      this.value([...place, index]);
      if (this.#isClosed(CLOSE_BRACKET)) return;
      this.#comma();
    }
  }

  #isClosed(closer: number): boolean {
    if (this.#nextByte() !== closer) return false;
    this.#at += 1;
    return true;
  }

  #comma(): void {
    if (this.#nextByte() !== COMMA) throw new Malformed();
    this.#at += 1;
  }

  #nextByte(): number {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new Malformed();
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.#at += 1;
    }
  }

  /** From a bracket to after the one that closes it. */
  #passNested(): void {
    let depth = 0;
    do {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new Malformed();
      if (byte === QUOTE) {
        this.#string();
        continue;
      }
      this.#at += 1;
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    } while (depth > 0);
  }

  /** Up to after the first quote that no odd row of backslashes escapes. */
  #string(): void {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    for (let at = bytes.indexOf(QUOTE, start); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
      let slashes = 0;
      while (at - slashes > start && bytes[at - slashes - 1] === BACKSLASH) slashes += 1;
      if (slashes % 2 === 1) continue;
      this.#at = at + 1;
      return;
    }
    throw new Malformed();
  }

  #scalar(): void {
    const start = this.#at;
    for (;;) {
      const byte = this.#bytes[this.#at];
      const isOver =
        byte === undefined ||
        byte <= 0x20 ||
        byte === COMMA ||
        byte === CLOSE_BRACE ||
        byte === CLOSE_BRACKET;
      if (isOver) break;
      this.#at += 1;
    }
    if (this.#at === start) throw new Malformed();
  }
}
