import type { DecodedCall } from '../dialects/dialect.ts';
import { BACKSLASH, COMMA, QUOTE } from '../std/json-bytes.ts';
import { textOf } from '../std/json.ts';
import type { JsonBounds, JsonSpan } from '../std/scan-json.ts';
import { scanJsonObject } from '../std/scan-json.ts';

const COLON_BEFORE = /"type"\s*:\s*$/;
/** Before a value: the key and what stands between them. */
const KEY_LETTERS_MAX = 64;

/** What can be told of a request's body from where its members stand, without parsing it. */
export class AskedBody {
  readonly #bytes: Buffer;
  readonly #members: ReadonlyMap<string, JsonSpan>;

  constructor({ request }: DecodedCall, bounds: JsonBounds) {
    const { body } = request;
    const scan = scanJsonObject(body, bounds);
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
    this.#members = scan.kind === 'object' ? scan.members : new Map();
  }

  /** The bytes of a member; none where it is not there. */
  bytesOf(member: string): Buffer {
    const span = this.#members.get(member);
    return this.#bytes.subarray(span?.start ?? 0, span?.end ?? 0);
  }

  textOf(member: string): string {
    return textOf(this.bytesOf(member));
  }

  /** Whether it is a list or an object with something in it. */
  isFilled(member: string): boolean {
    const bytes = this.bytesOf(member);
    return bytes.length > 2 && !/^(?:null|\[\s*\]|\{\s*\})$/.test(textOf(bytes.subarray(0, 64)));
  }

  /** Whether anywhere in a member something has this type. What a text says of types is escaped there. */
  hasType(member: string, type: string): boolean {
    const bytes = this.bytesOf(member);
    const value = Buffer.from(`"${type}"`);
    for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value, at + 1)) {
      const before = textOf(bytes, Math.max(0, at - KEY_LETTERS_MAX), at);
      if (COLON_BEFORE.test(before)) return true;
    }
    return false;
  }

  /** The first item of a list; none where it has none. */
  firstItemOf(member: string): Buffer {
    const bytes = this.bytesOf(member);
    const end = endOfFirstItem(bytes);
    return bytes.subarray(Math.min(1, end), end);
  }
}

const openers: ReadonlySet<number> = new Set(Buffer.from('[{'));
const closers: ReadonlySet<number> = new Set(Buffer.from(']}'));

/** Where the first item of a list ends that was scanned already: at a comma of the list's own, or its end. */
function endOfFirstItem(bytes: Buffer): number {
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = closingQuote(bytes, at + 1);
    else if (openers.has(byte)) depth += 1;
    else if (closers.has(byte)) depth -= 1;
    if (depth === 0 || (depth === 1 && byte === COMMA)) return at;
  }
  return bytes.length;
}

function closingQuote(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (at - slashes > from && bytes[at - slashes - 1] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return bytes.length;
}
