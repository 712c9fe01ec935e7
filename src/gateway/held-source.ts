import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';

/** What a source that nobody has taken yet has come to. */
export type HeldState = 'begun' | 'ended' | 'broken' | 'given-up';

/**
 * A source that is opened before anybody takes it, so that what comes first can be looked at: no
 * byte of it is lost. Once `hasBegun` says so of a chunk, it stops until then.
 */
export class HeldSource implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  readonly #hasBegun: (chunk: Uint8Array) => boolean;
  #held: Uint8Array[] = [];
  #sink: ByteSink | undefined;
  #hasEnded = false;
  #fault: StreamFault | undefined;
  #onState: (state: HeldState) => void = () => {};

  constructor(source: ByteSource, hasBegun: (chunk: Uint8Array) => boolean) {
    this.#source = source;
    this.#hasBegun = hasBegun;
  }

  /** Why it broke before anybody took it. */
  get fault(): StreamFault | undefined {
    return this.#fault;
  }

  /** Opens the source and waits for how it begins. */
  begin(cancellation: Cancellation): Promise<HeldState> {
    return new Promise((resolve) => {
      let forget = (): void => {};
      this.#onState = (state) => {
        forget();
        resolve(state);
      };
      forget = cancellation.onCancel(() => {
        this.#source.cancel();
        resolve('given-up');
      });
      if (!cancellation.cancelled) this.#source.open(this);
    });
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    const held = this.#held;
    this.#held = [];
    let takesMore = true;
    for (const chunk of held) takesMore = sink.write(chunk);
    if (this.#hasEnded) sink.end();
    else if (this.#fault !== undefined) sink.fail(this.#fault);
    else if (takesMore) this.#source.resume();
  }

  resume(): void {
    this.#source.resume();
  }

  cancel(): void {
    this.#source.cancel();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#sink !== undefined) return this.#sink.write(chunk);
    if (chunk.length === 0) return true;
    this.#held.push(chunk);
    if (!this.#hasBegun(chunk)) return true;
    this.#onState('begun');
    return false;
  }

  end(): void {
    this.#hasEnded = true;
    if (this.#sink === undefined) this.#onState('ended');
    else this.#sink.end();
  }

  fail(fault: StreamFault): void {
    this.#fault = fault;
    if (this.#sink === undefined) this.#onState('broken');
    else this.#sink.fail(fault);
  }
}
