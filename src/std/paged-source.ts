import type { ByteSink, ByteSource } from './byte-stream.ts';

/** A stream that is made page by page, none before the one before it was taken. */
export class PagedSource implements ByteSource {
  readonly #pages: AsyncIterator<Uint8Array>;
  readonly #onFault: (fault: unknown) => void;
  #sink: ByteSink | undefined;
  #isReading = false;
  #isPaused = false;
  #isOver = false;

  /** `onFault` hears why a page could not be made; the stream is cut there. */
  constructor(pages: AsyncIterable<Uint8Array>, onFault: (fault: unknown) => void) {
    this.#pages = pages[Symbol.asyncIterator]();
    this.#onFault = onFault;
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    void this.#read();
  }

  resume(): void {
    this.#isPaused = false;
    void this.#read();
  }

  cancel(): void {
    this.#isOver = true;
  }

  async #read(): Promise<void> {
    const sink = this.#sink;
    if (sink === undefined || this.#isReading) return;
    this.#isReading = true;
    try {
      while (!this.#isPaused && !this.#isOver) {
        const page = await this.#pages.next();
        if (this.#isCancelled()) break;
        if (page.done === true) {
          this.#isOver = true;
          sink.end();
        } else if (!sink.write(page.value)) {
          this.#isPaused = true;
        }
      }
    } catch (error) {
      this.#isOver = true;
      this.#onFault(error);
      sink.fail({ kind: 'cut', detail: 'a page could not be made' });
    } finally {
      this.#isReading = false;
    }
  }

  /** Whether nobody waits for it any more, which may have come to be meanwhile. */
  #isCancelled(): boolean {
    return this.#isOver;
  }
}
