import type { Clock } from '../std/clock.ts';
import type { RoutePlan, RouteTarget } from './route-plan.ts';

/**
 * Upstreams that get no new requests because an operator ordered it. What runs there ends as it would
 * have. They are known by their names, so a reload of the configuration changes nothing of it; a restart
 * forgets it.
 */
export class DrainedUpstreams {
  readonly #clock: Clock;
  readonly #sinceMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether this is news. */
  drain(name: string): boolean {
    if (this.#sinceMs.has(name)) return false;
    this.#sinceMs.set(name, this.#clock.wallMs());
    return true;
  }

  /** Whether it was drained. */
  resume(name: string): boolean {
    return this.#sinceMs.delete(name);
  }

  /** When it was ordered; undefined for one that takes requests. */
  sinceMs(name: string): number | undefined {
    return this.#sinceMs.get(name);
  }

  /** The plan without them, which says whom it went without. */
  leftOutOf(plan: RoutePlan, isAsked: (target: RouteTarget) => boolean): RoutePlan {
    if (this.#sinceMs.size === 0) return plan;
    const isLeft = (target: RouteTarget): boolean =>
      this.#sinceMs.has(target.upstream.name) && isAsked(target);
    const drained = new Set(plan.targets.filter(isLeft).map(({ upstream }) => upstream.name));
    if (drained.size === 0) return plan;
    const targets = plan.targets.filter((target) => !isLeft(target));
    return { ...plan, targets, drained: [...drained] };
  }
}
