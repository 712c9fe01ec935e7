import type { Upstream } from '../messages/upstream.ts';
import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import { CircuitBreakers } from './circuit-breakers.ts';
import { DrainedUpstreams } from './drained-upstreams.ts';
import type { TargetStates } from './order-targets.ts';
import { RetryBudget } from './retry-budget.ts';
import { healthPrefixOf } from './route-plan.ts';
import { ServedConversations } from './served-conversations.ts';
import { TargetLoads } from './target-loads.ts';
import { TargetPauses } from './target-pauses.ts';

/** How a target fares at one moment. */
export interface TargetSnapshot {
  readonly healthKey: string;
  /** Whether its breaker leaves it alone, or waits for the one request that finds out. */
  readonly isBroken: boolean;
  readonly pauseLeftMs: number;
  /** Requests that it has. */
  readonly live: number;
}

/** What is known of how targets fare, all of it from the requests that they got. */
export class UpstreamHealth implements TargetStates {
  readonly breakers: CircuitBreakers;
  readonly pauses: TargetPauses;
  readonly budget: RetryBudget = new RetryBudget();
  readonly loads: TargetLoads = new TargetLoads();
  readonly conversations: ServedConversations;
  /** Left out of plans because an operator ordered it, however they fare. */
  readonly drains: DrainedUpstreams;

  constructor(clock: Clock, random: Random) {
    this.breakers = new CircuitBreakers(clock, random);
    this.pauses = new TargetPauses(clock);
    this.conversations = new ServedConversations(clock);
    this.drains = new DrainedUpstreams(clock);
  }

  isFree(healthKey: string): boolean {
    return this.pauses.leftMs(healthKey) === 0 && this.breakers.look(healthKey).kind === 'pass';
  }

  loadOf(healthKey: string): number {
    return this.loads.of(healthKey);
  }

  /** Of upstreams that a reload made anew, or dropped: what was known of them is not true of others. */
  forget(gone: readonly Upstream[]): void {
    const prefixes = gone.map((upstream) => healthPrefixOf(upstream));
    const isGone = (healthKey: string): boolean =>
      prefixes.some((prefix) => healthKey.startsWith(prefix));
    this.breakers.forget(isGone);
    this.pauses.forget(isGone);
  }

  /** The targets of which there is something to say, for metrics and whoever looks after them. */
  snapshot(): readonly TargetSnapshot[] {
    const open = new Set(this.breakers.openNames);
    const known = new Set([...open, ...this.pauses.keys, ...this.loads.keys]);
    return [...known].map((healthKey) => ({
      healthKey,
      isBroken: open.has(healthKey),
      pauseLeftMs: this.pauses.leftMs(healthKey),
      live: this.loads.of(healthKey),
    }));
  }

  lastServed(conversation: string): string | undefined {
    return this.conversations.find(conversation);
  }
}
