import type { Plan } from './plans.ts';

/** A plan that somebody made, beside those that are always there. */
export interface StoredPlan extends Plan {
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Where plans live. Writes resolve once they are durable. */
export interface PlanStore {
  find(name: string): StoredPlan | undefined;
  /** By name. */
  list(): readonly StoredPlan[];
  /** Whether there was none of this name. */
  insert(plan: StoredPlan): Promise<boolean>;
  replace(plan: StoredPlan): Promise<boolean>;
  /** Whether there was one that no account has. */
  remove(name: string): Promise<boolean>;
}
