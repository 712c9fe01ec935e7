import type { Clock, Timer } from '../std/clock.ts';

/** How things gather, and how they are written. */
export interface GatheringOptions<Item> {
  readonly clock: Clock;
  /** How long things gather before they are written. */
  readonly gatherMs: number;
  /** How many are written without waiting for more. */
  readonly itemsMax: number;
  /** How many bytes are; no bound where absent. */
  readonly bytesMax?: number;
  /** Writes them. It never rejects: what became of them is its own to say. */
  readonly write: (items: readonly Item[]) => Promise<void>;
}

/**
 * Gathers what is to be written, so that many are one write, and writes one lot behind the other: the
 * order on the disk is that in which things came. What waits is bounded by whoever adds to it.
 */
export class GatheredWrites<Item> {
  readonly #options: GatheringOptions<Item>;
  #items: Item[] = [];
  #bytes = 0;
  #handedOver = 0;
  /** Settles when everything that was handed over is on disk, or is not. */
  #writing: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;

  constructor(options: GatheringOptions<Item>) {
    this.#options = options;
  }

  /** How many are not written yet. */
  get waiting(): number {
    return this.#items.length + this.#handedOver;
  }

  add(item: Item, bytes = 0): void {
    const { clock, gatherMs, itemsMax, bytesMax = Infinity } = this.#options;
    this.#items.push(item);
    this.#bytes += bytes;
    if (this.#items.length >= itemsMax || this.#bytes >= bytesMax) this.#flush();
    else
      this.#timer ??= clock.after(gatherMs, () => {
        this.#flush();
      });
  }

  /** Writes what there is, and resolves once all that was added so far is written, or is lost. */
  settled(): Promise<void> {
    this.#flush();
    return this.#writing;
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    this.#handedOver += items.length;
    this.#writing = this.#writing.then(async () => {
      await this.#options.write(items);
      this.#handedOver -= items.length;
    });
  }
}
