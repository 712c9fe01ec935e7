import { cacheKeyOf } from '../cache/cache-key.ts';
import type { CacheKey } from '../cache/cache-key.ts';
import type { CacheTtl } from '../cache/cache-ttl.ts';
import { cacheTtlOf } from '../cache/cache-ttl.ts';
import type { CachedAnswer, ResponseCache } from '../cache/response-cache.ts';
import { tenantOf } from '../cache/tenant.ts';
import type { ProviderKey, UpstreamAnswer } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { DecodedExchange, GatewayUse } from './exchange.ts';
import type { WantedShape } from './replay-cached.ts';
import { replayCached } from './replay-cached.ts';
import { withoutBillingHeader } from './strip-billing-header.ts';

/** Largest request that is looked up; Workers reference §3.14. */
const REQUEST_BYTES_MAX = 25 * 1024 * 1024;

/** What a request is looked up by, and for how long its answer is kept. */
export interface CacheQuestion {
  readonly kind: 'question';
  readonly cache: ResponseCache;
  readonly key: CacheKey;
  readonly ttlMs: number;
}

/** Why the response cache has no part in a request. */
export type WhyUncached =
  | 'no_gateway'
  | 'no_cache'
  | 'no_message'
  | 'too_large'
  | 'unreadable'
  | Extract<CacheTtl, { readonly kind: 'not_kept' }>['why'];

/** A request that the response cache has no part in. */
export interface Uncached {
  readonly kind: 'uncached';
  readonly why: WhyUncached;
}

/** What the response cache is asked for a request; what is explained asks the same. */
export function cacheQuestion(
  exchange: DecodedExchange,
  plan: RoutePlan,
): CacheQuestion | Uncached {
  const { gateway, walk, request, call } = exchange;
  const cache = walk.responseCache;
  if (gateway === undefined) return uncached('no_gateway');
  if (cache === undefined) return uncached('no_cache');
  if (request.operation !== 'messages.create') return uncached('no_message');
  if (call.request.body.length > REQUEST_BYTES_MAX) return uncached('too_large');
  const ttl = ttlOf(gateway);
  if (ttl.kind === 'not_kept') return uncached(ttl.why);
  const key = keyOf(exchange, gateway, plan);
  if (key === undefined) return uncached('unreadable');
  return { kind: 'question', cache, key, ttlMs: ttl.seconds * 1000 };
}

function uncached(why: WhyUncached): Uncached {
  return { kind: 'uncached', why };
}

/** A kept answer as it goes to this caller; undefined where there is none, or none in the form that is wanted. */
export function replayFor(
  exchange: DecodedExchange,
  kept: CachedAnswer | undefined,
): UpstreamAnswer | undefined {
  return kept === undefined ? undefined : replayCached(kept, wantedShape(exchange));
}

function ttlOf({ policy, options }: GatewayUse): CacheTtl {
  return cacheTtlOf({
    gatewayTtlSeconds: policy.cacheTtlSeconds,
    askedTtlSeconds: options.cacheTtlSeconds,
    hasName: options.cacheKey !== undefined,
    skipsCache: options.skipCache === true,
  });
}

function keyOf(
  { principal, call, settings }: DecodedExchange,
  { policy, options }: GatewayUse,
  plan: RoutePlan,
): CacheKey | undefined {
  const { operation, path, headers, body } = call.request;
  const changed = policy.cacheInvalidateOnUpdate ? [String(policy.modifiedAtMs)] : [];
  const stripped = settings.billingHeaderStripped;
  const isStripped = plan.targets.every(({ upstream }) => stripped?.has(upstream.name) === true);
  const parts = {
    gateway: [policy.id, String(policy.createdAtMs), ...changed],
    // In whatever order they would be asked this time.
    upstream: [...new Set(plan.targets.map(({ upstream }) => upstream.name))].toSorted().join(' '),
    operation,
    path,
    headers,
    credential: [...proof(call.gateway?.providerKey), ...proof(call.request.providerKey)],
    body: isStripped ? withoutBillingHeader(body) : body,
    name: options.cacheKey,
  };
  return cacheKeyOf(tenantOf(principal), parts, settings.jsonBounds);
}

/** A provider's key: the one that the request brought, used or not, and the one that is used. */
function proof(key: ProviderKey | undefined): readonly string[] {
  return key === undefined ? ['none'] : [key.auth ?? 'stored', key.key.reveal()];
}

/** One piece in another form than the canonical one is made from whatever an upstream gives. */
function wantedShape({ call: { encoder, request } }: DecodedExchange): WantedShape {
  if (encoder === undefined) return request.stream ? 'stream' : 'message';
  return encoder.isStream ? 'stream' : 'either';
}
