import { eventText } from '../../messages/events.ts';
import type { ByteSink, ByteSource, StreamFault } from '../../std/byte-stream.ts';
import type { EngineStreamOptions } from './engine-stream.ts';
import { EngineStream } from './engine-stream.ts';

/**
 * An engine's stream as a stream of the canonical form, event by event as it comes. Back-pressure
 * and cancellation go through to the engine's connection. A stream without a finish reason ends
 * here without an end, and whoever reads it says so.
 */
export class ChatEventSource implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  readonly #stream: EngineStream;
  #texts: string[] = [];
  #sink: ByteSink | undefined;

  constructor(source: ByteSource, options: EngineStreamOptions) {
    this.#source = source;
    this.#stream = new EngineStream(options, (event) => {
      this.#texts.push(eventText(event));
    });
  }

  get isUsageEstimated(): boolean {
    return this.#stream.isUsageEstimated;
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    this.#source.open(this);
  }

  resume(): void {
    this.#source.resume();
  }

  cancel(): void {
    this.#source.cancel();
  }

  write(chunk: Uint8Array): boolean {
    this.#stream.push(chunk);
    return this.#flush();
  }

  end(): void {
    this.#stream.end();
    this.#flush();
    this.#sink?.end();
  }

  fail(fault: StreamFault): void {
    // What the engine had finished is whole, however its connection ended.
    if (this.#stream.isFinished) this.end();
    else this.#sink?.fail(fault);
  }

  /** One write for all that a chunk brought. */
  #flush(): boolean {
    if (this.#texts.length === 0) return true;
    const bytes = Buffer.from(this.#texts.join(''));
    this.#texts = [];
    return this.#sink?.write(bytes) ?? false;
  }
}
