import type { Model } from './model.ts';
import { models } from './models.ts';

const byName: ReadonlyMap<string, Model> = new Map(
  models.flatMap((model) => [model.id, ...model.aliases].map((name) => [name, model] as const)),
);

/** The model that a name stands for on the Messages surface, if the registry has it. */
export function resolveModel(name: string): Model | undefined {
  return byName.get(name);
}
