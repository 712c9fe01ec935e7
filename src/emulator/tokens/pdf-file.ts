import { inflateSync } from 'node:zlib';

/** A hostile file must cost no more than a large honest one; what lies beyond is not looked at. */
const STREAMS_MAX = 2000;
const STREAM_BYTES_MAX = 8 * 1024 * 1024;
const INFLATED_BYTES_MAX = 32 * 1024 * 1024;
const DICTIONARY_BYTES_MAX = 1024 * 1024;
const STREAM_DICTIONARY_BYTES_MAX = 4096;
const HEADER_BYTES_MAX = 1024;

/** A stream of a PDF: its dictionary as text, and its bytes uncompressed. */
interface PdfStream {
  readonly dictionary: string;
  readonly bytes: Buffer;
}

/**
 * The objects of a PDF as far as counting pages and letters needs them (ISO 32000-1 §7.3, §7.5).
 * Objects are found by their head rather than by the cross-reference, so damaged files are read too.
 */
export class PdfFile {
  readonly #bytes: Buffer;
  #streams: readonly PdfStream[] | undefined;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The file that a base64 text holds, or undefined where it is no PDF. */
  static from(base64: string): PdfFile | undefined {
    const bytes = Buffer.from(base64, 'base64');
    const isPdf = bytes.subarray(0, HEADER_BYTES_MAX).includes('%PDF-');
    return isPdf ? new PdfFile(bytes) : undefined;
  }

  /** The text of the dictionary that object `id` is; the last definition of an object counts. */
  dictionary(id: number): string | undefined {
    return this.#plainDictionary(id) ?? this.#packedDictionary(id);
  }

  /** What follows the last mention of a name outside of streams, such as the trailer's `/Root`. */
  afterLast(name: string): string | undefined {
    const at = this.#bytes.lastIndexOf(name);
    return at < 0 ? undefined : this.#bytes.toString('latin1', at + name.length, at + 64);
  }

  /** The streams that are stored plainly or deflated, within bounds. */
  streams(): readonly PdfStream[] {
    this.#streams ??= [...this.#readStreams()];
    return this.#streams;
  }

  #plainDictionary(id: number): string | undefined {
    const head = `${String(id)} 0 obj`;
    let at = this.#bytes.lastIndexOf(head);
    // The head of object 12 ends like that of object 2.
    for (; at > 0 && isDigit(this.#bytes[at - 1]); at = this.#bytes.lastIndexOf(head, at - 1));
    if (at < 0) return undefined;
    const from = at + head.length;
    const end = this.#bytes.indexOf('endobj', from);
    const limit = from + DICTIONARY_BYTES_MAX;
    return this.#bytes.toString('latin1', from, end < 0 ? limit : Math.min(end, limit));
  }

  /** Objects packed into an object stream: pairs of id and offset, then the objects (§7.5.7). */
  #packedDictionary(id: number): string | undefined {
    let found: string | undefined;
    for (const { dictionary, bytes } of this.streams()) {
      if (!dictionary.includes('/ObjStm')) continue;
      const first = Number(/\/First\s+(\d+)/.exec(dictionary)?.[1] ?? 0);
      const heads = bytes.toString('latin1', 0, first).trim().split(/\s+/).map(Number);
      for (let at = 0; at + 1 < heads.length; at += 2) {
        if (heads[at] !== id) continue;
        const from = first + (heads[at + 1] ?? 0);
        const next = heads[at + 3];
        const to = next === undefined ? bytes.length : first + next;
        found = bytes.toString('latin1', from, Math.min(to, from + DICTIONARY_BYTES_MAX));
      }
    }
    return found;
  }

  *#readStreams(): Generator<PdfStream> {
    let room = INFLATED_BYTES_MAX;
    let at = 0;
    for (let seen = 0; seen < STREAMS_MAX && room > 0; seen += 1) {
      const keyword = this.#bytes.indexOf('stream', at);
      const end = keyword < 0 ? -1 : this.#bytes.indexOf('endstream', keyword + 6);
      if (end < 0) return;
      at = end + 9;
      const stream = this.#readStream(keyword, end, room);
      if (stream === undefined) continue;
      room -= stream.bytes.length;
      yield stream;
    }
  }

  #readStream(keyword: number, end: number, room: number): PdfStream | undefined {
    const before = this.#bytes.subarray(
      Math.max(0, keyword - STREAM_DICTIONARY_BYTES_MAX),
      keyword,
    );
    const head = before.lastIndexOf(' obj');
    const dictionary = before.toString('latin1', Math.max(0, head));
    const isCarriageReturn = this.#bytes[keyword + 6] === 0x0d;
    const body = this.#bytes.subarray(keyword + (isCarriageReturn ? 8 : 7), end);
    const bytesMax = Math.min(room, STREAM_BYTES_MAX);
    if (!dictionary.includes('/Filter')) return { dictionary, bytes: body.subarray(0, bytesMax) };
    if (!dictionary.includes('/FlateDecode')) return undefined;
    const bytes = inflate(body, bytesMax);
    return bytes === undefined ? undefined : { dictionary, bytes };
  }
}

/** Undefined where the bytes are damaged or more than they may be: such a stream is not counted. */
function inflate(bytes: Buffer, bytesMax: number): Buffer | undefined {
  try {
    return inflateSync(bytes, { maxOutputLength: bytesMax });
  } catch {
    return undefined;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
