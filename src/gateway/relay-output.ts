import type { ByteSink } from '../std/byte-stream.ts';

/** The client's side of a relay: what goes out waits for whoever takes it, and is counted. */
export class RelayOutput {
  #held: Uint8Array[] = [];
  #sink: ByteSink | undefined;
  #bytesPassed = 0;
  #isFull = false;
  #isFinished = false;
  #isLeft = false;

  get bytesPassed(): number {
    return this.#bytesPassed;
  }

  /** Whether somebody takes it. */
  get isTaken(): boolean {
    return this.#sink !== undefined;
  }

  /** Whether the reader takes no more for now. */
  get isFull(): boolean {
    return this.#isFull;
  }

  pass(bytes: Uint8Array): void {
    this.#bytesPassed += bytes.length;
    if (this.#sink === undefined) this.#held.push(bytes);
    else this.#isFull = !this.#sink.write(bytes);
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    const held = this.#held;
    this.#held = [];
    for (const chunk of held) this.#isFull = !sink.write(chunk);
    if (this.#isFinished) sink.end();
  }

  /** The reader takes more. */
  resume(): void {
    this.#isFull = false;
  }

  /** The reader has gone: nothing is said to it any more. */
  leave(): void {
    this.#isLeft = true;
  }

  /** Ends it, with what is to be said last. */
  finish(lastWords: (() => Promise<Uint8Array | undefined>) | undefined): void {
    if (lastWords === undefined) {
      this.#end();
      return;
    }
    void lastWords().then((words) => {
      if (this.#isLeft) return;
      if (words !== undefined) this.pass(words);
      this.#end();
    });
  }

  #end(): void {
    this.#isFinished = true;
    this.#sink?.end();
  }
}
