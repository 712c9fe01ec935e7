import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { IncomingCall, KnownModel, WorkersAiSchemas } from '../dialect.ts';

/** A model that this form offers. */
export type RunModel = KnownModel & { readonly workersAi: WorkersAiSchemas };

const SHOWN_LETTERS_MAX = 128;

/** The model that a run names, or why there is none; Workers reference §1.9, case B08. */
export function findRunModel(
  name: string,
  { findModel, nearModels }: Pick<IncomingCall, 'findModel' | 'nearModels'>,
): RunModel | Refusal {
  const model = findModel(name);
  if (model?.workersAi !== undefined) return { ...model, workersAi: model.workersAi };
  const shown = name.slice(0, SHOWN_LETTERS_MAX);
  if (name.startsWith('@')) {
    const text = `No such model ${shown} or task. This gateway serves Claude models, like anthropic/claude-sonnet-4.6.`;
    return refusal('invalid_request', text, { reason: 'model_not_hosted', param: 'model' });
  }
  const unserved = refuseServiceModel(name);
  if (unserved !== undefined) return unserved;
  const near = nearModels(name);
  const hint = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  const more = { reason: 'model_not_found', param: 'model' };
  return refusal('not_found', `Model not found: ${shown}.${hint}`, more);
}

/** Names that stand for what a service does, and not for a model; Workers reference §3.1, §3.8, §3.10. */
const serviceModels: readonly (readonly [RegExp, (name: string) => string])[] = [
  [
    /^dynamic\//,
    (name) => `A dynamic route takes requests of Chat Completions: ask for ${name} in that form.`,
  ],
  [
    /^custom-[^/]*\//,
    (name) => `Custom providers are not served: name a model in the place of ${name}.`,
  ],
  [/^cloudflare\//, (name) => `Nothing chooses a model here: name one in the place of ${name}.`],
];

/** Why a name that stands for more than a model is not served; undefined where it does not (case B36). */
export function refuseServiceModel(name: string): Refusal | undefined {
  const say = serviceModels.find(([pattern]) => pattern.test(name))?.[1];
  if (say === undefined) return undefined;
  const text = say(name.slice(0, SHOWN_LETTERS_MAX));
  return refusal('invalid_request', text, { reason: 'unserved', param: 'model' });
}
