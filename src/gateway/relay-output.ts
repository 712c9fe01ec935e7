import { eventText } from '../messages/events.ts';
import type { ByteSink } from '../std/byte-stream.ts';
import type { Clock, Timer } from '../std/clock.ts';

/** How long an open stream may say nothing before it says that it is there; reliability §2.1. */
export const SILENCE_MS = 15_000;

/** What says that a stream is there, in the canonical form. */
export const PING: Uint8Array = Buffer.from(eventText({ type: 'ping' }));

const BLANK_LINE: Uint8Array = Buffer.from('\n\n');

/**
 * The client's side of a relay: what goes out waits for whoever takes it, and is counted. Silence is
 * filled with what says in the client's form that the stream is still there: what is passed is whole
 * events, so that is never said within one.
 */
export class RelayOutput {
  readonly #clock: Clock;
  readonly #keepAlive: Uint8Array;
  #silence: Timer | undefined;
  #held: Uint8Array[] = [];
  #sink: ByteSink | undefined;
  #bytesPassed = 0;
  #isFull = false;
  /** What was passed last lacks its blank line: whatever follows brings it. */
  #isWithinEvent = false;
  /** Nothing but last words comes any more. */
  #isEnding = false;
  #isFinished = false;
  #isLeft = false;

  constructor(clock: Clock, keepAlive: Uint8Array) {
    this.#clock = clock;
    this.#keepAlive = keepAlive;
  }

  get bytesPassed(): number {
    return this.#bytesPassed;
  }

  /** Whether somebody takes it. */
  get isTaken(): boolean {
    return this.#sink !== undefined;
  }

  /** Whether the reader takes no more for now. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** The end of what the upstream said, an event without its blank line. */
  passRest(bytes: Uint8Array): void {
    this.pass(bytes);
    this.#isWithinEvent = true;
  }

  pass(bytes: Uint8Array): void {
    if (this.#isLeft) return;
    if (this.#isWithinEvent) {
      this.#isWithinEvent = false;
      this.pass(BLANK_LINE);
    }
    this.#silence?.restart();
    this.#bytesPassed += bytes.length;
    if (this.#sink === undefined) this.#held.push(bytes);
    else this.#isFull = !this.#sink.write(bytes);
  }

  /** Says that the stream is there. */
  keepAlive(): void {
    this.pass(this.#keepAlive);
  }

  open(sink: ByteSink): void {
    if (this.#isLeft) return;
    this.#sink = sink;
    const held = this.#held;
    this.#held = [];
    for (const chunk of held) this.#isFull = !sink.write(chunk);
    if (this.#isFinished) sink.end();
    else if (!this.#isEnding) this.#fillSilence();
  }

  /** The reader takes more. */
  resume(): void {
    this.#isFull = false;
  }

  /** The reader has gone: nothing is said to it any more. */
  leave(): void {
    this.#isLeft = true;
    this.#isFull = false;
    this.#held = [];
    this.#silence?.cancel();
  }

  /** Ends it, with what is to be said last. */
  finish(lastWords: (() => Promise<Uint8Array | undefined>) | undefined): void {
    this.#isEnding = true;
    this.#silence?.cancel();
    this.#silence = undefined;
    if (lastWords === undefined) {
      this.#end();
      return;
    }
    void lastWords().then((words) => {
      if (this.#isLeft) return;
      if (words !== undefined) this.pass(words);
      this.#end();
    });
  }

  #fillSilence(): void {
    this.#silence = this.#clock.after(SILENCE_MS, () => {
      // For who takes nothing there is something to take already.
      if (this.#isFull) this.#silence?.restart();
      else this.keepAlive();
    });
  }

  #end(): void {
    this.#isFinished = true;
    this.#sink?.end();
  }
}
