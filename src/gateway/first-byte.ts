import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';

/**
 * Waits for the first byte of an answer's body. Resolves with the same answer, no byte of it lost,
 * or with the refusal that a break before that amounts to. An error has said all that counts in its
 * head, and a break that a scenario orders is for the caller to see.
 */
export async function awaitFirstByte(
  outcome: UpstreamAnswer | Refusal,
  cancellation: Cancellation,
): Promise<UpstreamAnswer | Refusal> {
  if (isRefusal(outcome) || outcome.status >= 400) return outcome;
  const held = new HeldSource(outcome.body);
  await held.firstByte(cancellation);
  const { fault } = held;
  if (fault !== undefined && outcome.isScripted !== true) {
    return refusal(fault.kind === 'idle-timeout' ? 'upstream_timeout' : 'upstream_truncated');
  }
  return { ...outcome, body: held };
}

/** A source that was opened before anybody took it: it stops at its first chunk until then. */
class HeldSource implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  #held: Uint8Array[] = [];
  #sink: ByteSink | undefined;
  #hasEnded = false;
  #fault: StreamFault | undefined;
  #onBegun: () => void = () => {};

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Why it broke before anybody took it. */
  get fault(): StreamFault | undefined {
    return this.#held.length === 0 ? this.#fault : undefined;
  }

  firstByte(cancellation: Cancellation): Promise<void> {
    return new Promise((resolve) => {
      let forget = (): void => {};
      this.#onBegun = () => {
        forget();
        resolve();
      };
      forget = cancellation.onCancel(() => {
        this.#source.cancel();
        resolve();
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
    this.#onBegun();
    return false;
  }

  end(): void {
    this.#hasEnded = true;
    if (this.#sink === undefined) this.#onBegun();
    else this.#sink.end();
  }

  fail(fault: StreamFault): void {
    this.#fault = fault;
    if (this.#sink === undefined) this.#onBegun();
    else this.#sink.fail(fault);
  }
}
