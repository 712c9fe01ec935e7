import type { RequestPolicy } from './policy-config.ts';

/** What is wrong with a policy although each of its options is right by itself. */
export interface PolicyIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Names are read before it is known through which gateway a request goes; the rest is judged after. */
const readEarly = ['model_default', 'model_aliases'] as const;

export function policyIssues(policies: readonly RequestPolicy[]): readonly PolicyIssue[] {
  return policies.flatMap((policy, index) => {
    const { name, when } = policy;
    const isFirst = policies.findIndex((other) => other.name === name) === index;
    const twice = isFirst
      ? []
      : [{ path: ['policies', index, 'name'], message: `another policy is called ${name}` }];
    const early = readEarly.filter((option) => when.gateways !== undefined && says(policy, option));
    return [
      ...twice,
      ...early.map((option) => ({
        path: ['policies', index, option],
        message: 'a policy with when.gateways cannot name models: give it a policy without',
      })),
    ];
  });
}

function says(policy: RequestPolicy, option: (typeof readEarly)[number]): boolean {
  return option === 'model_default'
    ? policy.model_default !== undefined
    : Object.keys(policy.model_aliases).length > 0;
}
