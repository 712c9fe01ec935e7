import type { AttemptRules } from '../policy/attempt-rules.ts';
import type { RoutePlan, RouteTarget } from '../routing/route-plan.ts';
import { TargetTurns } from '../routing/target-turns.ts';
import type { UpstreamHealth } from '../routing/upstream-health.ts';
import { assert } from '../std/assert.ts';
import type { DecodedExchange } from './exchange.ts';
import type { AfterAttempt, AttemptStart, Retries } from './repeat-attempts.ts';
import { ruledRetries, statusOf } from './repeat-attempts.ts';
import { sameKeyed } from './same-keyed.ts';

type Outcome = Parameters<Retries['after']>[0];

/**
 * Whose turn each of the attempts is that an AI gateway orders; undefined where all of them are the first
 * target's.
 */
export function ruledTurns(
  exchange: DecodedExchange,
  plan: RoutePlan,
  rules: AttemptRules,
): RuledTurns | undefined {
  const { health } = exchange.walk;
  const targets = sameKeyed(exchange, plan);
  if (health === undefined || rules.attemptsMax <= 1 || targets.length <= 1) return undefined;
  return new RuledTurns(exchange, { health, plan: { ...plan, targets }, rules });
}

interface Ruled {
  readonly health: UpstreamHealth;
  readonly plan: RoutePlan;
  readonly rules: AttemptRules;
}

/**
 * Attempts as the rules of an AI gateway have them, their number and their pauses, over the targets of a
 * plan: each asks the one that was asked least, and who is left alone comes last.
 */
export class RuledTurns implements Retries {
  readonly #exchange: DecodedExchange;
  readonly #health: UpstreamHealth;
  readonly #conversation: RoutePlan['conversation'];
  readonly #turns: TargetTurns;
  readonly #rules: Retries;
  #target: RouteTarget | undefined;

  constructor(exchange: DecodedExchange, { health, plan, rules }: Ruled) {
    this.#exchange = exchange;
    this.#health = health;
    this.#conversation = plan.conversation;
    // How often they are asked is for the rules to say, however few they are.
    const turns = new TargetTurns(plan.targets, health, Number.POSITIVE_INFINITY);
    this.#turns = turns;
    this.#rules = ruledRetries(rules, exchange.walk, () => turns.hasFresh);
  }

  /** Who is asked by the attempt that has begun. */
  get target(): RouteTarget {
    assert(this.#target !== undefined, 'an attempt has begun');
    return this.#target;
  }

  begin(attempt: number): AttemptStart {
    this.#target = this.#turns.take() ?? this.#turns.takeAnyway();
    const { healthKey, firstByteMs } = this.target;
    this.#exchange.trail.occupy(this.#health.loads.enter(healthKey));
    const start = this.#rules.begin(attempt);
    if (firstByteMs === undefined) return start;
    const ruledMs = start.kind === 'first-byte' ? start.timeoutMs : undefined;
    return { kind: 'first-byte', timeoutMs: Math.min(ruledMs ?? Infinity, firstByteMs) };
  }

  after(outcome: Outcome, attempt: number): AfterAttempt {
    const status = statusOf(outcome);
    if (status >= 500) this.#turns.noteFailure(this.target);
    if (status < 400 && this.#conversation !== undefined) {
      // Its prompt is cached there from now on.
      this.#health.conversations.served(this.#conversation, this.target.healthKey);
    }
    const next = this.#rules.after(outcome, attempt);
    if (next.kind === 'again') {
      const { walk, request } = this.#exchange;
      walk.log.info('attempt_repeated', { requestId: request.id, attempt, status });
    }
    return next;
  }
}
