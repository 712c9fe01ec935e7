import type { ByteSink, ByteSource } from '../std/byte-stream.ts';

/** What goes to the reader before it is asked whether it wants more. */
const PIECE_BYTES = 64 * 1024;

/** Bytes that are all there, given at the pace of their reader. */
export class ReplaySource implements ByteSource {
  readonly #bytes: Uint8Array;
  #sink: ByteSink | undefined;
  #at = 0;
  #isPumping = false;
  #isWanted = false;
  #isOver = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    this.resume();
  }

  /** May be called from inside a write: the pieces go out one after another all the same. */
  resume(): void {
    this.#isWanted = true;
    if (this.#isPumping || this.#sink === undefined) return;
    this.#isPumping = true;
    while (this.#isWanted && !this.#isOver) this.#step(this.#sink);
    this.#isPumping = false;
  }

  cancel(): void {
    this.#isOver = true;
  }

  #step(sink: ByteSink): void {
    if (this.#at === this.#bytes.length) {
      this.#isOver = true;
      sink.end();
      return;
    }
    // A copy: what the reader does with it must not reach those who read the same answer later.
    const piece = Buffer.from(this.#bytes.subarray(this.#at, this.#at + PIECE_BYTES));
    this.#at += piece.length;
    this.#isWanted = false;
    if (sink.write(piece)) this.#isWanted = true;
  }
}
