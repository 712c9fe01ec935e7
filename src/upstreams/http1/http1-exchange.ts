import type { ByteSink, ByteSource, StreamFault } from '../../std/byte-stream.ts';
import type { Cancellation } from '../../std/cancellation.ts';
import type { ResponseHead } from './read-response-head.ts';
import type { TransportFailure, TransportResult } from '../transport.ts';

/** What an exchange asks of the connection that carries it. */
export interface ExchangeCarrier {
  pause(): void;
  resume(): void;
  /** Nobody wants the rest of the answer: the connection is closed. */
  abandon(): void;
}

/** Content that may wait for its reader before the connection is paused. */
const HELD_BYTES_MAX = 256 * 1024;

/** One request's answer: the promise of its head, then its body as a byte source. */
export class Http1Exchange implements ByteSource {
  readonly #resolve: (result: TransportResult) => void;
  #carrier: ExchangeCarrier | undefined;
  #forget: () => void = () => {};
  #sink: ByteSink | undefined;
  #hasHead = false;
  #isOver = false;
  #isCancelled = false;
  /** What arrived before `open`. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #outcome: 'end' | StreamFault | undefined;

  constructor(resolve: (result: TransportResult) => void) {
    this.#resolve = resolve;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Binds the exchange to its connection; from here on `cancellation` closes that. */
  begin(carrier: ExchangeCarrier, cancellation: Cancellation): void {
    this.#carrier = carrier;
    this.#forget = cancellation.onCancel(() => {
      this.cancel();
    });
  }

  takeHead({ status, headers }: ResponseHead): void {
    this.#hasHead = true;
    this.#resolve({ kind: 'response', status, headers, body: this });
  }

  /** `content` is the exchange's own: nobody writes into it later. */
  takeContent(content: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#sink !== undefined) {
      if (!this.#sink.write(content) && !this.#isOver) this.#carrier?.pause();
      return;
    }
    this.#held.push(content);
    this.#heldBytes += content.length;
    if (this.#heldBytes > HELD_BYTES_MAX) this.#carrier?.pause();
  }

  takeEnd(): void {
    this.#finish('end');
  }

  takeFault(failure: TransportFailure): void {
    if (this.#isOver) return;
    if (this.#hasHead) {
      this.#finish(streamFaultOf(failure));
      return;
    }
    this.#isOver = true;
    this.#forget();
    this.#resolve({ kind: 'failure', failure });
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    const held = this.#held;
    this.#held = [];
    let wantsMore = true;
    for (const content of held) {
      if (this.#isCancelled) return;
      wantsMore = sink.write(content);
    }
    if (this.#outcome !== undefined) this.#tell(this.#outcome);
    else if (!wantsMore) this.#carrier?.pause();
    else if (this.#heldBytes > HELD_BYTES_MAX) this.#carrier?.resume();
  }

  resume(): void {
    if (!this.#isOver) this.#carrier?.resume();
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#held = [];
    if (this.#isOver) return;
    if (this.#hasHead) {
      this.#isOver = true;
      this.#forget();
    } else {
      this.takeFault({ reason: 'cancelled', detail: 'nobody waits for it' });
    }
    this.#carrier?.abandon();
  }

  #finish(outcome: 'end' | StreamFault): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    this.#outcome = outcome;
    if (this.#sink !== undefined) this.#tell(outcome);
  }

  #tell(outcome: 'end' | StreamFault): void {
    if (this.#isCancelled) return;
    if (outcome === 'end') this.#sink?.end();
    else this.#sink?.fail(outcome);
  }
}

function streamFaultOf({ reason, detail }: TransportFailure): StreamFault {
  if (reason === 'idle-timeout' || reason === 'malformed') return { kind: reason, detail };
  return { kind: 'cut', detail };
}
