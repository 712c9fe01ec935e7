import type { RecordedEnding } from '../../messages/recorded-exchange.ts';
import type { ByteSink, ByteSource, StreamFault } from '../../std/byte-stream.ts';
import type { Clock, Timer } from '../../std/clock.ts';

/** Bytes and when they come, on the monotonic clock. */
export interface DueChunk {
  readonly dueMs: number;
  readonly bytes: Uint8Array;
}

export interface RecordedPlay {
  readonly chunks: readonly DueChunk[];
  readonly endDueMs: number;
  readonly how: RecordedEnding;
  /** Runs once when it is over, however it ended. */
  readonly onDone: () => void;
}

/**
 * Plays chunks when they are due and ends as the recorded answer did. It stops where the sink is
 * full; what is late then comes at once, so that lateness does not add up.
 */
export class RecordedSource implements ByteSource {
  readonly #clock: Clock;
  readonly #play: RecordedPlay;
  #sink: ByteSink | undefined;
  #next = 0;
  #isFull = false;
  #isDone = false;
  #isPumping = false;
  #resumedInWrite = false;
  #timer: Timer | undefined;

  constructor(clock: Clock, play: RecordedPlay) {
    this.#clock = clock;
    this.#play = play;
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
    if (this.#isDone) return;
    this.#isDone = true;
    this.#timer?.cancel();
    this.#play.onDone();
  }

  /** Breaks the stream off because its upstream closes. */
  shutDown(): void {
    if (this.#isDone) return;
    this.cancel();
    this.#sink?.fail({ kind: 'shutdown', detail: 'the upstream was closed' });
  }

  #pump(): void {
    // A sink may resume from within `write`: the loop that runs goes on by itself.
    if (this.#isPumping || this.#sink === undefined) return;
    this.#isPumping = true;
    while (!this.#isDone && !this.#isFull && this.#timer === undefined) this.#step(this.#sink);
    this.#isPumping = false;
  }

  #step(sink: ByteSink): void {
    const chunk = this.#play.chunks[this.#next];
    const waitMs = (chunk?.dueMs ?? this.#play.endDueMs) - this.#clock.monotonicMs();
    if (waitMs > 0) {
      this.#timer = this.#clock.after(waitMs, () => {
        this.#timer = undefined;
        this.#pump();
      });
      return;
    }
    if (chunk === undefined) {
      this.#end(sink);
      return;
    }
    this.#next += 1;
    this.#resumedInWrite = false;
    const takesMore = sink.write(chunk.bytes);
    this.#isFull = !takesMore && !this.#resumedInWrite;
  }

  #end(sink: ByteSink): void {
    this.#isDone = true;
    const { how, onDone } = this.#play;
    onDone();
    if (how === 'complete') sink.end();
    else sink.fail({ kind: breakOf(how), detail: 'as it was recorded' });
  }
}

/** What was left before its end has none of its own: it is cut where it was left. */
function breakOf(how: Exclude<RecordedEnding, 'complete'>): StreamFault['kind'] {
  return how === 'client_gone' || how === 'given_up' ? 'cut' : how;
}
