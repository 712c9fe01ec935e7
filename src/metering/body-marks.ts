import { BACKSLASH, COLON, QUOTE } from '../std/json-bytes.ts';
import { textOf } from '../std/json.ts';
import type { CacheTtl } from './charge-of.ts';

/**
 * What can be told of a request's body without parsing it: agents send 100 kB and more with every
 * turn, and only few of them hold what has to be looked at. A mark that stands in a text by chance
 * makes a bound larger, never smaller.
 */
export interface BodyMarks {
  /** How long the prompt cache is asked to keep something at most; undefined where it is not asked. */
  readonly cacheTtl: CacheTtl | undefined;
  /** Whether there may be pictures, documents or files, which bytes of text say nothing about. */
  readonly mayHaveMedia: boolean;
  readonly mayHaveCitations: boolean;
}

type Mark = 'cache' | 'ttl' | 'media' | 'citations';

const marks: ReadonlyMap<string, Mark> = new Map([
  ['cache_control', 'cache'],
  ['ttl', 'ttl'],
  ['image', 'media'],
  ['document', 'media'],
  ['base64', 'media'],
  ['file_id', 'media'],
  ['container_upload', 'media'],
  ['citations', 'citations'],
]);
const MARK_BYTES_MIN = 3;
const MARK_BYTES_MAX = 16;
/** Longer strings are none of the words above, not even with each letter escaped. */
const WORD_BYTES_MAX = 6 * MARK_BYTES_MAX;
const HOUR = Buffer.from('"1h"');
const escapedLetter = /\\u00(?:3\d|[4-7])/;
const SPACE = 0x20;

export function readBodyMarks(body: Uint8Array): BodyMarks {
  const seen = new Set<Mark>();
  let hasHour = false;
  for (let open = body.indexOf(QUOTE); open >= 0;) {
    const close = closingQuote(body, open + 1);
    if (hasEscapedLetter(body, open + 1, close)) return everything;
    const mark = markIn(body, open + 1, close);
    if (mark !== undefined) seen.add(mark);
    if (mark === 'ttl') hasHour ||= isHourAt(body, close + 1);
    open = body.indexOf(QUOTE, close + 1);
  }
  return {
    cacheTtl: seen.has('cache') ? (hasHour ? '1h' : '5m') : undefined,
    mayHaveMedia: seen.has('media'),
    mayHaveCitations: seen.has('citations'),
  };
}

const everything: BodyMarks = { cacheTtl: '1h', mayHaveMedia: true, mayHaveCitations: true };

/** The end of the bytes where the string has none. Short strings are walked; in long ones it is searched. */
function closingQuote(bytes: Uint8Array, from: number): number {
  const walkEnd = Math.min(bytes.length, from + WORD_BYTES_MAX);
  for (let at = from; at < walkEnd; at += 1) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at += 1;
  }
  for (let at = bytes.indexOf(QUOTE, walkEnd); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (at - slashes > from && bytes[at - slashes - 1] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return bytes.length;
}

/** A name may be spelled with escapes; nobody does, but whoever wants to pay less might. */
function hasEscapedLetter(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > WORD_BYTES_MAX) return false;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === BACKSLASH) return escapedLetter.test(textOf(bytes, at, end));
  }
  return false;
}

function markIn(bytes: Uint8Array, start: number, end: number): Mark | undefined {
  const length = end - start;
  if (length < MARK_BYTES_MIN || length > MARK_BYTES_MAX) return undefined;
  return marks.get(textOf(bytes, start, end));
}

function isHourAt(bytes: Uint8Array, from: number): boolean {
  const colon = afterSpace(bytes, from);
  if (bytes[colon] !== COLON) return false;
  const value = afterSpace(bytes, colon + 1);
  return HOUR.every((letter, at) => bytes[value + at] === letter);
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while ((bytes[at] ?? COLON) <= SPACE) at += 1;
  return at;
}
