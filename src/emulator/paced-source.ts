import type { ByteSink, ByteSource } from '../std/byte-stream.ts';
import type { Clock, Timer } from '../std/clock.ts';
import { eventText } from '../messages/events.ts';
import type { TimedChunk } from './time-events.ts';

const ping = Buffer.from(eventText({ type: 'ping' }));

export interface PacedSourceOptions {
  readonly clock: Clock;
  /** A ping after so long a silence; 0 for none. */
  readonly pingEveryMs: number;
  /** Runs once when the stream is over, however it ended. */
  readonly onDone: () => void;
}

/** A stream that plays chunks at their times, stops where the sink is full, and pings in silence. */
export class PacedSource implements ByteSource {
  readonly #chunks: readonly TimedChunk[];
  readonly #options: PacedSourceOptions;
  #sink: ByteSink | undefined;
  #next = 0;
  /** Whether the next chunk's delay is over. */
  #isDue = false;
  #isFull = false;
  #isDone = false;
  #isPumping = false;
  #resumedInWrite = false;
  #chunkTimer: Timer | undefined;
  #pingTimer: Timer | undefined;

  constructor(chunks: readonly TimedChunk[], options: PacedSourceOptions) {
    this.#chunks = chunks;
    this.#options = options;
  }

  open(sink: ByteSink): void {
    if (this.#isDone) return;
    this.#sink = sink;
    this.#pump();
  }

  resume(): void {
    this.#isFull = false;
    this.#resumedInWrite = true;
    this.#pump();
  }

  cancel(): void {
    this.#finish();
  }

  /** Ends the stream before its time because the emulator closes. */
  shutDown(): void {
    if (this.#isDone) return;
    this.#finish();
    this.#sink?.fail({ kind: 'shutdown', detail: 'the emulator was closed' });
  }

  #pump(): void {
    // A sink may resume from within `write`: the loop that runs goes on by itself.
    if (this.#isPumping || this.#sink === undefined) return;
    this.#isPumping = true;
    while (!this.#isDone && !this.#isFull && this.#chunkTimer === undefined) this.#step(this.#sink);
    this.#isPumping = false;
  }

  #step(sink: ByteSink): void {
    const chunk = this.#chunks[this.#next];
    if (chunk === undefined) {
      this.#finish();
      sink.end();
      return;
    }
    if (chunk.delayMs > 0 && !this.#isDue) {
      this.#wait(chunk.delayMs);
      return;
    }
    this.#isDue = false;
    this.#next += 1;
    this.#write(sink, Buffer.from(chunk.text));
  }

  /** A sink that resumes before `write` has returned takes more, whatever `write` then returns. */
  #write(sink: ByteSink, bytes: Uint8Array): void {
    this.#resumedInWrite = false;
    const takesMore = sink.write(bytes);
    this.#isFull = !takesMore && !this.#resumedInWrite;
  }

  #wait(delayMs: number): void {
    const { clock, pingEveryMs } = this.#options;
    this.#chunkTimer = clock.after(delayMs, () => {
      this.#chunkTimer = undefined;
      this.#pingTimer?.cancel();
      this.#isDue = true;
      this.#pump();
    });
    if (pingEveryMs > 0 && pingEveryMs < delayMs) this.#pingAfter(pingEveryMs);
  }

  #pingAfter(pingEveryMs: number): void {
    this.#pingTimer = this.#options.clock.after(pingEveryMs, () => {
      // Who does not read what there is needs no sign of life.
      if (!this.#isFull && this.#sink !== undefined) this.#write(this.#sink, ping);
      if (!this.#isDone && this.#chunkTimer !== undefined) this.#pingAfter(pingEveryMs);
    });
  }

  #finish(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#chunkTimer?.cancel();
    this.#pingTimer?.cancel();
    this.#options.onDone();
  }
}
