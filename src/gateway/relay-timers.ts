import type { Clock, Timer } from '../std/clock.ts';

/** How long the head of the answer is held back for the first content event. */
export const HOLD_MS = 10_000;
/** How long an upstream may keep the connection open after the last event. */
const CLOSE_WAIT_MS = 1000;
/** How long it may take over the mark of the end once that is all that is missing; reliability §2.2. */
export const END_WAIT_MS = 5000;

/** How long before what was used is written down without it: seldom is anything to be written then. */
export const SAVE_WAIT_MS = 100;

/** What a relay waits for, each for a time of its own. */
export class RelayTimers {
  readonly #clock: Clock;
  #hold: Timer | undefined;
  #close: Timer | undefined;
  #end: Timer | undefined;
  #save: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Content that lets the head go out; `heldMs` of the wait are over already. */
  awaitContent(heldMs: number, onLate: () => void): void {
    this.#hold = this.#clock.after(Math.max(0, HOLD_MS - heldMs), onLate);
  }

  contentCame(): void {
    this.#hold?.cancel();
  }

  /** The upstream has said all; a connection that it keeps open must not hold the client. */
  awaitClose(onLate: () => void): void {
    this.#close ??= this.#clock.after(CLOSE_WAIT_MS, onLate);
  }

  /** The mark of the end, and nothing else; the wait begins anew where it is asked for again. */
  awaitEnd(onLate: () => void): void {
    if (this.#end === undefined) this.#end = this.#clock.after(END_WAIT_MS, onLate);
    else this.#end.restart();
  }

  /** The same mark, for a moment. */
  awaitEndNow(onLate: () => void): void {
    if (this.#save === undefined) this.#save = this.#clock.after(SAVE_WAIT_MS, onLate);
    else this.#save.restart();
  }

  stop(): void {
    this.#save?.cancel();
    this.#hold?.cancel();
    this.#close?.cancel();
    this.#end?.cancel();
  }
}
