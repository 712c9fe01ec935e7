import { eventText } from '../../messages/events.ts';
import type { ByteSink, ByteSource, StreamFault } from '../../std/byte-stream.ts';
import type { Clock, Timer } from '../../std/clock.ts';
import type { EngineStreamOptions } from './engine-stream.ts';
import { EngineStream } from './engine-stream.ts';

/** How long an engine that has finished may take over its usage and its end; reliability §2.2. */
const END_WAIT_MS = 5000;

/**
 * An engine's stream as a stream of the canonical form, event by event as it comes. Back-pressure
 * and cancellation go through to the engine's connection. A stream without a finish reason ends
 * here without an end, and whoever reads it says so.
 */
export class ChatEventSource implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  readonly #clock: Clock;
  readonly #stream: EngineStream;
  #texts: string[] = [];
  #sink: ByteSink | undefined;
  #endTimer: Timer | undefined;
  #isOver = false;
  /** Whoever reads it takes no more for now. */
  #isPaused = false;

  constructor(source: ByteSource, options: EngineStreamOptions, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
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
    this.#isPaused = false;
    this.#source.resume();
  }

  cancel(): void {
    this.#isOver = true;
    this.#endTimer?.cancel();
    this.#source.cancel();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    this.#stream.push(chunk);
    if (this.#stream.isFinished) this.#awaitEnd();
    this.#isPaused = !this.#flush();
    return !this.#isPaused;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endTimer?.cancel();
    this.#stream.end();
    this.#flush();
    this.#sink?.end();
  }

  /** An engine that has finished and says no more has said all. */
  #awaitEnd(): void {
    if (this.#endTimer !== undefined) {
      this.#endTimer.restart();
      return;
    }
    this.#endTimer = this.#clock.after(END_WAIT_MS, () => {
      // One that is not read on cannot come to its end.
      if (this.#isPaused) {
        this.#endTimer?.restart();
        return;
      }
      this.end();
      this.#source.cancel();
    });
  }

  fail(fault: StreamFault): void {
    // What the engine had finished is whole, however its connection ended.
    if (this.#stream.isFinished) this.end();
    else if (!this.#isOver) this.#sink?.fail(fault);
  }

  /** One write for all that a chunk brought. */
  #flush(): boolean {
    if (this.#texts.length === 0) return true;
    const bytes = Buffer.from(this.#texts.join(''));
    this.#texts = [];
    return this.#sink?.write(bytes) ?? false;
  }
}
