import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import { attemptRulesOf, oneAttempt } from '../policy/attempt-rules.ts';
import type { NextTry, RetryEnvelope } from '../routing/retry-envelope.ts';
import type { BudgetShare } from '../routing/retry-budget.ts';
import type { RoutePlan, RouteTarget } from '../routing/route-plan.ts';
import { TargetTurns } from '../routing/target-turns.ts';
import type { UpstreamHealth } from '../routing/upstream-health.ts';
import { adviceAfter, envelopeOf, isAmbiguous, nextTry } from '../routing/retry-envelope.ts';
import { drawOf } from '../std/random.ts';
import { callerWaitMs } from './caller-wait.ts';
import type { DecodedExchange } from './exchange.ts';
import { headerIn } from './header-in.ts';
import { planOf } from './plan-of.ts';
import type { AfterAttempt, Retries } from './repeat-attempts.ts';
import { askedMs, statusOf } from './repeat-attempts.ts';
import { sameKeyed } from './same-keyed.ts';

type Outcome = Parameters<Retries['after']>[0];

/** How a request is tried again, or elsewhere, without its caller seeing it; undefined where it is not. */
export function unseenRetries(
  exchange: DecodedExchange,
  plan: RoutePlan,
): UnseenRetries | undefined {
  const { health } = exchange.walk;
  const [first] = plan.targets;
  const envelope = unseenEnvelope(exchange, plan);
  if (health === undefined || first === undefined || envelope === undefined) return undefined;
  return new UnseenRetries(exchange, { health, plan, first, envelope });
}

/** How often, and for how long, a request may be asked again so; undefined where it is asked as told. */
export function unseenEnvelope(
  exchange: DecodedExchange,
  plan: RoutePlan,
): RetryEnvelope | undefined {
  const { walk, request, gateway } = exchange;
  // With several targets, each may be asked once at least, unless the route says how often.
  const elsewhere = Math.min(ELSEWHERE_MAX, plan.targets.length);
  const attemptsMax = plan.attemptsMax ?? Math.max(planOf(exchange).attemptsMax, elsewhere);
  if (walk.health === undefined || plan.targets.length === 0) return undefined;
  if (attemptsMax <= 1 && plan.targets.length <= 1) return undefined;
  if (request.operation !== 'messages.create') return undefined;
  const rules =
    gateway === undefined ? oneAttempt : attemptRulesOf(gateway.policy, gateway.options);
  // Who sets up the gateway has said how often and how long: that holds.
  const isRuled = rules.attemptsMax > 1 || rules.firstByteTimeoutMs !== undefined;
  if (isRuled) return undefined;
  const envelope = envelopeOf(attemptsMax, callerWaitMs(request));
  return { ...envelope, totalMs: Math.min(envelope.totalMs, plan.totalMs ?? Infinity) };
}

interface Trying {
  readonly health: UpstreamHealth;
  readonly plan: RoutePlan;
  readonly first: RouteTarget;
  readonly envelope: RetryEnvelope;
}

/** Statuses by which an upstream does not take our credential: another one of ours may do. */
const aboutCredential: ReadonlySet<number> = new Set([401, 402, 403]);

/** The retry envelope around the attempts of one request, and whose turn each is; wallet reference §7. */
export class UnseenRetries implements Retries {
  readonly first: RouteTarget;
  readonly #exchange: DecodedExchange;
  readonly #envelope: RetryEnvelope;
  readonly #deadlineMs: number | undefined;
  readonly #health: UpstreamHealth;
  readonly #conversation: RoutePlan['conversation'];
  readonly #turns: TargetTurns;
  readonly #isOnly: boolean;
  readonly #share: BudgetShare;
  readonly #startedMs: number;
  #current: RouteTarget | undefined;
  #ambiguous = 0;

  constructor(exchange: DecodedExchange, { health, plan, first, envelope }: Trying) {
    const targets = sameKeyed(exchange, plan);
    this.first = first;
    this.#exchange = exchange;
    this.#deadlineMs = callerWaitMs(exchange.request);
    this.#envelope = envelope;
    this.#isOnly = targets.length <= 1;
    this.#health = health;
    this.#conversation = plan.conversation;
    this.#turns = new TargetTurns(targets, health);
    this.#share = health.budget.begin(plan.route ?? first.upstream.name);
    this.#startedMs = exchange.walk.clock.monotonicMs();
  }

