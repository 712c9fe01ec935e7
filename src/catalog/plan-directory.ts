import type { Clock } from '../std/clock.ts';
import type { PlanStore } from './plan-store.ts';
import type { Plan, PlanName } from './plans.ts';
import { planNames, plans } from './plans.ts';

/** How long a plan stands without another look at the store, as long as the rights of a key do. */
const PLAN_TTL_MS = 1000;
/** More names than this in one TTL start anew: names come from accounts, which are many. */
const PLANS_MAX = 1000;

interface KnownPlan {
  readonly plan: Plan | undefined;
  readonly untilMs: number;
}

/** Plans by name: those that are always there, and those that were made. */
export class PlanDirectory {
  readonly #store: Pick<PlanStore, 'find'>;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #known = new Map<string, KnownPlan>();

  constructor(store: Pick<PlanStore, 'find'>, clock: Pick<Clock, 'monotonicMs'>) {
    this.#store = store;
    this.#clock = clock;
  }

  find(name: string): Plan | undefined {
    if (isPlanName(name)) return plans[name];
    const nowMs = this.#clock.monotonicMs();
    const known = this.#known.get(name);
    if (known !== undefined && known.untilMs > nowMs) return known.plan;
    if (this.#known.size >= PLANS_MAX) this.#known = new Map();
    const plan = this.#store.find(name);
    this.#known.set(name, { plan, untilMs: nowMs + PLAN_TTL_MS });
    return plan;
  }
}

/** Whether a name is that of a plan which is always there. */
export function isPlanName(name: string): name is PlanName {
  return planNames.some((known) => known === name);
}
