import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import { isRefusal } from '../messages/errors.ts';
import type { StoredPolicy } from '../policy/access-policy.ts';
import { POLICIES_MAX } from '../policy/access-policy-store.ts';
import type { DynamicRoute, RouteVersion } from '../policy/dynamic-route.ts';
import { ELEMENTS_BYTES_MAX } from '../policy/dynamic-route-store.ts';
import { defaultGateway } from '../policy/gateway-policy.ts';
import { readAccessPolicy } from '../policy/read-access-policy.ts';
import { readSpendLimits } from '../policy/read-spend-limits.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';

let directory: string;
let store: Store;

const open = (): Promise<Store> =>
  openStore(directory, (reason) => {
    throw new Error(reason);
  });

beforeEach(async () => {
  directory = makeDataDir();
  store = await open();
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

async function reopen(): Promise<void> {
  await store.close();
  store = await open();
}

const gateway = { account: 'a', gatewayId: 'g' };

function routeOf(id: string, name: string): DynamicRoute {
  const version = { id: `${id}-v1`, elements: [{ id }], createdAtMs: 1 };
  const deployment = { id: `${id}-d1`, versionId: version.id, createdAtMs: 1 };
  return { ...gateway, id, name, version, deployment, createdAtMs: 1, modifiedAtMs: 1 };
}

describe('spending', () => {
  const name = { ...gateway, name: 'rule' };
  const first = { startMs: 0, endMs: 1000 };
  const second = { startMs: 1000, endMs: 2000 };

  test('outlives the process, adds up in its window and begins anew in the next', async () => {
    await store.spending.add(name, first, 5n);
    await store.spending.add(name, first, 2n ** 60n);
    await reopen();
    expect(store.spending.spentNanoUsd(name, first)).toBe(2n ** 60n + 5n);
    await store.spending.add(name, second, 3n);
    expect(store.spending.spentNanoUsd(name, first)).toBe(0n);
    expect(store.spending.spentNanoUsd(name, second)).toBe(3n);
  });

  test('what ends after its window takes nothing from the next one', async () => {
    await store.spending.add(name, second, 5n);
    await store.spending.add(name, first, 1n);
    expect(store.spending.spentNanoUsd(name, second)).toBe(5n);
  });

  test('a longer window takes the place of one that lies in it', async () => {
    await store.spending.add(name, second, 5n);
    await store.spending.add(name, { startMs: 0, endMs: 10_000 }, 1n);
    expect(store.spending.spentNanoUsd(name, { startMs: 0, endMs: 10_000 })).toBe(1n);
  });

  test('a sum ends where no limit can be, and not beyond what an integer holds', async () => {
    for (let count = 0; count < 3; count++) await store.spending.add(name, first, 2n ** 61n);
    expect(store.spending.spentNanoUsd(name, first)).toBe(4n * 10n ** 18n);
  });

  test('windows that have passed are cleared away', async () => {
    await store.spending.add({ ...name, name: 'old' }, first, 5n);
    await store.spending.add(name, { startMs: 5000, endMs: 6000 }, 1n);
    expect(store.spending.spentNanoUsd({ ...name, name: 'old' }, first)).toBe(0n);
  });
});

describe('dynamic routes', () => {
  const all = { offset: 0, limit: 1000 };

  test('a route has the version that was deployed last', async () => {
    const route = routeOf('r', 'name');
    expect(await store.dynamicRoutes.insert(route)).toBe(true);
    const version = { id: 'v2', elements: [], createdAtMs: 2 };
    expect(await store.dynamicRoutes.addVersion(route, version)).toBe(true);
    expect(store.dynamicRoutes.findByName(gateway, 'name')).toEqual(route);
    await store.dynamicRoutes.deploy(route, { id: 'd2', versionId: 'v2', createdAtMs: 2 });
    await reopen();
    expect(store.dynamicRoutes.find(gateway, 'r')).toMatchObject({ version, modifiedAtMs: 2 });
    expect(store.dynamicRoutes.versions(route, all).map(({ id }) => id)).toEqual(['v2', 'r-v1']);
    expect(store.dynamicRoutes.deployments(route, all).map(({ id }) => id)).toEqual(['d2', 'r-d1']);
  });

  test('a name is taken once in a gateway', async () => {
    expect(await store.dynamicRoutes.insert(routeOf('r', 'name'))).toBe(true);
    expect(await store.dynamicRoutes.insert(routeOf('q', 'name'))).toBe(false);
    const elsewhere = { ...routeOf('q', 'name'), gatewayId: 'h' };
    expect(await store.dynamicRoutes.insert(elsewhere)).toBe(true);
    expect(await store.dynamicRoutes.insert(routeOf('p', 'third'))).toBe(true);
    expect(await store.dynamicRoutes.rename(routeOf('p', 'name'))).toBe(false);
    expect(store.dynamicRoutes.list(gateway).map(({ name }) => name)).toEqual(['name', 'third']);
  });

  test('versions are read a part at a time', async () => {
    const route = routeOf('r', 'name');
    await store.dynamicRoutes.insert(route);
    for (const id of ['v2', 'v3']) {
      await store.dynamicRoutes.addVersion(route, { id, elements: [], createdAtMs: 2 });
    }
    const ids = store.dynamicRoutes.versions(route, { offset: 1, limit: 1 }).map(({ id }) => id);
    expect(ids).toEqual(['v2']);
  });

  test('the routes of a gateway have no more elements than there may be, in all versions', async () => {
    const large = 'x'.repeat(ELEMENTS_BYTES_MAX / 2);
    const route = routeOf('r', 'name');
    await store.dynamicRoutes.insert(route);
    const version = (id: string): RouteVersion => ({ id, elements: [large], createdAtMs: 1 });
    expect(await store.dynamicRoutes.addVersion(route, version('v2'))).toBe(true);
    expect(await store.dynamicRoutes.addVersion(route, version('v3'))).toBe(false);
    const other = routeOf('q', 'other');
    expect(await store.dynamicRoutes.insert({ ...other, version: version('w') })).toBe(false);
    expect(store.dynamicRoutes.findByName(gateway, 'other')).toBeUndefined();
    const elsewhere = { ...other, gatewayId: 'h', version: version('w') };
    expect(await store.dynamicRoutes.insert(elsewhere)).toBe(true);
  });

  test('what a route had goes with it', async () => {
    const route = routeOf('r', 'name');
    await store.dynamicRoutes.insert(route);
    expect(await store.dynamicRoutes.remove(gateway, 'r')).toBe(true);
    expect(store.dynamicRoutes.versions(route, all)).toEqual([]);
    expect(store.dynamicRoutes.deployments(route, all)).toEqual([]);
    expect(await store.dynamicRoutes.addVersion(route, route.version)).toBe(false);
  });
});

describe('policies and spend limits', () => {
  function policyOf(id: string): StoredPolicy {
    const given = { name: 'n', action: 'block', condition: 'metadata.a == "b"' };
    const policy = readAccessPolicy(given);
    if (isRefusal(policy)) throw new Error(policy.detail);
    return { ...gateway, id, policy, createdAtMs: 1, modifiedAtMs: 1 };
  }

  test('come back as they were stored, up to their bound', async () => {
    const first = policyOf('0');
    for (let index = 0; index < POLICIES_MAX; index++) {
      expect(await store.accessPolicies.insert(policyOf(String(index)))).toBe(true);
    }
    expect(await store.accessPolicies.insert(policyOf('more'))).toBe(false);
    await reopen();
    expect(store.accessPolicies.list(gateway)[0]).toEqual(first);
    expect(await store.accessPolicies.remove(gateway, '0')).toBe(true);
    expect(await store.accessPolicies.replace(first)).toBe(false);
  });

  test('all that a gateway had goes with it', async () => {
    const spendLimits = readSpendLimits({ rules: [{ limit: 1, window: 60 }] });
    if (isRefusal(spendLimits)) throw new Error(spendLimits.detail);
    const made = { ...defaultGateway('a', 1), id: 'g', spendLimits };
    await store.gateways.insert(made);
    expect(store.gateways.find('a', 'g')).toEqual(made);
    const { spendLimits: _gone, ...without } = made;
    await store.gateways.replace(without);
    expect(store.gateways.find('a', 'g')).toEqual(without);
    await store.accessPolicies.insert(policyOf('p'));
    await store.dynamicRoutes.insert(routeOf('r', 'name'));
    await store.spending.add({ ...gateway, name: 'x' }, { startMs: 0, endMs: 9e15 }, 1n);
    await store.gateways.remove('a', 'g');
    expect(store.accessPolicies.list(gateway)).toEqual([]);
    expect(store.dynamicRoutes.list(gateway)).toEqual([]);
    expect(
      store.spending.spentNanoUsd({ ...gateway, name: 'x' }, { startMs: 0, endMs: 9e15 }),
    ).toBe(0n);
  });
});
