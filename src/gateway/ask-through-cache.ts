import { keepAnswer } from '../cache/keep-answer.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { Attempted } from './attempt-upstreams.ts';
import { cacheQuestion, replayFor } from './cache-question.ts';
import type { AttemptedExchange, DecodedExchange } from './exchange.ts';

/** What stands for an upstream where none was asked. */
const CACHE_NAME = 'cache';

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
  if (question.kind === 'uncached') return ask(exchange);
  const { cache, key, ttlMs } = question;
  const replayed = replayFor(exchange, await cache.find(key));
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
