import { afterThisRound } from '../std/clock.ts';

/**
 * Has pieces of work done one in each round of the event loop, in the order in which they asked: what
 * else is ready goes in between. For work that nobody's request should wait for, of which much comes
 * at once: a page of the console asks six questions in one go, each a millisecond long.
 */
export class LoopTurns {
  readonly #waiting: (() => void)[] = [];

  /** Resolves when it is the caller's turn, at the earliest in the next round. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) this.#comeRound();
    });
  }

  #comeRound(): void {
    afterThisRound(() => {
      this.#waiting.shift()?.();
      if (this.#waiting.length > 0) this.#comeRound();
    });
  }
}
