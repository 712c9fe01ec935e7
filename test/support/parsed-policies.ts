import type { RequestPolicy } from '../../src/config/policy-config.ts';
import { policiesSchema } from '../../src/config/policies-schema.ts';

/** What stands in a file for a policy: all but its name may be left out. */
export type WrittenPolicy = { readonly name?: string } & Readonly<Record<string, unknown>>;

/** Policies as a configuration has them, with their defaults. */
export function parsedPolicies(...written: readonly WrittenPolicy[]): readonly RequestPolicy[] {
  return policiesSchema.parse(
    written.map((policy, index) => ({ name: `p${String(index)}`, ...policy })),
  );
}
