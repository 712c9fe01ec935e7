import { isRefusal, refusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import { attemptRulesOf, oneAttempt } from '../policy/attempt-rules.ts';
import type { RetryEnvelope } from '../routing/retry-envelope.ts';
import { adviceAfter, envelopeOf, isAmbiguous, nextTry } from '../routing/retry-envelope.ts';
import { drawOf } from '../std/random.ts';
import type { DecodedExchange } from './exchange.ts';
import { headerIn } from './header-in.ts';
import { planOf } from './plan-of.ts';
import type { AfterAttempt, Retries } from './repeat-attempts.ts';
import { askedMs, statusOf } from './repeat-attempts.ts';

type Outcome = Parameters<Retries['after']>[0];

/** Whether a request is tried again without its caller seeing it; undefined where it is not. */
export function unseenRetries(exchange: DecodedExchange): Retries | undefined {
  const { walk, request, gateway } = exchange;
  const { attemptsMax } = planOf(exchange);
  if (walk.retrying === undefined || attemptsMax <= 1) return undefined;
  if (request.operation !== 'messages.create') return undefined;
  const rules =
    gateway === undefined ? oneAttempt : attemptRulesOf(gateway.policy, gateway.options);
  // Who sets up the gateway has said how often and how long: that holds.
  const isRuled = rules.attemptsMax > 1 || rules.firstByteTimeoutMs !== undefined;
  if (isRuled) return undefined;
  return new UnseenRetries(exchange, envelopeOf(attemptsMax, deadlineMs(exchange)));
}

/** How long the caller waits at most, as clients of the API say it in seconds. */
function deadlineMs({ request }: DecodedExchange): number | undefined {
  const seconds = Number(request.headers['x-stainless-timeout'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** The retry envelope around the attempts of one request; wallet reference §7. */
class UnseenRetries implements Retries {
  readonly #exchange: DecodedExchange;
  readonly #envelope: RetryEnvelope;
  readonly #startedMs: number;
  #ambiguous = 0;

  constructor(exchange: DecodedExchange, envelope: RetryEnvelope) {
    this.#exchange = exchange;
    this.#envelope = envelope;
    this.#startedMs = exchange.walk.clock.monotonicMs();
  }

  begin(): ReturnType<Retries['begin']> {
    return { kind: 'as-it-says' };
  }

  after(outcome: Outcome, attempt: number): AfterAttempt {
    const status = statusOf(outcome);
    const isFinal = isRefusal(outcome) && outcome.isRetryable === false;
    if (status < 400 || isFinal) return { kind: 'done', outcome };
    const { walk, request } = this.#exchange;
    const elapsedMs = walk.clock.monotonicMs() - this.#startedMs;
    const ambiguous = this.#ambiguous;
    const draw = drawOf(walk.random);
    const failed = { status, retryAfterMs: askedMs(outcome, walk.clock) };
    const next = nextTry(failed, { attempt, elapsedMs, ambiguous, draw }, this.#envelope);
    if (isAmbiguous(status)) this.#ambiguous += 1;
    if (next.kind === 'again') {
      walk.log.info('attempt_repeated', { requestId: request.id, attempt, status });
      return next;
    }
    if (next.kind === 'wait-too-long') {
      return { kind: 'done', outcome: upstreamLimited(next.retryAfterMs, outcome) };
    }
    return { kind: 'done', outcome: this.#advised(outcome, status) };
  }

  /** Else clients would try again what was tried as often as it makes sense; rule 5. */
  #advised(outcome: Outcome, status: number): Outcome {
    if (status < 500 && status !== 429) return outcome;
    const { isRetryable } = adviceAfter(status);
    if (isRefusal(outcome)) return { ...outcome, isRetryable: outcome.isRetryable ?? isRetryable };
    const passed = headerIn(outcome.headers, 'retry-after');
    const wait = isRetryable && passed === undefined ? ['retry-after', RETRY_AFTER_S] : [];
    const others = outcome.headers.filter(
      (_, index, all) => all[index - (index % 2)] !== 'x-should-retry',
    );
    return { ...outcome, headers: [...others, 'x-should-retry', String(isRetryable), ...wait] };
  }
}

/** For an overload of which nobody says how long it lasts. */
const RETRY_AFTER_S = '2';

/** Told apart from the caller's own limit by its code; wallet reference §7. */
function upstreamLimited(waitMs: number, outcome: Outcome): Outcome {
  if (!isRefusal(outcome)) cancelBody(outcome);
  const text = 'The upstream limits the rate of requests. Please try again later.';
  const reason = 'upstream_rate_limited';
  return refusal('rate_limited', text, { retryAfterMs: waitMs, reason, members: { code: reason } });
}

function cancelBody({ body }: UpstreamAnswer): void {
  body.cancel();
}
