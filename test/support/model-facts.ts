import { resolveModel } from '../../src/catalog/resolve-model.ts';
import type { ModelFacts } from '../../src/emulator/model-facts.ts';

/** The catalog's facts of a model in the `launch` profile, for tests of floors that cannot import it. */
export function factsOf(name: string): ModelFacts {
  const model = resolveModel(name);
  if (model === undefined) throw new Error(`the catalog has no ${name}`);
  return model;
}
