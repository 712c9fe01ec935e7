import type { CacheKey } from './cache-key.ts';

/** A whole answer with status 200, in the canonical form, as it came: events, or one piece. */
export interface CachedAnswer {
  readonly isEventStream: boolean;
  readonly bytes: Uint8Array;
}

/** An answer that is there, and for how much longer it may be given. */
export interface FoundAnswer {
  readonly answer: CachedAnswer;
  readonly leftMs: number;
}

/** Where answers are kept. What it loses or cannot take costs an upstream call and nothing else. */
export interface ResponseCache {
  /** An answer whose time is not up. */
  find(key: CacheKey): Promise<CachedAnswer | undefined>;
  /** The same for whoever only wants to know: it is as old, and as soon forgotten, as before. */
  look(key: CacheKey): Promise<FoundAnswer | undefined>;
  /** Takes an answer without making anyone wait; one that is too large is not taken. */
  keep(key: CacheKey, answer: CachedAnswer, ttlMs: number): void;
  /** Whether so many bytes more of answers that are still coming may be held. */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
  /** Largest answer that is kept. */
  readonly answerBytesMax: number;
}
