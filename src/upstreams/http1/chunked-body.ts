import { assert } from '../../std/assert.ts';

/** What one piece of a connection's bytes held of a chunked body. */
export interface ChunkedRead {
  /** How many bytes of `into` were filled with content. */
  readonly contentBytes: number;
  /** How many bytes of the piece belong to this body, whether content or framing. */
  readonly consumed: number;
}

const CR = 13;
const LF = 10;
const SEMICOLON = 0x3b;
/** Chunk extensions and trailers mean nothing to us; a server that sends much of them means harm. */
const LINE_BYTES_MAX = 4096;
const TRAILER_BYTES_MAX = 16_384;
/** 13 hexadecimal digits are what a number holds exactly. */
const SIZE_DIGITS_MAX = 13;

type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'content'
  | 'content-cr'
  | 'content-lf'
  | 'trailer'
  | 'end';

/**
 * Takes the framing off a chunked body (RFC 9112 §7.1), however its bytes are cut, and lays the
 * content of one read side by side, so that a server which flushes each event costs its reader one
 * write and not one an event.
 */
export class ChunkedBody {
  #state: State = 'size';
  #digits = 0;
  #size = 0;
  #lineBytes = 0;
  /** Content bytes of the present chunk that are still to come. */
  #left = 0;
  #trailerBytes = 0;
  /** Bytes of the trailer's present line, without its end. */
  #trailerLine = 0;
  #hasTrailerCr = false;
  #malformed: string | undefined;

  get isEnd(): boolean {
    return this.#state === 'end';
  }

  /** What is wrong with the framing, once something is. */
  get malformed(): string | undefined {
    return this.#malformed;
  }

  /** Reads `piece` up to its end, the body's end or a fault; `into` has room for all of it. */
  read(piece: Uint8Array, into: Uint8Array): ChunkedRead {
    assert(into.length >= piece.length, 'room for the whole piece');
    let at = 0;
    let filled = 0;
    while (at < piece.length && this.#state !== 'end' && this.#malformed === undefined) {
      if (this.#state === 'content') {
        const take = Math.min(this.#left, piece.length - at);
        into.set(piece.subarray(at, at + take), filled);
        at += take;
        filled += take;
        this.#left -= take;
        if (this.#left === 0) this.#state = 'content-cr';
      } else {
        this.#readFraming(piece[at] ?? 0);
        at += 1;
      }
    }
    return { contentBytes: filled, consumed: at };
  }

  #readFraming(byte: number): void {
    switch (this.#state) {
      case 'size':
        this.#readSize(byte);
        return;
      case 'extension':
        this.#lineBytes += 1;
        if (byte === CR) this.#state = 'size-lf';
        else if (byte === LF || this.#lineBytes > LINE_BYTES_MAX) this.#fail('a chunk extension');
        return;
      case 'size-lf':
        if (byte === LF) this.#startChunk();
        else this.#fail('the end of a chunk size');
        return;
      case 'content-cr':
        if (byte === CR) this.#state = 'content-lf';
        else this.#fail('the end of a chunk');
        return;
      case 'content-lf':
        if (byte === LF) this.#startSize();
        else this.#fail('the end of a chunk');
        return;
      case 'trailer':
        this.#readTrailer(byte);
        return;
      case 'content':
      case 'end':
        assert(false, 'content and what follows the end are not framing');
    }
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0 && this.#digits < SIZE_DIGITS_MAX) {
      this.#size = this.#size * 16 + digit;
      this.#digits += 1;
    } else if (this.#digits > 0 && byte === CR) {
      this.#state = 'size-lf';
    } else if (this.#digits > 0 && (byte === SEMICOLON || byte === 0x20 || byte === 0x09)) {
      this.#state = 'extension';
      this.#lineBytes = 0;
    } else {
      this.#fail('a chunk size');
    }
  }

  #startSize(): void {
    this.#state = 'size';
    this.#digits = 0;
    this.#size = 0;
  }

  #startChunk(): void {
    this.#left = this.#size;
    this.#state = this.#size === 0 ? 'trailer' : 'content';
  }

  #readTrailer(byte: number): void {
    this.#trailerBytes += 1;
    if (this.#trailerBytes > TRAILER_BYTES_MAX) {
      this.#fail('a trailer');
    } else if (this.#hasTrailerCr) {
      this.#hasTrailerCr = false;
      if (byte !== LF) this.#fail('a trailer');
      else if (this.#trailerLine === 0) this.#state = 'end';
      this.#trailerLine = 0;
    } else if (byte === CR) {
      this.#hasTrailerCr = true;
    } else if (byte === LF) {
      this.#fail('a trailer');
    } else {
      this.#trailerLine += 1;
    }
  }

  #fail(what: string): void {
    this.#malformed = `${what} that is none`;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
