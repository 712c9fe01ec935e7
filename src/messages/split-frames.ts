import type { FrameType } from './frame.ts';
import { dataEventType, lineEventType } from './frame.ts';

/** How much one stream may make us hold before it is cut. */
export interface FrameBounds {
  readonly lineBytesMax: number;
  readonly eventBytesMax: number;
}

export const defaultFrameBounds: FrameBounds = {
  lineBytesMax: 1024 * 1024,
  eventBytesMax: 8 * 1024 * 1024,
};

/** Sees each whole frame as a range of `bytes`; the range is valid only during the call. */
export type FrameListener = (
  type: FrameType,
  bytes: Uint8Array,
  start: number,
  end: number,
) => void;

const LF = 0x0a;
const CR = 0x0d;
const BOM = [0xef, 0xbb, 0xbf] as const;
const CARRY_BYTES_MIN = 1024;
const NONE: number = Number.POSITIVE_INFINITY;

type LineEnding = 'unknown' | 'lf' | 'cr' | 'crlf';

/**
 * Cuts a byte stream into server-sent events, whatever way its chunks are cut: lines may end with
 * LF, CR or CRLF, a multi-byte character or a line ending may be split between chunks, a byte
 * order mark may come first. Concatenating the frames gives the stream back, byte for byte; blank
 * lines between events belong to the event that follows them.
 *
 * A chunk that holds whole events is used where it lies; only an event that spans chunks is copied.
 */
export class FrameSplitter {
  readonly #onFrame: FrameListener;
  readonly #bounds: FrameBounds;
  /** The bytes of an unfinished event, with room to grow; empty when there is none. */
  #carry: Uint8Array = new Uint8Array(0);
  #carryLength = 0;
  /** Offsets into what is being scanned: the carried bytes, or else the chunk. */
  #lineStart = 0;
  #scannedTo = 0;
  #nextLf = -1;
  #nextCr = -1;
  #lineEnding: LineEnding = 'unknown';
  #frameHasLines = false;
  #frameType: FrameType | undefined;
  #atStreamStart = true;
  #carriesCr = false;
  #fault: string | undefined;

  constructor(onFrame: FrameListener, bounds: FrameBounds = defaultFrameBounds) {
    this.#onFrame = onFrame;
    this.#bounds = bounds;
  }

