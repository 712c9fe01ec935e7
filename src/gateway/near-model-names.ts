import { nearNames } from '../catalog/near-names.ts';
import { modelsOf } from '../catalog/profiles.ts';
import type { WalkSettings } from './exchange.ts';

/** The names of the Workers AI form most like one that nobody has, of the models that the plan sells. */
export function nearModelNames(
  name: string,
  { plan, profile }: Pick<WalkSettings, 'plan' | 'profile'>,
): readonly string[] {
  const sold = modelsOf(profile).filter(
    ({ id, retiredAt }) => retiredAt === undefined && (plan.modelIds?.has(id) ?? true),
  );
  return nearNames(
    name,
    sold.flatMap(({ formNames }) => formNames.workersAi),
  );
}
