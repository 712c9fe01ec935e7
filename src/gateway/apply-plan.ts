import type { Model } from '../catalog/model.ts';
import { nearNames } from '../catalog/near-names.ts';
import type { Plan } from '../catalog/plans.ts';
import type { ProfileName } from '../catalog/profiles.ts';
import { resolveAnyName, resolveModel } from '../catalog/resolve-model.ts';
import type { DecodedCall } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { DecodedExchange } from './exchange.ts';
import { renameModel } from './rename-model.ts';

/**
 * Stages 4 and 6 of the walk as far as a plan decides: whether it lists the model, under which
 * name, and how long an answer may be. A plan that lists nothing leaves the name to the upstream,
 * so that a model which is newer than the registry works. Seed 004.
 */
export function applyPlan(exchange: DecodedExchange): DecodedExchange | Refusal {
  const { call, settings } = exchange;
  const { plan, profile } = settings;
  if (call.model === undefined) return exchange;
  const takesAnyName = plan.takesEveryForm || call.takesAnyName === true;
  const model = namedModel(call.modelId ?? call.model, profile, takesAnyName);
  const refused = refusedBy(plan, call.model, model) ?? tooLongFor(plan, call, model?.id);
  if (refused !== undefined) return refused;
  if (model === undefined || !takesAnyName || call.modelId !== undefined) return exchange;
  const isOwnName = resolveModel(call.model, profile) !== undefined;
  return isOwnName ? exchange : renameModel(exchange, model.id);
}

function namedModel(name: string, profile: ProfileName, takesAnyName: boolean): Model | undefined {
  return takesAnyName ? resolveAnyName(name, profile) : resolveModel(name, profile);
}

function refusedBy(
  { modelIds }: Plan,
  name: string,
  model: Model | undefined,
): Refusal | undefined {
  if (modelIds === undefined || (model !== undefined && modelIds.has(model.id))) return undefined;
  const near = nearNames(name, [...modelIds]);
  const details = near.length === 0 ? {} : { details: { near_matches: near } };
  const more = { ...details, param: 'model', reason: 'model_not_found' };
  return refusal('not_found', `model: ${name}`, more);
}

function tooLongFor(
  { outputTokensMax = Infinity }: Plan,
  { maxTokens = 0, model }: DecodedCall,
  id = model,
): Refusal | undefined {
  if (maxTokens <= outputTokensMax) return undefined;
  return refusal(
    'invalid_request',
    `max_tokens: ${String(maxTokens)} > ${String(outputTokensMax)}, which is the maximum allowed number of output tokens for ${String(id)}`,
    { param: 'max_tokens' },
  );
}
