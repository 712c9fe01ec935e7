import type { CacheTtl } from './cache-breakpoints.ts';
import { cacheBreakpoints } from './cache-breakpoints.ts';
import type { CacheablePrompt } from './prefix-keys.ts';
import { prefixKeys } from './prefix-keys.ts';
import { promptPositions } from './prompt-positions.ts';

/** How many positions a breakpoint looks back over, itself included (API reference §6.1). */
const LOOK_BACK_POSITIONS = 20;

/** A breakpoint as the cache sees it. */
export interface PlannedBreakpoint {
  readonly ttl: CacheTtl;
  /** Tokens of the prompt up to here. */
  readonly tokens: number;
  /** The key of the prefix that ends here. */
  readonly key: string;
  /** The keys of the prefixes that may be read instead, longest first. */
  readonly earlierKeys: readonly string[];
}

/** What a request asks of the cache. Without breakpoints it neither reads nor writes. */
export interface CachingPlan {
  readonly breakpoints: readonly PlannedBreakpoint[];
  readonly totalTokens: number;
  /** A shorter prefix is not stored. */
  readonly tokensMin: number;
}

/** Works out what a request of an account asks of the cache: the pure part of it (API reference §6.6). */
export function planCaching(prompt: CacheablePrompt, account: string): CachingPlan {
  const { request, counted, facts } = prompt;
  const positions = promptPositions(request);
  const ttls = ttlsByPosition(cacheBreakpoints(request, positions));
  const last = Math.max(-1, ...ttls.keys());
  const keys = last < 0 ? [] : prefixKeys(prompt, account, { positions, last });
  const breakpoints: PlannedBreakpoint[] = [];
  let tokens = 0;
  const shown: string[] = [];
  for (const [index, key] of keys.entries()) {
    tokens += counted.positions[index] ?? 0;
    if (key !== undefined) shown.push(key);
    const ttl = ttls.get(index);
    if (ttl === undefined || key === undefined) continue;
    const earlierKeys = shown.slice(-LOOK_BACK_POSITIONS, -1).toReversed();
    breakpoints.push({ ttl, tokens, key, earlierKeys });
  }
  return { breakpoints, totalTokens: counted.total, tokensMin: facts.cacheTokensMin };
}

/** Where one block carries several marks, the longest life holds. */
function ttlsByPosition({
  explicit,
  automaticTtl,
  automaticPosition,
}: ReturnType<typeof cacheBreakpoints>): ReadonlyMap<number, CacheTtl> {
  const ttls = new Map<number, CacheTtl>();
  const add = (position: number, ttl: CacheTtl): void => {
    if (ttls.get(position) !== '1h') ttls.set(position, ttl);
  };
  for (const { position, ttl } of explicit) add(position, ttl);
  if (automaticTtl !== undefined && automaticPosition !== undefined) {
    add(automaticPosition, automaticTtl);
  }
  return ttls;
}
