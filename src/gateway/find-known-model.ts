import { resolveAnyName } from '../catalog/resolve-model.ts';
import { workersAiSchemasOf } from '../catalog/workers-ai-schemas.ts';
import type { KnownModel } from '../dialects/dialect.ts';
import { priceUsage } from '../metering/price-usage.ts';
import type { WalkSettings } from './exchange.ts';

/** A model by any of its names, as the account's plan has it; undefined where the registry has none. */
export function findKnownModel(
  name: string,
  { plan, profile }: Pick<WalkSettings, 'plan' | 'profile'>,
  atMs: number,
): KnownModel | undefined {
  const model = resolveAnyName(name, profile);
  if (model === undefined) return undefined;
  return {
    id: model.id,
    traits: model,
    outputTokensMax: Math.min(model.maxOutputTokens, plan.outputTokensMax ?? Infinity),
    costNanoUsd: (usage) => priceUsage(usage, model.prices, atMs),
    ...(model.formNames.workersAi.length === 0 ? {} : { workersAi: workersAiSchemasOf(model) }),
  };
}
