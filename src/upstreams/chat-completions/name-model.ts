import type { EngineQuirks } from '../../config/engine-quirks.ts';

/** How an engine calls the models that requests name. */
export interface ModelNames {
  /** By the name in a request; `*` is for all others. */
  readonly models: Readonly<Record<string, string>>;
  readonly quirks: Pick<EngineQuirks, 'model_names'>;
  /** The name with its author, where the registry has the model; else the name as it is. */
  readonly withAuthor: (name: string) => string;
}

const OTHERS = '*';

/**
 * The engine's name for a model. `asked` are the names that a request has for it, the registry's
 * first; where nobody says otherwise the last one stays as its caller wrote it.
 */
export function nameModel(
  asked: readonly [string, ...string[]],
  { models, quirks, withAuthor }: ModelNames,
): string {
  const named = [...asked, OTHERS].find((name) => Object.hasOwn(models, name));
  const given = named === undefined ? undefined : models[named];
  if (given !== undefined) return given;
  const own = asked.at(-1) ?? asked[0];
  return quirks.model_names === 'author' && !own.includes('/') ? withAuthor(own) : own;
}
