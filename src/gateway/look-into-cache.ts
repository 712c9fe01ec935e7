import type { RoutePlan } from '../routing/route-plan.ts';
import type { Uncached } from './cache-question.ts';
import { cacheQuestion, replayFor } from './cache-question.ts';
import type { DecodedExchange } from './exchange.ts';

/** What the response cache has for a request, and for how long it keeps an answer to it. */
export type CacheLook =
  | Uncached
  | {
      readonly kind: 'miss';
      readonly ttlMs: number;
      /** There is an answer, in a form that this caller cannot be given. */
      readonly hasOtherForm: boolean;
    }
  | { readonly kind: 'hit'; readonly ttlMs: number; readonly leftMs: number };

/** Looks for an answer as stage 8 of the walk does, and leaves it as it is. */
export async function lookIntoCache(
  exchange: DecodedExchange,
  plan: RoutePlan,
): Promise<CacheLook> {
  const question = cacheQuestion(exchange, plan);
  if (question.kind === 'uncached') return question;
  const { cache, key, ttlMs } = question;
  const found = await cache.look(key);
  if (found === undefined) return { kind: 'miss', ttlMs, hasOtherForm: false };
  if (replayFor(exchange, found.answer) === undefined) {
    return { kind: 'miss', ttlMs, hasOtherForm: true };
  }
  return { kind: 'hit', ttlMs, leftMs: found.leftMs };
}
