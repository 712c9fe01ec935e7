import { assert } from '../std/assert.ts';

/** Reliability §1.2: of the live requests of a pool, so many may be second attempts, but always a few. */
const LIVE_PERCENT = 10;
const ALWAYS = 3;

interface Pool {
  live: number;
  retries: number;
}

/** What one request takes of the budget while it runs. */
export interface BudgetShare {
  /** Takes a second attempt out of the budget; false where it is spent. */
  takeRetry(): boolean;
  /** The request has an answer, or none. */
  end(): void;
}

/**
 * Keeps attempts again from becoming a load of their own: where everything fails, nearly every request is
 * asked once. Counted for each pool, the upstream or route that requests share.
 */
export class RetryBudget {
  readonly #pools = new Map<string, Pool>();
  #refused = 0;

  /** Second attempts that were not made, so far. */
  get refused(): number {
    return this.#refused;
  }

  begin(name: string): BudgetShare {
    const pool = this.#pools.get(name) ?? { live: 0, retries: 0 };
    this.#pools.set(name, pool);
    pool.live += 1;
    let taken = 0;
    let isOver = false;
    return {
      takeRetry: () => {
        assert(!isOver, 'only a request that runs takes retries');
        // One that retries for a second time is one retry that lives, not two.
        if (taken === 0 && pool.retries >= Math.max(ALWAYS, (pool.live * LIVE_PERCENT) / 100)) {
          this.#refused += 1;
          return false;
        }
        if (taken === 0) pool.retries += 1;
        taken += 1;
        return true;
      },
      end: () => {
        if (isOver) return;
        isOver = true;
        pool.live -= 1;
        if (taken > 0) pool.retries -= 1;
        if (pool.live === 0) this.#pools.delete(name);
      },
    };
  }
}
