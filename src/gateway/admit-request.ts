import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { GatewayPolicy, GatewayRateLimit } from '../policy/gateway-policy.ts';
import type { DecodedExchange, Walk } from './exchange.ts';

const MS_PER_SECOND = 1000;

/**
 * Stage 7 of the walk: whether the gateway's rate limit lets the request through. It comes before
 * the cache, so an answer that is given again counts, and after what judges the request and its
 * model, so one that is refused for these does not. Workers reference §3.6.
 */
export function admitRequest(exchange: DecodedExchange): DecodedExchange | Refusal {
  const { gateway, walk, call, routed } = exchange;
  // A request of several steps, or of several models, was admitted as a whole.
  const isAdmitted = call.gateway?.step !== undefined || routed !== undefined;
  if (gateway === undefined || isAdmitted) return exchange;
  return admitToGateway(gateway.policy, walk.limiter) ?? exchange;
}

/** Counts one request of a gateway, or says why it may not pass. */
export function admitToGateway(
  { account, id, rateLimit }: GatewayPolicy,
  limiter: Walk['limiter'],
): Refusal | undefined {
  if (rateLimit === undefined) return undefined;
  const { limit, intervalSeconds, technique } = rateLimit;
  const rule = { limit, intervalMs: intervalSeconds * MS_PER_SECOND, technique };
  const admission = limiter.admit({ account, name: id }, rule);
  return admission.kind === 'permit'
    ? undefined
    : tooManyRequests(id, rateLimit, admission.retryAfterMs);
}

/** What is said of one request too many: number 2003, by its word. Workers reference §3.15. */
export function tooManyRequests(id: string, rule: GatewayRateLimit, retryAfterMs: number): Refusal {
  const { limit, intervalSeconds } = rule;
  const text = `Rate limited: the gateway "${id}" lets ${counted(limit, 'request')} through in ${counted(intervalSeconds, 'second')}. Please try again in ${counted(Math.ceil(retryAfterMs / MS_PER_SECOND), 'second')}.`;
  return refusal('rate_limited', text, { retryAfterMs, reason: 'gateway_rate_limited' });
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
