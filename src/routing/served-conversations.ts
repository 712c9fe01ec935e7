import type { Clock } from '../std/clock.ts';

/** A conversation of a plan, and the target that it would go to by itself. */
export interface PlannedConversation {
  readonly key: string;
  readonly homeKey: string;
}

interface Visit {
  readonly healthKey: string;
  readonly untilMs: number;
}

/** The longest that a prompt stays in a cache. */
const REMEMBERED_MS = 3_600_000;
const REMEMBERED_MAX = 10_000;

/**
 * Where conversations were last served that had to leave the target they belong to: their prompt is
 * cached there now. Lessons C.4: affinity that hears nothing of this goes back to a cold target. Who
 * is at home is not remembered, so there are few; the one served least recently is forgotten first.
 */
export class ServedConversations {
  readonly #clock: Clock;
  readonly #visits = new Map<string, Visit>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An answer began there. */
  served({ key, homeKey }: PlannedConversation, healthKey: string): void {
    this.#visits.delete(key);
    if (healthKey === homeKey) return;
    this.#visits.set(key, { healthKey, untilMs: this.#clock.monotonicMs() + REMEMBERED_MS });
    if (this.#visits.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#visits.keys();
    if (oldest !== undefined) this.#visits.delete(oldest);
  }

  /** Where it is a guest; undefined where it is at home, or nobody knows any more. */
  find(key: string): string | undefined {
    const visit = this.#visits.get(key);
    if (visit === undefined) return undefined;
    if (visit.untilMs > this.#clock.monotonicMs()) return visit.healthKey;
    this.#visits.delete(key);
    return undefined;
  }
}
