import { describe, expect, test } from 'vitest';
import { upstreamOf } from '../../test/support/planned-routes.ts';
import type { StoredPolicy } from '../policy/access-policy.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { DecodedExchange } from './exchange.ts';
import { permittedPlan } from './judge-call.ts';

const plan: RoutePlan = {
  targets: ['east', 'west'].map((name) => ({ upstream: upstreamOf(name), healthKey: name })),
};

function policyAbout(resource: string, kind: 'allow' | 'block'): StoredPolicy {
  const policy = {
    kind: 'policy',
    name: resource,
    isEnabled: true,
    actor: '*',
    resource,
    conditionText: undefined,
    condition: undefined,
    action: { kind },
  } as const;
  return {
    account: 'acme',
    gatewayId: 'main',
    id: resource,
    policy,
    createdAtMs: 0,
    modifiedAtMs: 0,
  };
}

/** Who is left of a plan for a request through a gateway with these policies. */
function leftBy(...policies: readonly StoredPolicy[]): readonly string[] {
  const parts: Partial<Record<keyof DecodedExchange, unknown>> = {
    call: { model: 'own-model' },
    settings: { profile: 'launch' },
    principal: { keyId: 'key' },
    gateway: { policy: { account: 'acme', id: 'main' }, options: {} },
    walk: { accessPolicies: { list: () => policies } },
    startedAtMs: 0,
  };
  const { targets } = permittedPlan(parts as unknown as DecodedExchange, plan);
  return targets.map(({ upstream }) => upstream.name);
}

describe('who may answer by the policies of a gateway', () => {
  test.each<[string, readonly StoredPolicy[], readonly string[]]>([
    ['all, without any', [], ['east', 'west']],
    [
      'not whom one blocks',
      [policyAbout('*/*', 'allow'), policyAbout('west/*', 'block')],
      ['east'],
    ],
    ['only whom one allows', [policyAbout('west/*', 'allow')], ['west']],
    [
      'where nobody may, the request is refused by its first target',
      [policyAbout('north/*', 'allow')],
      ['east', 'west'],
    ],
  ])('%s', (_name, policies, left) => {
    expect(leftBy(...policies)).toEqual(left);
  });
});
