import { createHash } from 'node:crypto';

const BLOCK_BYTES = 32;
const BYTE_VALUES = 256;
const DRAW_BYTES = 4;
const DRAW_VALUES = 2 ** 32;

/**
 * Numbers that look random and follow from a key alone: SHA-256 over the key and a counter.
 * Everything the emulator chooses comes from here, so the same request has the same answer.
 */
export class DeterministicRandom {
  readonly #key: Buffer;
  #counter = 0;
  #block: Buffer = Buffer.alloc(0);
  #used = 0;

  constructor(...parts: readonly (string | Uint8Array)[]) {
    const hash = createHash('sha256');
    for (const part of parts) {
      // The length in front keeps ('ab', 'c') and ('a', 'bc') apart.
      hash.update(`${String(part.length)}:`);
      hash.update(part);
    }
    this.#key = hash.digest();
  }

  /** Another generator of the same origin: what it gives does not depend on what was drawn here. */
  fork(label: string): DeterministicRandom {
    return new DeterministicRandom(this.#key, label);
  }

  bytes(count: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      if (this.#used === this.#block.length) this.#refill();
      const taken = Math.min(count - filled, this.#block.length - this.#used);
      this.#block.copy(bytes, filled, this.#used, this.#used + taken);
      this.#used += taken;
      filled += taken;
    }
    return bytes;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.#fraction() * bound);
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True in about `percent` of a hundred draws. */
  chance(percent: number): boolean {
    return this.#fraction() * 100 < percent;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  pick<Item>(items: readonly Item[]): Item | undefined;
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)];
  }

  #fraction(): number {
    let value = 0;
    for (const byte of this.bytes(DRAW_BYTES)) value = value * BYTE_VALUES + byte;
    return value / DRAW_VALUES;
  }

  #refill(): void {
    const counter = Buffer.allocUnsafe(DRAW_BYTES);
    counter.writeUInt32BE(this.#counter);
    this.#counter += 1;
    this.#block = createHash('sha256').update(this.#key).update(counter).digest();
    this.#used = BLOCK_BYTES - this.#block.length;
  }
}
