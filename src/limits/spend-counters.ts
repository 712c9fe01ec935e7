/** What is counted together: one budget of one gateway of one account. */
export interface SpendName {
  readonly account: string;
  readonly gatewayId: string;
  readonly name: string;
}

/** When the count of a budget begins and when it is forgotten, in milliseconds since the epoch. */
export interface CountedWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** Where counts outlive the process. */
export interface SpendStore {
  spentNanoUsd(name: SpendName, window: CountedWindow): bigint;
  /** Resolves once it is durable. */
  add(name: SpendName, window: CountedWindow, nanoUsd: bigint): Promise<void>;
}

/** Most counts in memory at once. */
const COUNTS_MAX = 10_000;

interface Count {
  readonly startMs: number;
  spent: bigint;
}

export interface SpendCountersOptions {
  /** Without one, counts end with the process. */
  readonly store?: SpendStore;
  /** Hears of what could not be written: it counts until the process ends. */
  readonly onFault?: (fault: unknown) => void;
  readonly countsMax?: number;
}

/**
 * What was spent of budgets in their windows. Counts are exact while they are in memory, and read
 * from the store where they are not; a request that is under way counts once it has been paid for.
 * Workers reference §3.6.
 */
export class SpendCounters {
  readonly #store: SpendStore | undefined;
  readonly #onFault: (fault: unknown) => void;
  readonly #countsMax: number;
  /** In order of use. */
  readonly #byName = new Map<string, Count>();

  constructor({ store, onFault = () => {}, countsMax = COUNTS_MAX }: SpendCountersOptions = {}) {
    this.#store = store;
    this.#onFault = onFault;
    this.#countsMax = countsMax;
  }

  /** How much was spent in the window. */
  spent(name: SpendName, window: CountedWindow): bigint {
    return this.#count(name, window).spent;
  }

  /** Counts what a request cost. */
  add(name: SpendName, window: CountedWindow, nanoUsd: bigint): void {
    if (nanoUsd <= 0n) return;
    this.#count(name, window).spent += nanoUsd;
    this.#store?.add(name, window, nanoUsd).catch(this.#onFault);
  }

  #count(name: SpendName, window: CountedWindow): Count {
    const key = JSON.stringify([name.account, name.gatewayId, name.name]);
    const known = this.#byName.get(key);
    const count =
      known?.startMs === window.startMs
        ? known
        : {
            startMs: window.startMs,
            spent: this.#store?.spentNanoUsd(name, window) ?? 0n,
          };
    // What began in a window that has passed may end later: the one that it is now goes on.
    if (known !== undefined && known.startMs >= window.endMs) return count;
    this.#byName.delete(key);
    this.#byName.set(key, count);
    if (this.#byName.size > this.#countsMax) {
      const oldest = this.#byName.keys().next();
      if (oldest.done !== true) this.#byName.delete(oldest.value);
    }
    return count;
  }
}
