import { assert } from '../../std/assert.ts';
import type { Clock } from '../../std/clock.ts';
import type { CacheTtl } from './cache-breakpoints.ts';
import type { CachingPlan, PlannedBreakpoint } from './plan-caching.ts';

const ENTRIES_MAX = 100_000;
const MINUTE_MS = 60_000;

const lifeMs: Readonly<Record<CacheTtl, number>> = { '5m': 5 * MINUTE_MS, '1h': 60 * MINUTE_MS };

/** What the cache did for a request, in input tokens. What is left of the input was neither. */
export interface CacheUse {
  readonly readTokens: number;
  readonly write5mTokens: number;
  readonly write1hTokens: number;
}

interface Entry {
  readonly tokens: number;
  readonly ttl: CacheTtl;
  /** Others may read it once the answer that wrote it begins. */
  readonly readableFromMs: number;
  readonly expiresMs: number;
}

export interface PromptCacheOptions {
  readonly clock: Clock;
  /** What was not used for longest goes first. */
  readonly entriesMax?: number;
}

/**
 * The prompt cache of all accounts (API reference §6.6). It holds keys and counts, no content; an
 * account and a model are part of every key, so neither ever meets another's entries.
 */
export class PromptCache {
  readonly #clock: Clock;
  readonly #entriesMax: number;
  /** In order of use, the oldest first. */
  readonly #entries = new Map<string, Entry>();

  constructor({ clock, entriesMax = ENTRIES_MAX }: PromptCacheOptions) {
    assert(entriesMax > 0, 'a cache has room');
    this.#clock = clock;
    this.#entriesMax = entriesMax;
  }

  /** Reads and writes what a request asks for. Its answer begins in `beginsInMs` from now. */
  use(plan: CachingPlan, beginsInMs: number): CacheUse {
    const nowMs = this.#clock.monotonicMs();
    let readTokens = 0;
    // All reads come first: a request does not read what it writes itself.
    for (const breakpoint of plan.breakpoints) {
      readTokens = Math.max(readTokens, this.#read(breakpoint, nowMs));
    }
    readTokens = Math.min(readTokens, plan.totalTokens);
    let end1hTokens = readTokens;
    let endTokens = readTokens;
    for (const breakpoint of plan.breakpoints) {
      if (breakpoint.tokens < plan.tokensMin) continue;
      this.#write(breakpoint, nowMs, nowMs + beginsInMs);
      endTokens = Math.max(endTokens, breakpoint.tokens);
      if (breakpoint.ttl === '1h') end1hTokens = Math.max(end1hTokens, breakpoint.tokens);
    }
    return {
      readTokens,
      write5mTokens: endTokens - end1hTokens,
      write1hTokens: end1hTokens - readTokens,
    };
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The tokens of the longest stored prefix. Reading one gives it its whole life again. */
  #read({ key, earlierKeys }: PlannedBreakpoint, nowMs: number): number {
    for (const candidate of [key, ...earlierKeys]) {
      const entry = this.#alive(candidate, nowMs);
      if (entry === undefined || entry.readableFromMs > nowMs) continue;
      this.#put(candidate, { ...entry, expiresMs: nowMs + lifeMs[entry.ttl] });
      return entry.tokens;
    }
    return 0;
  }

  #write({ key, ttl, tokens }: PlannedBreakpoint, nowMs: number, readableFromMs: number): void {
    const stored = this.#alive(key, nowMs);
    if (stored !== undefined && stored.readableFromMs <= nowMs) return;
    // Of requests that write the same at once, the first answer to begin makes it readable.
    const firstMs = Math.min(stored?.readableFromMs ?? Infinity, readableFromMs);
    this.#put(key, { tokens, ttl, readableFromMs: firstMs, expiresMs: nowMs + lifeMs[ttl] });
    this.#makeRoom();
  }

  #alive(key: string, nowMs: number): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresMs > nowMs) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** Deleting first makes it the newest in the map's order. */
  #put(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #makeRoom(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#entriesMax) return;
      this.#entries.delete(key);
    }
  }
}
