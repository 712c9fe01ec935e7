import type { RouteTarget } from './route-plan.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** Reliability §1.2: where there are others, one target is asked so often for one request. */
const TURNS_MAX = 2;

/**
 * Whose turn it is: the targets of a plan in order, those first that were asked least. Who is broken or
 * wants to be left alone is passed over for as long as anybody else is there.
 */
export class TargetTurns {
  readonly #targets: readonly RouteTarget[];
  readonly #health: UpstreamHealth;
  readonly #turnsMax: number;
  readonly #turns = new Map<string, number>();
  /** By the name of an upstream. */
  readonly #failures = new Map<string, number>();
  /** What was put right of its credential is not: it is asked no more for this request. */
  readonly #excluded = new Set<string>();

  /** `turnsMax` bounds how often each is asked; an only one is asked as often as anybody likes. */
  constructor(
    targets: readonly RouteTarget[],
    health: UpstreamHealth,
    turnsMax: number = targets.length > 1 ? TURNS_MAX : Infinity,
  ) {
    this.#targets = targets;
    this.#health = health;
    this.#turnsMax = turnsMax;
  }

  /** Takes the next turn; undefined where nobody is left who may be asked now. */
  take(): RouteTarget | undefined {
    const { breakers } = this.#health;
    for (const target of this.#inOrder()) {
      if (!this.#isFree(target) || breakers.admit(target.healthKey).kind !== 'pass') continue;
      return this.#taken(target);
    }
    return undefined;
  }

  /** Takes a turn whatever is known of the targets: the last candidate is never left out. */
  takeAnyway(): RouteTarget | undefined {
    const target = this.#inOrder()[0];
    return target === undefined ? undefined : this.#taken(target);
  }

  /** Whether there is somebody who was not asked yet and could be asked at once. */
  get hasFresh(): boolean {
    return this.#inOrder().some(
      (target) =>
        this.#turnsOf(target.healthKey) === 0 &&
        this.#isFree(target) &&
        this.#health.breakers.look(target.healthKey).kind === 'pass',
    );
  }

  /** It failed whoever's credential it was asked with: other upstreams come before its other credentials. */
  noteFailure({ upstream: { name } }: RouteTarget): void {
    this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
  }

  /** Asks it no more for this request: its credential is not taken there. */
  exclude({ healthKey }: RouteTarget): void {
    this.#excluded.add(healthKey);
  }

  /** How long until one of them may be asked again. */
  get waitMs(): number {
    const waits = this.#targets.map(({ healthKey }) => {
      const verdict = this.#health.breakers.look(healthKey);
      const openMs = verdict.kind === 'open' ? verdict.retryAfterMs : 0;
      return Math.max(openMs, this.#health.pauses.leftMs(healthKey));
    });
    return waits.length === 0 ? 0 : Math.min(...waits);
  }

  #isFree({ healthKey }: RouteTarget): boolean {
    return this.#health.pauses.leftMs(healthKey) === 0;
  }

  #inOrder(): readonly RouteTarget[] {
    return this.#targets
      .filter(
        ({ healthKey }) =>
          !this.#excluded.has(healthKey) && this.#turnsOf(healthKey) < this.#turnsMax,
      )
      .toSorted((one, other) => this.#triedOf(one) - this.#triedOf(other));
  }

  #triedOf({ healthKey, upstream: { name } }: RouteTarget): number {
    return this.#turnsOf(healthKey) + (this.#failures.get(name) ?? 0);
  }

  #turnsOf(healthKey: string): number {
    return this.#turns.get(healthKey) ?? 0;
  }

  #taken(target: RouteTarget): RouteTarget {
    this.#turns.set(target.healthKey, this.#turnsOf(target.healthKey) + 1);
    return target;
  }
}
