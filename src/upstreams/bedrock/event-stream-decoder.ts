import { crc32 } from 'node:zlib';
import { textOf } from '../../std/json.ts';

/** One message of an AWS event stream. */
export interface EventStreamMessage {
  /** Headers whose value is text; messages have others only where nobody here reads them. */
  readonly headers: ReadonlyMap<string, string>;
  /** Valid during the call that hands it out. */
  readonly payload: Uint8Array;
}

/** Length of the message, length of its headers, checksum of the two. */
const PRELUDE_BYTES = 12;
const PRELUDE_SUMMED_BYTES = 8;
const CHECKSUM_BYTES = 4;
const MESSAGE_BYTES_MIN: number = PRELUDE_BYTES + CHECKSUM_BYTES;
/** The largest message that AWS sends. */
export const MESSAGE_BYTES_MAX: number = 16 * 1024 * 1024;
const HEADERS_BYTES_MAX = 128 * 1024;
const CARRY_BYTES_MIN = 1024;

/**
 * Cuts an AWS event stream (API reference §12) into messages, however its chunks are cut. Both
 * checksums are looked at: what a proxy tore or joined is a fault, never an event. A message that
 * lies whole in a chunk is read where it lies.
 */
export class EventStreamDecoder {
  readonly #onMessage: (message: EventStreamMessage) => void;
  /** The bytes of an unfinished message, with room to grow. */
  #carry: Uint8Array = new Uint8Array(0);
  #carryLength = 0;
  /** Whether the prelude of what is carried has been checked. */
  #isPreludeChecked = false;
  #fault: string | undefined;

  constructor(onMessage: (message: EventStreamMessage) => void) {
    this.#onMessage = onMessage;
  }

  /** Why the stream cannot be read any further. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Whether a message has begun that has not ended. */
  get isWithinMessage(): boolean {
    return this.#carryLength > 0;
  }

  /** Takes the next chunk and hands out the messages that it completes, up to the first fault. */
  push(chunk: Uint8Array): void {
    if (this.#fault !== undefined) return;
    const bytes = this.#carryLength === 0 ? chunk : this.#append(chunk);
    let at = 0;
    while (this.#fault === undefined) {
      const length = this.#messageBytes(bytes, at);
      if (length === undefined || bytes.length - at < length) break;
      this.#isPreludeChecked = false;
      this.#read(bytes.subarray(at, at + length));
      at += length;
    }
    this.#keep(bytes, at);
  }

  /** How long the message at `at` is; undefined until its prelude is there, and where that is wrong. */
  #messageBytes(bytes: Uint8Array, at: number): number | undefined {
    if (bytes.length - at < PRELUDE_BYTES) return undefined;
    const view = viewOf(bytes, at);
    const length = view.getUint32(0);
    if (this.#isPreludeChecked) return length;
    if (crc32(bytes.subarray(at, at + PRELUDE_SUMMED_BYTES)) !== view.getUint32(8)) {
      return this.#failed('the checksum of a prelude is wrong');
    }
    if (length < MESSAGE_BYTES_MIN || length > MESSAGE_BYTES_MAX) {
      return this.#failed(`a message of ${String(length)} bytes`);
    }
    const headersBytes = view.getUint32(4);
    if (headersBytes > Math.min(HEADERS_BYTES_MAX, length - MESSAGE_BYTES_MIN)) {
      return this.#failed(`headers of ${String(headersBytes)} bytes`);
    }
    this.#isPreludeChecked = true;
    return length;
  }

  #read(message: Uint8Array): void {
    const view = viewOf(message, 0);
    const summedBytes = message.length - CHECKSUM_BYTES;
    if (crc32(message.subarray(0, summedBytes)) !== view.getUint32(summedBytes)) {
      this.#failed('the checksum of a message is wrong');
      return;
    }
    const headersEnd = PRELUDE_BYTES + view.getUint32(4);
    const headers = readHeaders(message.subarray(PRELUDE_BYTES, headersEnd));
    if (headers === undefined) {
      this.#failed('a header that cannot be read');
      return;
    }
    this.#onMessage({ headers, payload: message.subarray(headersEnd, summedBytes) });
  }

  #failed(fault: string): undefined {
    this.#fault = fault;
  }

  #append(chunk: Uint8Array): Uint8Array {
    const length = this.#carryLength + chunk.length;
    if (length > this.#carry.length) {
      const grown = new Uint8Array(Math.max(length, this.#carry.length * 2));
      grown.set(this.#carry.subarray(0, this.#carryLength));
      this.#carry = grown;
    }
    this.#carry.set(chunk, this.#carryLength);
    this.#carryLength = length;
    return this.#carry.subarray(0, length);
  }

  /** Keeps what is left from `at` on: in its place where all of it is, else at the front. */
  #keep(bytes: Uint8Array, at: number): void {
    const isCarried = this.#carryLength > 0;
    if (isCarried && at === 0) return;
    this.#carryLength = bytes.length - at;
    if (isCarried) {
      this.#carry.copyWithin(0, at, bytes.length);
    } else if (this.#carryLength > 0) {
      this.#carry = new Uint8Array(Math.max(this.#carryLength * 2, CARRY_BYTES_MIN));
      this.#carry.set(bytes.subarray(at));
    }
  }
}

function viewOf(bytes: Uint8Array, at: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
}

/** How many bytes a header's value has, by its type; texts and bytes say it themselves. */
const valueBytes: Readonly<Record<number, number>> = {
  // True, false, byte, short, integer, long, timestamp, UUID.
  0: 0,
  1: 0,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  8: 8,
  9: 16,
};
const BYTES_TYPE = 6;
const TEXT_TYPE = 7;
const LENGTH_BYTES = 2;

/** `[name length u8][name][type u8][value]`, one after another; undefined where that does not fit. */
function readHeaders(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  const view = viewOf(bytes, 0);
  let at = 0;
  while (at < bytes.length) {
    const typeAt = at + 1 + view.getUint8(at);
    if (typeAt >= bytes.length) return undefined;
    const type = view.getUint8(typeAt);
    let from = typeAt + 1;
    let length = valueBytes[type];
    if (type === BYTES_TYPE || type === TEXT_TYPE) {
      if (from + LENGTH_BYTES > bytes.length) return undefined;
      length = view.getUint16(from);
      from += LENGTH_BYTES;
    }
    if (length === undefined || from + length > bytes.length) return undefined;
    if (type === TEXT_TYPE) {
      headers.set(textOf(bytes, at + 1, typeAt), textOf(bytes, from, from + length));
    }
    at = from + length;
  }
  return headers;
}
