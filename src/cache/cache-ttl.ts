/** What decides whether and for how long an answer is kept; Workers reference §3.2, §3.5. */
export interface TtlQuestion {
  /** The gateway's own; null or 0 where it caches nothing by itself. */
  readonly gatewayTtlSeconds: number | null;
  /** What the request asks for; 0 is not to cache. */
  readonly askedTtlSeconds: number | undefined;
  /** Whether the request names its answer, which alone is reason enough to cache. */
  readonly hasName: boolean;
  readonly skipsCache: boolean;
}

/** For a request that names its answer on a gateway that has no time of its own. */
const NAMED_TTL_SECONDS = 300;

/** For how long an answer is kept, or why it is not. */
export type CacheTtl =
  | { readonly kind: 'kept'; readonly seconds: number }
  /** The request skips the cache, asks for no time at all, or goes through a gateway that keeps nothing. */
  | { readonly kind: 'not_kept'; readonly why: 'skipped' | 'zero_ttl' | 'gateway_off' };

/**
 * For how long the answer to a request may be given again, or why the cache has no part in it. A time
 * alone does not turn the cache on: it tunes a request that is cached anyway.
 */
export function cacheTtlOf(question: TtlQuestion): CacheTtl {
  const { gatewayTtlSeconds, askedTtlSeconds, hasName, skipsCache } = question;
  const own = gatewayTtlSeconds ?? 0;
  if (skipsCache) return { kind: 'not_kept', why: 'skipped' };
  if (askedTtlSeconds === 0) return { kind: 'not_kept', why: 'zero_ttl' };
  if (own <= 0 && !hasName) return { kind: 'not_kept', why: 'gateway_off' };
  return { kind: 'kept', seconds: askedTtlSeconds ?? (own > 0 ? own : NAMED_TTL_SECONDS) };
}
