import type { ByteSink, ByteSource } from '../../src/std/byte-stream.ts';

/** A source that a test feeds by hand; it counts what it is asked. */
export class FedSource implements ByteSource {
  #sink: ByteSink | undefined;
  opened = 0;
  resumed = 0;
  cancelled = 0;

  open(sink: ByteSink): void {
    this.opened += 1;
    this.#sink = sink;
  }

  resume(): void {
    this.resumed += 1;
  }

  cancel(): void {
    this.cancelled += 1;
  }

  /** Whoever reads it; a test feeds through this. */
  get sink(): ByteSink {
    if (this.#sink === undefined) throw new Error('nobody has opened the source');
    return this.#sink;
  }

  say(text: string | Uint8Array): boolean {
    return this.sink.write(typeof text === 'string' ? Buffer.from(text) : text);
  }
}

/** A sink that writes down what it gets. */
export class NotingSink implements ByteSink {
  readonly chunks: Buffer[] = [];
  readonly ends: string[] = [];
  /** What `write` answers. */
  takesMore = true;

  write(chunk: Uint8Array): boolean {
    this.chunks.push(Buffer.from(chunk));
    return this.takesMore;
  }

  end(): void {
    this.ends.push('end');
  }

  fail(fault: { readonly kind: string }): void {
    this.ends.push(`fail ${fault.kind}`);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }
}
