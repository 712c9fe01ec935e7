import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { AttemptReport } from '../routing/circuit-breakers.ts';
import type { AwaitedContent } from './await-content.ts';
import type { AttemptedExchange } from './exchange.ts';
import { planOf } from './plan-of.ts';
import { askedMs, statusOf } from './repeat-attempts.ts';

/**
 * Notes what an attempt came to: for the bill, since one that failed is ours to pay, and for the
 * upstream's breaker. What goes on is its outcome, but for a no that is about our account there.
 */
export function reportAttempt(
  exchange: AttemptedExchange,
  { outcome, usage }: AwaitedContent,
): UpstreamAnswer | Refusal {
  const { walk, bills, request, trail } = exchange;
  const status = statusOf(outcome);
  const isGone = request.cancellation.cancelled;
  const errorCode = isRefusal(outcome) ? outcome.code : undefined;
  trail.end({ status, errorCode }, walk.clock);
  if (hasBreaker(exchange)) noteHealth(exchange, outcome);
  if (status < 400 || isGone) return outcome;
  // What has said how much it read was at work, whatever it says afterwards.
  const hasBegun = usage?.usage.inputTokens !== undefined;
  bills.attemptFailed(usage, hasBegun || mayHaveWorked.has(status));
  return ownersFault(exchange, outcome) ?? outcome;
}

/** Whether requests like this one say how their target fares: those that could go elsewhere, or again. */
export function hasBreaker({ healthKey, walk }: AttemptedExchange): boolean {
  return healthKey !== undefined && walk.health !== undefined;
}

/** A 429 is a matter of time, not of health; reliability §1.2. */
function noteHealth(
  { walk, request, call, healthKey, upstream, trail }: AttemptedExchange,
  outcome: UpstreamAnswer | Refusal,
): void {
  const { health } = walk;
  const key = healthKey ?? upstream.name;
  const status = statusOf(outcome);
  const isGone = request.cancellation.cancelled;
  const said = isGone ? 'said-nothing' : reportOf(status);
  health?.breakers.report(key, said, trail.startedMs);
  // What is said to a key of the caller's own is about that one.
  if (isGone || call.request.providerKey !== undefined) return;
  const refusedMs = refusedPausesMs.get(status);
  if (refusedMs !== undefined) health?.pauses.note(key, refusedMs);
  else if (status === 429) health?.pauses.note(key, askedMs(outcome, walk.clock));
}

/**
 * How long a credential is left alone that is not taken, where there are others (reliability §1.2). A
 * no to its rights may be about the one request, so that is soon asked again.
 */
const refusedPausesMs: ReadonlyMap<number, number> = new Map([
  [401, 60_000],
  [402, 60_000],
  [403, 5000],
]);

/** A no to the request says nothing of how the upstream fares; reliability §1.2. */
function reportOf(status: number): AttemptReport {
  if (status < 400) return 'succeeded';
  return status >= 500 ? 'failed' : 'said-nothing';
}

/** Statuses after which an upstream may have spent tokens that nobody heard of. */
const mayHaveWorked: ReadonlySet<number> = new Set([500, 502, 504]);

/** An upstream that does not take our key, our money or our rights; wallet reference §5.3. */
const aboutAccount: ReadonlySet<number> = new Set([401, 402, 403]);

/**
 * Who pays in advance, or is answered by whoever can, is not to be told of our account at an upstream as
 * if it were the caller's own (reliability §1.2); its owner is.
 */
function ownersFault(
  exchange: AttemptedExchange,
  outcome: UpstreamAnswer | Refusal,
): Refusal | undefined {
  const { call, walk, request, upstream } = exchange;
  const status = statusOf(outcome);
  const isHidden = planOf(exchange).isPrepaid || hasBreaker(exchange);
  const isOurs = isHidden && call.request.providerKey === undefined;
  // What is about files and batches may be refused for reasons of the request's own.
  if (!isOurs || call.model === undefined || !aboutAccount.has(status)) return undefined;
  if (!isRefusal(outcome)) outcome.body.cancel();
  const { name } = upstream;
  walk.log.error('upstream_refuses_account', { requestId: request.id, upstream: name, status });
  const text =
    'The upstream refused the account that the gateway uses there. Its owner has to put that right.';
  return refusal('upstream_failed', text, { reason: 'upstream_auth', isRetryable: false });
}
