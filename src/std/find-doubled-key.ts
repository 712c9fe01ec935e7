import { parseJson, textOf } from './json.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-bytes.ts';

/**
 * The first key that an object in this JSON has twice, however deep it stands and however it is
 * spelled. Parsers differ in which of the two values they take, so what was looked at in one of them
 * may not be what another one reads. The bytes are JSON: this says nothing of what is none.
 */
export function findDoubledKey(bytes: Uint8Array): string | undefined {
  /** The keys so far of each object that is open; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let string = { start: 0, end: 0 };
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = afterString(bytes, at + 1);
      string = { start: at, end };
      at = end - 1;
    } else if (byte === COLON) {
      const key = keyIn(bytes, string);
      const keys = open.at(-1);
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      open.push(byte === OPEN_BRACE ? new Set() : undefined);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      open.pop();
    }
  }
  return undefined;
}

/** Keys and most values are short; a text that is not is searched the way a machine does it. */
const SHORT_BYTES = 48;

function afterString(bytes: Uint8Array, from: number): number {
  let at = from;
  for (const short = Math.min(bytes.length, from + SHORT_BYTES); at < short;) {
    if (bytes[at] === QUOTE) return at + 1;
    at += bytes[at] === BACKSLASH ? 2 : 1;
  }
  for (let quote = bytes.indexOf(QUOTE, at); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
    if (!isEscaped(bytes, at, quote)) return quote + 1;
  }
  return bytes.length + 1;
}

/** A quote belongs to its string where an odd number of backslashes stands before it. */
function isEscaped(bytes: Uint8Array, from: number, quote: number): boolean {
  let at = quote;
  while (at > from && bytes[at - 1] === BACKSLASH) at -= 1;
  return (quote - at) % 2 === 1;
}

function keyIn(bytes: Uint8Array, { start, end }: { start: number; end: number }): string {
  const written = textOf(bytes, start, end);
  if (!written.includes('\\')) return written.slice(1, -1);
  const parsed = parseJson(written);
  return parsed.kind === 'value' && typeof parsed.value === 'string' ? parsed.value : written;
}
