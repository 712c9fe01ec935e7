import type { Clock } from '../std/clock.ts';

const HOUR_MS = 3_600_000;
const KEYS_MAX = 10_000;

/**
 * Counts by key and hour the requests that their callers left before any of the answer was sent: they
 * cost us the input, so who does it all the time pays for that (wallet reference §4.5).
 */
export class AbandonedRequests {
  readonly #clock: Clock;
  #hour = 0;
  #byKey = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one more; how many it is by now. */
  note(keyId: string): number {
    const hour = Math.floor(this.#clock.wallMs() / HOUR_MS);
    if (hour !== this.#hour || this.#byKey.size >= KEYS_MAX) {
      this.#hour = hour;
      this.#byKey = new Map();
    }
    const count = (this.#byKey.get(keyId) ?? 0) + 1;
    this.#byKey.set(keyId, count);
    return count;
  }
}
