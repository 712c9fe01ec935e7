import type { ModelTraits } from '../messages/model-traits.ts';

/** What the emulator has to know of a model. The catalog's records satisfy it; wiring passes them in. */
export interface ModelFacts extends ModelTraits {
  /** The id that answers carry: the snapshot an alias stands for. */
  readonly id: string;
}
