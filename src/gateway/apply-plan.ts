import type { Model } from '../catalog/model.ts';
import { nearNames } from '../catalog/near-names.ts';
import { resolveModel } from '../catalog/resolve-model.ts';
import type { DecodedCall } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { scanJsonObject } from '../std/scan-json.ts';
import type { DecodedExchange, WalkSettings } from './exchange.ts';

/**
 * Stages 4 and 6 of the walk as far as a plan decides: whether it lists the model, under which
 * name, and how long an answer may be. A plan that lists nothing leaves the name to the upstream,
 * so that a model which is newer than the registry works. Seed 004.
 */
export function applyPlan(exchange: DecodedExchange): DecodedExchange | Refusal {
  const { call, settings } = exchange;
  const { plan } = settings;
  if (call.model === undefined) return exchange;
  const model = modelOf(call, settings);
  if (plan.modelIds !== undefined && (model === undefined || !plan.modelIds.has(model.id))) {
    return unlisted(call.model, [...plan.modelIds]);
  }
  const { outputTokensMax = Infinity } = plan;
  if (call.maxTokens !== undefined && call.maxTokens > outputTokensMax) {
    return tooLong(call.maxTokens, outputTokensMax, model?.id ?? call.model);
  }
  const isOfPlan = model !== undefined && plan.takesEveryForm;
  return isOfPlan && !hasOwnName(call, settings) ? renamed(exchange, model.id) : exchange;
}

/** A dialect may have found the model already; else its name is one of the forms that the plan takes. */
function modelOf(
  { model = '', modelId }: DecodedCall,
  { plan, profile }: WalkSettings,
): Model | undefined {
  if (modelId !== undefined) return resolveModel(modelId, profile);
  return resolveModel(model, profile, plan.takesEveryForm ? 'any' : 'messages');
}

/** Whether the body names the model as upstreams do. */
function hasOwnName({ model = '', modelId }: DecodedCall, { profile }: WalkSettings): boolean {
  return modelId !== undefined || resolveModel(model, profile) !== undefined;
}

function unlisted(name: string, listed: readonly string[]): Refusal {
  const near = nearNames(name, listed);
  const details = near.length === 0 ? {} : { details: { near_matches: near } };
  const more = { ...details, param: 'model', reason: 'model_not_found' };
  return refusal('not_found', `model: ${name}`, more);
}

function tooLong(asked: number, most: number, model: string): Refusal {
  return refusal(
    'invalid_request',
    `max_tokens: ${String(asked)} > ${String(most)}, which is the maximum allowed number of output tokens for ${model}`,
    { param: 'max_tokens' },
  );
}

/** The same body with the model's own name in it; every other byte stays. */
function renamed(exchange: DecodedExchange, id: string): DecodedExchange {
  const { call, settings } = exchange;
  const { body } = call.request;
  const scan = scanJsonObject(body, settings.jsonBounds);
  const span = scan.kind === 'object' ? scan.members.get('model') : undefined;
  if (span === undefined) return exchange;
  const edited = Buffer.concat([
    body.subarray(0, span.start),
    Buffer.from(JSON.stringify(id)),
    body.subarray(span.end),
  ]);
  return {
    ...exchange,
    call: { ...call, request: { ...call.request, body: edited } },
    edits: [...(exchange.edits ?? []), 'model-renamed'],
  };
}
