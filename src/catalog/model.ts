import type { ModelTraits } from '../messages/model-traits.ts';
import type { PriceRow } from './price.ts';

/** Names of a model in the forms that are not the Messages API's own. */
export interface FormNames {
  readonly chatCompletions: readonly string[];
  readonly workersAi: readonly string[];
}

/** One model as the registry knows it: everything that is said or done about it comes from here. */
export interface Model extends ModelTraits {
  /** The snapshot's id: what answers carry. */
  readonly id: string;
  readonly displayName: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** When the API stopped to serve it; absent while it does. Such a model is not listed. */
  readonly retiredAt?: string;
  /** Other names that stand for this snapshot in the Messages form. */
  readonly aliases: readonly string[];
  readonly formNames: FormNames;
  /** Newest last. None where the price is not known: such a model is never sold. */
  readonly prices: readonly PriceRow[];
}
