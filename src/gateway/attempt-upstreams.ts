import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../messages/upstream.ts';
import { accountOperations } from '../messages/upstream.ts';
import type { AttemptRules } from '../policy/attempt-rules.ts';
import { attemptRulesOf, oneAttempt } from '../policy/attempt-rules.ts';
import type { RoutePlan } from '../routing/plan-route.ts';
import type { Cancellation } from '../std/cancellation.ts';
import { awaitContent } from './await-content.ts';
import type { AttemptedExchange, DecodedExchange } from './exchange.ts';
import { guardsAnswer } from './guards-answer.ts';
import { planOf } from './plan-of.ts';
import type { TakeOutcome } from './record-exchange.ts';
import { recordExchange } from './record-exchange.ts';
import { repeatAttempts, ruledRetries } from './repeat-attempts.ts';
import { reportAttempt } from './report-attempt.ts';
import { unseenRetries } from './retry-unseen.ts';
import type { Reported } from './settle-request.ts';

export interface Attempted {
  readonly exchange: AttemptedExchange;
  readonly outcome: UpstreamAnswer | Refusal;
  /** What was said of the usage of an answer that failed, where it was read before this. */
  readonly reported?: Reported;
}

/**
 * Stage 11 of the walk: asks the planned upstreams in turn. Today a plan has one, which is asked as
 * often as the request's gateway says, or the account's plan.
 */
export async function attemptUpstreams(
  exchange: DecodedExchange,
  plan: RoutePlan,
): Promise<Attempted | Refusal> {
  const [upstream] = plan;
  if (upstream === undefined) return refusal('unavailable', 'No upstream is configured.');
  const { request, walk } = exchange;
  const context = { clock: walk.clock, cancellation: request.cancellation };
  const attempted: AttemptedExchange = { ...exchange, upstream };
  const unseen = unseenRetries(exchange);
  if (unseen === undefined) {
    const once = (cancellation: Cancellation): ReturnType<typeof attemptOnce> =>
      attemptOnce(exchange, upstream, cancellation);
    const outcome = await repeatAttempts(once, ruledRetries(rulesOf(exchange), walk), context);
    return { exchange: attempted, outcome };
  }
  let heldMs = 0;
  const outcome = await repeatAttempts(
    async (cancellation) => {
      const answer = await askOnce(exchange, upstream, cancellation);
      const headMs = walk.clock.monotonicMs();
      const awaited = await awaitContent(attempted, answer, cancellation);
      heldMs = walk.clock.monotonicMs() - headMs;
      return reportAttempt(attempted, awaited);
    },
    unseen,
    context,
  );
  return { exchange: { ...attempted, heldMs }, outcome };
}

async function attemptOnce(
  exchange: DecodedExchange,
  upstream: Upstream,
  cancellation: Cancellation,
): Promise<UpstreamAnswer | Refusal> {
  const outcome = await askOnce(exchange, upstream, cancellation);
  return reportAttempt({ ...exchange, upstream }, { outcome, usage: undefined });
}

async function askOnce(
  exchange: DecodedExchange,
  upstream: Upstream,
  cancellation: Cancellation,
): Promise<UpstreamAnswer | Refusal> {
  const { call, request, walk, bills } = exchange;
  const record = recordExchange(exchange, upstream.name);
  bills.sent(upstream.name);
  try {
    const asked = isVerbatim(exchange, record) ? call.request : canonicalOnly(call.request);
    const outcome = await upstream.send(asked, cancellation);
    return record?.(outcome) ?? outcome;
  } catch (error) {
    // A driver answers with a refusal; whatever it throws is a fault of ours.
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    walk.log.error('driver_fault', { requestId: request.id, upstream: upstream.name, reason });
    const outcome = refusal('internal');
    return record?.(outcome) ?? outcome;
  }
}

/** What belongs to an account is asked for once: a second file or batch is another one. */
function rulesOf({ gateway, request, routed }: DecodedExchange): AttemptRules {
  if (gateway === undefined || accountOperations.has(request.operation)) return oneAttempt;
  const rules = attemptRulesOf(gateway.policy, gateway.options);
  // The last attempt may take long where nothing comes after it, and a route may lead on.
  return routed?.hasFallback === true ? { ...rules, limitsLast: true } : rules;
}

/** What was changed of the canonical body, is kept or looked at goes in the canonical form. */
function isVerbatim(exchange: DecodedExchange, record: TakeOutcome | undefined): boolean {
  const { edits, cacheStatus, bills } = exchange;
  const isKept = cacheStatus !== undefined || record !== undefined;
  // The end that a stream gets whose money runs out is written in events of the canonical form.
  const mayStop = bills.bill !== undefined && planOf(exchange).onExhausted === 'stop';
  return edits === undefined && !isKept && !mayStop && !guardsAnswer(exchange);
}

function canonicalOnly({ native: _native, ...request }: UpstreamRequest): UpstreamRequest {
  return request;
}
