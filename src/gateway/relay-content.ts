import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';

/** How the passing on of a content ended. */
export type ContentEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'broken'; readonly fault: StreamFault }
  | { readonly kind: 'client-gone' };

/**
 * Passes on what may be far larger than memory, the content of a file or the results of a batch, as
 * it comes and as it is taken. Says once how it ended.
 */
export class ContentRelay implements ByteSource {
  readonly #source: ByteSource;
  readonly #onOver: (end: ContentEnd) => void;
  #bytesPassed = 0;
  #isOver = false;

  constructor(source: ByteSource, onOver: (end: ContentEnd) => void) {
    this.#source = source;
    this.#onOver = onOver;
  }

  get bytesPassed(): number {
    return this.#bytesPassed;
  }

  open(sink: ByteSink): void {
    this.#source.open({
      write: (chunk) => {
        this.#bytesPassed += chunk.length;
        return sink.write(chunk);
      },
      end: () => {
        sink.end();
        this.#over({ kind: 'complete' });
      },
      fail: (fault) => {
        sink.fail(fault);
        this.#over({ kind: 'broken', fault });
      },
    });
  }

  resume(): void {
    this.#source.resume();
  }

  cancel(): void {
    this.#source.cancel();
    this.#over({ kind: 'client-gone' });
  }

  #over(end: ContentEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onOver(end);
  }
}
