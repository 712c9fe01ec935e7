import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import { CircuitBreakers } from './circuit-breakers.ts';
import { RetryBudget } from './retry-budget.ts';
import { TargetPauses } from './target-pauses.ts';

/** What is known of how targets fare, all of it from the requests that they got. */
export class UpstreamHealth {
  readonly breakers: CircuitBreakers;
  readonly pauses: TargetPauses;
  readonly budget: RetryBudget = new RetryBudget();

  constructor(clock: Clock, random: Random) {
    this.breakers = new CircuitBreakers(clock, random);
    this.pauses = new TargetPauses(clock);
  }
}
