import { assert } from '../std/assert.ts';
import type { Clock } from '../std/clock.ts';
import type { CacheKey } from './cache-key.ts';
import type { CachedAnswer, FoundAnswer, ResponseCache } from './response-cache.ts';

export interface MemoryCacheOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** All that it holds: answers kept, and answers on their way. */
  readonly bytesMax: number;
  /** One answer. */
  readonly answerBytesMax: number;
}

interface Entry {
  readonly answer: CachedAnswer;
  readonly weightBytes: number;
  readonly untilMs: number;
}

/** What an entry weighs besides its bytes: key, objects, its place in the table. */
const ENTRY_OVERHEAD_BYTES = 512;
/** The share of the memory that answers on their way may take. */
const COMING_SHARE = 4;

/** Answers in this process's memory, within a bound of bytes: the one least recently given goes first. */
export class MemoryCache implements ResponseCache {
  readonly answerBytesMax: number;
  readonly #clock: MemoryCacheOptions['clock'];
  readonly #keptBytesMax: number;
  readonly #comingBytesMax: number;
  /** In the order in which they were last given. */
  readonly #entries = new Map<CacheKey, Entry>();
  #keptBytes = 0;
  #comingBytes = 0;

  constructor({ clock, bytesMax, answerBytesMax }: MemoryCacheOptions) {
    this.#clock = clock;
    this.answerBytesMax = answerBytesMax;
    this.#comingBytesMax = Math.floor(bytesMax / COMING_SHARE);
    this.#keptBytesMax = bytesMax - this.#comingBytesMax;
  }

  /** Everything that is held now. */
  get heldBytes(): number {
    return this.#keptBytes + this.#comingBytes;
  }

  find(key: CacheKey): Promise<CachedAnswer | undefined> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return Promise.resolve(undefined);
    this.#remove(key, entry);
    if (entry.untilMs <= this.#clock.monotonicMs()) return Promise.resolve(undefined);
    this.#insert(key, entry);
    return Promise.resolve(entry.answer);
  }

  look(key: CacheKey): Promise<FoundAnswer | undefined> {
    const entry = this.#entries.get(key);
    const leftMs = entry === undefined ? 0 : entry.untilMs - this.#clock.monotonicMs();
    const isThere = entry !== undefined && leftMs > 0;
    return Promise.resolve(isThere ? { answer: entry.answer, leftMs } : undefined);
  }

  keep(key: CacheKey, answer: CachedAnswer, ttlMs: number): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#remove(key, old);
    const weightBytes = answer.bytes.length + ENTRY_OVERHEAD_BYTES;
    if (answer.bytes.length > this.answerBytesMax || weightBytes > this.#keptBytesMax) return;
    this.#makeRoom(weightBytes);
    const untilMs = this.#clock.monotonicMs() + ttlMs;
    this.#insert(key, { answer, weightBytes, untilMs });
    assert(this.#keptBytes <= this.#keptBytesMax, 'the cache keeps no more than its bound');
  }

  reserve(bytes: number): boolean {
    if (this.#comingBytes + bytes > this.#comingBytesMax) return false;
    this.#comingBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#comingBytes -= bytes;
    assert(this.#comingBytes >= 0, 'no more is given back than was taken');
  }

  #makeRoom(bytes: number): void {
    for (const [key, entry] of this.#entries) {
      if (this.#keptBytes + bytes <= this.#keptBytesMax) return;
      this.#remove(key, entry);
    }
  }

  #insert(key: CacheKey, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#keptBytes += entry.weightBytes;
  }

  #remove(key: CacheKey, entry: Entry): void {
    this.#entries.delete(key);
    this.#keptBytes -= entry.weightBytes;
  }
}
