import { cacheKeyOf } from '../cache/cache-key.ts';
import type { CacheKey } from '../cache/cache-key.ts';
import { cacheTtlSeconds } from '../cache/cache-ttl.ts';
import { keepAnswer } from '../cache/keep-answer.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import { tenantOf } from '../cache/tenant.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { ProviderKey } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { Attempted } from './attempt-upstreams.ts';
import type { AttemptedExchange, DecodedExchange, GatewayUse } from './exchange.ts';
import type { WantedShape } from './replay-cached.ts';
import { replayCached } from './replay-cached.ts';
import { withoutBillingHeader } from './strip-billing-header.ts';

/** What stands for an upstream where none was asked. */
const CACHE_NAME = 'cache';

/** Largest request that is looked up; Workers reference §3.14. */
const REQUEST_BYTES_MAX = 25 * 1024 * 1024;

/** What the later stages do, up to an upstream's answer. */
type Ask = (exchange: DecodedExchange) => Promise<Attempted | Refusal>;

/**
 * Stage 8 of the walk: an answer that the account had before to the same request goes out again, as
 * if an upstream had just given it; any other one is kept on its way out. Where the gateway of a
 * request caches nothing, this is `ask` and no more. Workers reference §3.5.
 */
export async function askThroughCache(
  exchange: DecodedExchange,
  plan: RoutePlan,
  ask: Ask,
): Promise<Attempted | Refusal> {
  const question = cacheQuestion(exchange, plan);
  if (question === undefined) return ask(exchange);
  const { cache, key, ttlMs } = question;
  const kept = await cache.find(key);
  const replayed = kept === undefined ? undefined : replayCached(kept, wantedShape(exchange));
  if (replayed !== undefined) return { exchange: asHit(exchange), outcome: replayed };
  const attempted = await ask({ ...exchange, cacheStatus: 'MISS' });
  if (isRefusal(attempted) || isRefusal(attempted.outcome)) return attempted;
  const outcome = keepAnswer(attempted.outcome, {
    cache,
    keep: (answer) => {
      cache.keep(key, answer, ttlMs);
    },
  });
  return { ...attempted, outcome };
}

interface CacheQuestion {
  readonly cache: ResponseCache;
  readonly key: CacheKey;
  readonly ttlMs: number;
}

function cacheQuestion(exchange: DecodedExchange, plan: RoutePlan): CacheQuestion | undefined {
  const { gateway, walk, request, call } = exchange;
  const cache = walk.responseCache;
  if (gateway === undefined || cache === undefined) return undefined;
  const isLarge = call.request.body.length > REQUEST_BYTES_MAX;
  if (request.operation !== 'messages.create' || isLarge) return undefined;
  const seconds = ttlSeconds(gateway);
  if (seconds === undefined) return undefined;
  const key = keyOf(exchange, gateway, plan);
  return key === undefined ? undefined : { cache, key, ttlMs: seconds * 1000 };
}

function ttlSeconds({ policy, options }: GatewayUse): number | undefined {
  return cacheTtlSeconds({
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

/** No upstream was asked, and nothing is to be paid. */
function asHit(exchange: DecodedExchange): AttemptedExchange {
  const { call } = exchange;
  const encoder = call.encoder?.forFree?.();
  return {
    ...exchange,
    cacheStatus: 'HIT',
    upstream: { name: CACHE_NAME },
    ...(encoder === undefined ? {} : { call: { ...call, encoder } }),
  };
}
