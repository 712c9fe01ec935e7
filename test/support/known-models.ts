import { plans } from '../../src/catalog/plans.ts';
import type { ProfileName } from '../../src/catalog/profiles.ts';
import type { KnownModel } from '../../src/dialects/dialect.ts';
import { findKnownModel } from '../../src/gateway/find-known-model.ts';

/** How the walk finds models in a profile, for tests of floors that cannot import it. */
export function modelFinder(
  profile: ProfileName = 'launch',
): (name: string) => KnownModel | undefined {
  return (name) => findKnownModel(name, { plan: plans.standard, profile }, 0);
}