  /** Why the stream cannot be read any further; set by `push`. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /**
   * Takes the next chunk, reports the frames it completes, and returns their bytes in one piece:
   * what may be passed on now. Undefined when no frame was completed.
   */
  push(chunk: Uint8Array): Uint8Array | undefined {
    if (this.#fault !== undefined) return undefined;
    this.#carriesCr ||= chunk.indexOf(CR) >= 0;
    const bytes = this.#carryLength === 0 ? chunk : this.#append(chunk);
    const completeTo = this.#scan(bytes);
    this.#checkBounds(bytes.length - completeTo);
    if (completeTo === 0) {
      if (this.#carryLength === 0) this.#keep(bytes);
      return undefined;
    }
    this.#keep(bytes.subarray(completeTo));
    this.#lineStart -= completeTo;
    this.#scannedTo -= completeTo;
    return completeTo === bytes.length ? bytes : bytes.subarray(0, completeTo);
  }

  /**
   * The stream is over: what is left is an event without its blank line. It is reported as a
   * frame, since some senders stop there, and its bytes are returned.
   */
  end(): Uint8Array | undefined {
    if (this.#carryLength === 0 || this.#fault !== undefined) return undefined;
    const rest = this.#carry.subarray(0, this.#carryLength);
    const unfinishedLine = rest.subarray(this.#lineStart);
    if (unfinishedLine.some((byte) => byte !== CR && byte !== LF)) {
      this.#noteLine(rest, rest.length);
    }
    if (this.#frameHasLines) this.#report(rest, 0, rest.length);
    this.#keep(new Uint8Array(0));
    return rest;
  }

  /** Returns the offset behind the last whole frame. */
  #scan(bytes: Uint8Array): number {
    let frameStart = 0;
    this.#nextLf = -1;
    this.#nextCr = -1;
    for (;;) {
      const lineEnd = this.#findLineEnd(bytes);
      if (lineEnd < 0) {
        this.#scannedTo = bytes.length;
        return frameStart;
      }
      const isBlank = lineEnd === this.#lineStart;
      const endingBytes = this.#endingBytes(bytes, lineEnd, isBlank);
      if (endingBytes === 0) {
        this.#scannedTo = lineEnd;
        return frameStart;
      }
      if (!isBlank) this.#noteLine(bytes, lineEnd);
      // What follows a line that is too long is no part of a stream that anybody can read.
      if (this.#fault !== undefined) return frameStart;
      this.#lineStart = lineEnd + endingBytes;
      this.#scannedTo = this.#lineStart;
      if (isBlank && this.#frameHasLines) {
        this.#report(bytes, frameStart, this.#lineStart);
        frameStart = this.#lineStart;
      }
    }
  }

  /** Each search runs to its next find once, or a chunk without the other ending costs its square. */
  #findLineEnd(bytes: Uint8Array): number {
    const from = this.#scannedTo;
    // The blank line behind every event: not worth a search.
    if (bytes[from] === LF) return from;
    if (this.#nextLf < from) this.#nextLf = indexOr(bytes.indexOf(LF, from));
    if (this.#nextCr < from)
      this.#nextCr = this.#carriesCr ? indexOr(bytes.indexOf(CR, from)) : NONE;
    const next = Math.min(this.#nextLf, this.#nextCr);
    return next === NONE ? -1 : next;
  }

  /**
   * How many bytes end the line; 0 when the next chunk has to tell. A CR at the end of a chunk may
   * be half of a CRLF: a frame whose lines end in bare CR does not wait for the other half.
   */
  #endingBytes(bytes: Uint8Array, lineEnd: number, isBlank: boolean): 0 | 1 | 2 {
    if (bytes[lineEnd] === LF) {
      this.#lineEnding = 'lf';
      return 1;
    }
    if (isBlank && this.#lineEnding === 'cr') return 1;
    if (lineEnd + 1 === bytes.length) return 0;
    const isPair = bytes[lineEnd + 1] === LF;
    this.#lineEnding = isPair ? 'crlf' : 'cr';
    return isPair ? 2 : 1;
  }

  #noteLine(bytes: Uint8Array, lineEnd: number): void {
    let start = this.#lineStart;
    if (this.#atStreamStart) {
      this.#atStreamStart = false;
      if (BOM.every((byte, index) => bytes[start + index] === byte)) start += BOM.length;
    }
    if (lineEnd - start > this.#bounds.lineBytesMax) this.#fault = this.#lineFault();
    this.#frameHasLines = true;
    this.#frameType = lineEventType(bytes, start, lineEnd) ?? this.#frameType;
  }

  #report(bytes: Uint8Array, start: number, end: number): void {
    const type = this.#frameType ?? dataEventType(bytes, start, end);
    this.#frameType = undefined;
    this.#frameHasLines = false;
    this.#lineEnding = 'unknown';
    if (this.#fault === undefined) this.#onFrame(type, bytes, start, end);
  }

  #checkBounds(unfinishedBytes: number): void {
    if (unfinishedBytes > this.#bounds.eventBytesMax) {
      this.#fault = `an event of more than ${String(this.#bounds.eventBytesMax)} bytes`;
    } else if (this.#scannedTo - this.#lineStart > this.#bounds.lineBytesMax) {
      this.#fault = this.#lineFault();
    }
  }

  #lineFault(): string {
    return `a line of more than ${String(this.#bounds.lineBytesMax)} bytes`;
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

  /** Starts a new carry with a copy of `rest`: the old one was handed out. */
  #keep(rest: Uint8Array): void {
    this.#carryLength = rest.length;
    if (rest.length === 0) {
      this.#carry = rest;
      return;
    }
    this.#carry = new Uint8Array(Math.max(rest.length * 2, CARRY_BYTES_MIN));
    this.#carry.set(rest);
  }
}

function indexOr(index: number): number {
  return index < 0 ? NONE : index;
}
