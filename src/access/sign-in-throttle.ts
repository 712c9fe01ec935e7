import type { Clock } from '../std/clock.ts';
import { networkOfAddress } from '../std/network-of-address.ts';

interface Attempts {
  readonly count: number;
  readonly lastMs: number;
  /** Nothing is tried before. */
  readonly untilMs: number;
}

/** A typing error is nobody's guess: so many are free, then each wait is twice the one before. */
const FREE_OF_NAME = 5;
/** Several operators may sit behind one address. */
const FREE_OF_ADDRESS = 20;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** Without another attempt for so long, it begins anew. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;
/** Of too many names or addresses the one that was tried longest ago is forgotten. */
const ENTRIES_MAX = 10_000;

/**
 * How often passwords and the setup token may be tried: by the name that is tried and by the address
 * that tries. An attempt counts from its beginning, so that many at once are many; one that succeeds
 * is taken back. Reliability §3.3.
 */
export class SignInThrottle {
  readonly #clock: Clock;
  readonly #names: AttemptCounts;
  readonly #addresses: AttemptCounts;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#names = new AttemptCounts(FREE_OF_NAME);
    this.#addresses = new AttemptCounts(FREE_OF_ADDRESS);
  }

  /** Counts an attempt; how long to wait where it is too early for one. */
  attempt(name: string, address: string | undefined): number | undefined {
    const nowMs = this.#clock.monotonicMs();
    const waitMs = Math.max(
      this.#names.waitMs(name, nowMs),
      this.#addresses.waitMs(networkOfAddress(address), nowMs),
    );
    if (waitMs > 0) return waitMs;
    this.#names.add(name, nowMs);
    this.#addresses.add(networkOfAddress(address), nowMs);
    return undefined;
  }

  /** Takes an attempt back that was no guess. */
  succeeded(name: string, address: string | undefined): void {
    this.#names.forget(name);
    this.#addresses.takeBack(networkOfAddress(address));
  }
}

/** Attempts by one thing that they have in common. */
class AttemptCounts {
  readonly #free: number;
  /** In order of their last attempt. */
  readonly #byName = new Map<string, Attempts>();

  constructor(free: number) {
    this.#free = free;
  }

  waitMs(name: string, nowMs: number): number {
    return Math.max(0, (this.#byName.get(name)?.untilMs ?? 0) - nowMs);
  }

  add(name: string, nowMs: number): void {
    const before = this.#byName.get(name);
    const isStale = before === undefined || nowMs - before.lastMs > FORGOTTEN_AFTER_MS;
    const count = isStale ? 1 : before.count + 1;
    const doublings = count - this.#free;
    const waitMs =
      doublings < 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** Math.min(doublings, 20), LONGEST_WAIT_MS);
    this.#byName.delete(name);
    this.#byName.set(name, { count, lastMs: nowMs, untilMs: nowMs + waitMs });
    if (this.#byName.size <= ENTRIES_MAX) return;
    const oldest = this.#byName.keys().next();
    if (oldest.done !== true) this.#byName.delete(oldest.value);
  }

  forget(name: string): void {
    this.#byName.delete(name);
  }

  takeBack(name: string): void {
    const attempts = this.#byName.get(name);
    if (attempts === undefined) return;
    const { count, lastMs } = attempts;
    if (count <= 1) this.#byName.delete(name);
    else this.#byName.set(name, { count: count - 1, lastMs, untilMs: 0 });
  }
}
