import { FrameSplitter } from '../messages/split-frames.ts';
import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import { textOf } from '../std/json.ts';

/**
 * A stream of events as it comes, but for what its errors must not say: a host may repeat in one
 * what it was shown. All other events keep their bytes.
 */
export class HiddenErrorsSource implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  readonly #hide: (text: string) => string;
  readonly #splitter: FrameSplitter;
  /** The events that a chunk completed, where one of them was changed. */
  #changed: Uint8Array[] | undefined;
  /** Up to where the events of a chunk were seen. */
  #seenTo = 0;
  #sink: ByteSink | undefined;

  constructor(source: ByteSource, hide: (text: string) => string) {
    this.#source = source;
    this.#hide = hide;
    this.#splitter = new FrameSplitter((type, bytes, start, end) => {
      if (type === 'error') this.#hideIn(bytes, start, end);
    });
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
    const whole = this.#splitter.push(chunk);
    const goesOn = this.#pass(whole);
    const { fault } = this.#splitter;
    if (fault === undefined) return goesOn;
    this.#source.cancel();
    this.#sink?.fail({ kind: 'malformed', detail: fault });
    return false;
  }

  end(): void {
    this.#pass(this.#splitter.end());
    this.#sink?.end();
  }

  fail(fault: StreamFault): void {
    this.#sink?.fail(fault);
  }

  #hideIn(bytes: Uint8Array, start: number, end: number): void {
    this.#changed ??= [];
    const event = textOf(bytes, start, end);
    this.#changed.push(bytes.slice(this.#seenTo, start), Buffer.from(this.#hide(event)));
    this.#seenTo = end;
  }

  #pass(whole: Uint8Array | undefined): boolean {
    const changed = this.#changed;
    const seenTo = this.#seenTo;
    this.#changed = undefined;
    this.#seenTo = 0;
    if (whole === undefined) return true;
    const bytes =
      changed === undefined ? whole : Buffer.concat([...changed, whole.subarray(seenTo)]);
    return this.#sink?.write(bytes) ?? false;
  }
}
