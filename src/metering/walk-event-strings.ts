import { BACKSLASH, COLON, QUOTE } from '../std/json-bytes.ts';

/**
 * Sees each string value in the bytes of an event with the key before it, as it is written: the range
 * between its quotes. Says whether to go on.
 */
export type StringVisitor = (key: string, start: number, end: number) => boolean;

const SPACE = 0x20;
/** Keys that somebody asks about are shorter; a longer one is nobody's. */
const KEY_BYTES_MAX = 24;

/**
 * Walks the JSON strings in the bytes of one event of a stream, whatever form it is of: no parse and no
 * objects, as every event of a metered stream passes here. What is no JSON has no strings.
 */
export function walkEventStrings(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: StringVisitor,
): void {
  let key = '';
  let at = start;
  while (at < end) {
    if (bytes[at] !== QUOTE) {
      at += 1;
      continue;
    }
    const from = at + 1;
    const to = closingQuote(bytes, from, end);
    at = to + 1;
    const next = afterSpace(bytes, at, end);
    if (bytes[next] === COLON && next < end) {
      key = latin1(bytes, from, to);
      at = next + 1;
    } else if (!visit(key, from, to)) return;
  }
}

/** The end of the event where the string has none. */
function closingQuote(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return end;
}

function afterSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] ?? 0) <= SPACE) at += 1;
  return at;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > KEY_BYTES_MAX) return '';
  let text = '';
  for (let at = from; at < to; at += 1) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

/** Whether a range of bytes is a word of ASCII. */
export function isWordAt(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at += 1) {
    if (bytes[start + at] !== word.charCodeAt(at)) return false;
  }
  return true;
}
