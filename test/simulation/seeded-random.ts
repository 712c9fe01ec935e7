import type { Random } from '../../src/std/random.ts';

const GOLDEN = 0x9e3779b9;
const WARM_UP = 12;
const UINT32 = 0x1_0000_0000;

/** Numbers that are the same for the same seed: sfc32, which is small, fast and good enough for tests. */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  /** Streams of one seed have nothing in common, so that one actor's draws do not move another's. */
  constructor(seed: number, stream: number) {
    this.#a = seed >>> 0;
    this.#b = Math.imul(stream + 1, GOLDEN) >>> 0;
    this.#c = (seed ^ GOLDEN) >>> 0;
    for (let turn = 0; turn < WARM_UP; turn += 1) this.next();
  }

  /** From 0 up to, but not, 2³². */
  next(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** From 0 up to, but not, 1. */
  unit(): number {
    return this.next() / UINT32;
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** A whole number, both bounds included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** A name, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.unit() * total;
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    const last = entries.at(-1);
    if (last === undefined) throw new Error('nothing to choose from');
    return last[0];
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) bytes[at] = this.next() & 0xff;
    return bytes;
  }
}
