import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Clock, Timer } from '../std/clock.ts';
import { eventText } from '../messages/events.ts';
import type { TimedEvent } from './time-events.ts';

const CHUNK_LETTERS = 4096;
const ping = Buffer.from(eventText({ type: 'ping' }));

/** Bytes of a stream and how long after the ones before they come. */
export interface PacedChunk {
  readonly delayMs: number;
  readonly data: string | Uint8Array;
  /** Whether the wait before it is a stall: then nothing is sent in it, no ping either. */
  readonly isStalled?: boolean;
}

/** How a stream is over once all its chunks are sent. */
export type PacedEnding = 'end' | Extract<StreamFault['kind'], 'cut' | 'reset'>;

export interface PacedSourceOptions {
  readonly clock: Clock;
  /** A ping after so long a silence; 0 for none. */
  readonly pingEveryMs: number;
  readonly ending: PacedEnding;
  /** Runs once when the stream is over, however it ended, with how many chunks were sent. */
  readonly onDone: (sentChunks: number) => void;
}

/** What comes at the same time goes in one chunk, since each write has its price. */
export function gatherChunks(events: readonly TimedEvent[]): readonly PacedChunk[] {
  const chunks: PacedChunk[] = [];
  let delayMs = 0;
  let data = '';
  for (const event of events) {
    if (event.delayMs > 0 || data.length >= CHUNK_LETTERS) {
      if (data !== '') chunks.push({ delayMs, data });
      delayMs = event.delayMs;
      data = '';
    }
    data += event.text;
  }
  if (data !== '') chunks.push({ delayMs, data });
  return chunks;
}

/**
 * A stream that plays chunks at their times, stops where the sink is full, and pings in silence.
 * Times count from the beginning, not from chunk to chunk, so that lateness does not add up.
 */
export class PacedSource implements ByteSource {
  readonly #chunks: readonly PacedChunk[];
  readonly #options: PacedSourceOptions;
  #sink: ByteSink | undefined;
  #next = 0;
  /** When the next chunk is due, on the monotonic clock. */
  #dueMs = 0;
  /** Whether the next chunk's wait was begun, so that its delay is counted in `#dueMs`. */
  #isTimed = false;
  #isFull = false;
  #isDone = false;
  #isPumping = false;
  #resumedInWrite = false;
  #chunkTimer: Timer | undefined;
  #pingTimer: Timer | undefined;

  constructor(chunks: readonly PacedChunk[], options: PacedSourceOptions) {
    this.#chunks = chunks;
    this.#options = options;
  }

  open(sink: ByteSink): void {
    if (this.#isDone) return;
    this.#sink = sink;
    this.#dueMs = this.#options.clock.monotonicMs();
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
      this.#close(sink);
      return;
    }
    if (chunk.delayMs > 0 && !this.#isTimed && this.#mustWait(chunk)) return;
    this.#isTimed = false;
    this.#next += 1;
    const { data } = chunk;
    if (data.length > 0) this.#write(sink, typeof data === 'string' ? Buffer.from(data) : data);
  }

  /** The end that the script has: everything, or a break that it orders. */
  #close(sink: ByteSink): void {
    const { ending } = this.#options;
    this.#finish();
    if (ending === 'end') sink.end();
    else sink.fail({ kind: ending, detail: 'ordered by a scenario' });
  }

  /** A sink that resumes before `write` has returned takes more, whatever `write` then returns. */
  #write(sink: ByteSink, bytes: Uint8Array): void {
    this.#resumedInWrite = false;
    const takesMore = sink.write(bytes);
    this.#isFull = !takesMore && !this.#resumedInWrite;
  }

  /** Begins the wait for a chunk; false where its time has come already. */
  #mustWait({ delayMs, isStalled }: PacedChunk): boolean {
    const { clock, pingEveryMs } = this.#options;
    this.#dueMs += delayMs;
    this.#isTimed = true;
    const waitMs = this.#dueMs - clock.monotonicMs();
    if (waitMs <= 0) return false;
    this.#chunkTimer = clock.after(waitMs, () => {
      this.#chunkTimer = undefined;
      this.#pingTimer?.cancel();
      this.#pump();
    });
    if (pingEveryMs > 0 && pingEveryMs < waitMs && isStalled !== true) this.#pingAfter(pingEveryMs);
    return true;
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
    this.#options.onDone(this.#next);
  }
}
