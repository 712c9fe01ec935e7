import { describe, expect, test } from 'vitest';
import type { GatewayPolicy } from './gateway-policy.ts';
import { defaultGateway } from './gateway-policy.ts';
import type { GatewayStore } from './gateway-store.ts';
import { resolveGateway } from './resolve-gateway.ts';

const owner = { account: 'a', atMs: 5 };

/** What a store has; `takes` is whether it takes more. */
function storeOf(policies: GatewayPolicy[], takes = true): GatewayStore {
  return {
    find: (account, id) =>
      policies.find((policy) => policy.account === account && policy.id === id),
    list: () => ({ gateways: policies, count: policies.length }),
    insert: (policy) => {
      if (takes) policies.push(policy);
      return Promise.resolve(takes);
    },
    replace: () => Promise.resolve(false),
    remove: () => Promise.resolve(false),
  };
}

describe('the policy behind a gateway’s name', () => {
  test('`default` is made on first use, and the same one is found from then on', async () => {
    const policies: GatewayPolicy[] = [];
    const store = storeOf(policies);
    const made = await resolveGateway('default', owner, store);
    expect(made).toEqual(defaultGateway('a', 5));
    expect(await resolveGateway('default', { ...owner, atMs: 9 }, store)).toBe(made);
    expect(policies).toHaveLength(1);
  });

  test('of two first requests at once the second takes what the first made', async () => {
    const first = defaultGateway('a', 1);
    const policies: GatewayPolicy[] = [];
    const store: GatewayStore = {
      ...storeOf(policies),
      insert: () => {
        policies.push(first);
        return Promise.resolve(false);
      },
    };
    expect(await resolveGateway('default', owner, store)).toBe(first);
  });

  test('an account that may have no more still has `default`', async () => {
    expect(await resolveGateway('default', owner, storeOf([], false))).toMatchObject({
      id: 'default',
    });
  });

  test('another account’s is not there', async () => {
    const store = storeOf([{ ...defaultGateway('b', 1), id: 'g' }]);
    expect(await resolveGateway('g', owner, store)).toMatchObject({ reason: 'gateway_not_found' });
  });

  test('without a store there is `default` and no other', async () => {
    expect(await resolveGateway('default', owner, undefined)).toMatchObject({ id: 'default' });
    expect(await resolveGateway('g', owner, undefined)).toMatchObject({
      code: 'invalid_request',
      reason: 'gateway_not_found',
    });
  });
});
