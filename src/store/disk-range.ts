import type { ReadStream } from 'node:fs';
import { createReadStream } from 'node:fs';
import type { ByteSink, ByteSource } from '../std/byte-stream.ts';

/** A file, or its first bytes, as a stream that reads no further than its reader takes. */
export class DiskRange implements ByteSource {
  readonly #path: string;
  readonly #bytes: number | undefined;
  #stream: ReadStream | undefined;
  #isCancelled = false;

  /** Without `bytes` to the end of the file; with it, a shorter file is one that was cut. */
  constructor(path: string, bytes?: number) {
    this.#path = path;
    this.#bytes = bytes;
  }

  open(sink: ByteSink): void {
    if (this.#isCancelled) return;
    if (this.#bytes === 0) {
      sink.end();
      return;
    }
    const range = this.#bytes === undefined ? {} : { end: this.#bytes - 1 };
    const stream = createReadStream(this.#path, range);
    let readBytes = 0;
    this.#stream = stream;
    stream.on('data', (chunk: string | Buffer) => {
      if (this.#isCancelled || typeof chunk === 'string') return;
      readBytes += chunk.length;
      if (!sink.write(chunk)) stream.pause();
    });
    stream.on('end', () => {
      if (this.#isCancelled) return;
      if (this.#bytes === undefined || readBytes === this.#bytes) sink.end();
      else sink.fail({ kind: 'cut', detail: `the file has ${String(readBytes)} bytes` });
    });
    stream.on('error', (error) => {
      if (!this.#isCancelled) sink.fail({ kind: 'cut', detail: error.message });
    });
  }

  resume(): void {
    this.#stream?.resume();
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#stream?.destroy();
  }
}