  /** Who is asked next. The only one is asked whatever is known of it, and so is the last that is left. */
  turn(): RouteTarget | Refusal {
    const isFirst = this.#current === undefined;
    const target =
      this.#turns.take() ?? (isFirst || this.#isOnly ? this.#turns.takeAnyway() : undefined);
    this.#current = target;
    if (target !== undefined) {
      this.#exchange.trail.occupy(this.#health.loads.enter(target.healthKey));
      return target;
    }
    return refusal('unavailable', NOBODY_TEXT, { retryAfterMs: this.#turns.waitMs });
  }

  /** How long a target may take to begin: never longer than its caller waits. */
  beginMs({ firstByteMs }: RouteTarget): number | undefined {
    if (this.#deadlineMs === undefined) return firstByteMs;
    return Math.min(firstByteMs ?? Infinity, Math.max(1, this.#deadlineMs - this.#elapsedMs));
  }

  /** An answer has begun, or none will. */
  end(): void {
    this.#share.end();
  }

  begin(): ReturnType<Retries['begin']> {
    return { kind: 'as-it-says' };
  }

  after(outcome: Outcome, attempt: number): AfterAttempt {
    const status = statusOf(outcome);
    if (status < 400) {
      this.#noteServed();
      return { kind: 'done', outcome };
    }
    const next = this.#next(outcome, attempt);
    if (next.kind === 'again') {
      const { walk, request } = this.#exchange;
      walk.log.info('attempt_repeated', { requestId: request.id, attempt, status });
      return next;
    }
    if (next.kind === 'wait-too-long') {
      return { kind: 'done', outcome: upstreamLimited(next.retryAfterMs, outcome) };
    }
    return { kind: 'done', outcome: this.#advised(outcome, status) };
  }

  /** Its prompt is cached there from now on. */
  #noteServed(): void {
    if (this.#conversation === undefined || this.#current === undefined) return;
    this.#health.conversations.served(this.#conversation, this.#current.healthKey);
  }

  get #elapsedMs(): number {
    return this.#exchange.walk.clock.monotonicMs() - this.#startedMs;
  }

  #next(outcome: Outcome, attempt: number): NextTry {
    const { walk } = this.#exchange;
    const status = statusOf(outcome);
    const current = this.#current;
    if (current === undefined) return { kind: 'end' };
    if (status >= 500) this.#turns.noteFailure(current);
    const canElsewhere = this.#turns.hasFresh;
    if (refusesCredential(outcome) && !this.#isCallersKey) {
      this.#turns.exclude(current);
      if (canElsewhere && attempt < this.#envelope.attemptsMax) return atOnce;
    }
    if (isRefusal(outcome) && outcome.isRetryable === false) return { kind: 'end' };
    const draw = drawOf(walk.random);
    const ambiguous = this.#ambiguous;
    // How long this one wants to be left alone is no reason to wait where another one is there.
    const retryAfterMs = canElsewhere ? undefined : askedMs(outcome, walk.clock);
    const state = { attempt, elapsedMs: this.#elapsedMs, ambiguous, draw };
    const next = nextTry({ status, retryAfterMs }, state, this.#envelope);
    if (isAmbiguous(status)) this.#ambiguous += 1;
    if (next.kind !== 'again') return next;
    // Whoever has not been asked and is not known to fail is no load for those that do.
    if (canElsewhere) return atOnce;
    return this.#share.takeRetry() ? next : { kind: 'end' };
  }

  /** A key of the caller's own that is not taken is the caller's to put right. */
  get #isCallersKey(): boolean {
    return this.#exchange.call.request.providerKey !== undefined;
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

const atOnce: NextTry = { kind: 'again', pauseMs: 0 };
/** Reliability §1.2: attempts in all, however many targets there are. */
const ELSEWHERE_MAX = 3;
const NOBODY_TEXT = 'No upstream can take the request right now. Please try again later.';

function refusesCredential(outcome: Outcome): boolean {
  if (isRefusal(outcome) && outcome.reason === 'upstream_auth') return true;
  return !isRefusal(outcome) && aboutCredential.has(outcome.status);
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
