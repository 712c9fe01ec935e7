import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import { isRefusal } from '../messages/errors.ts';
import type { StoredPolicy } from '../policy/access-policy.ts';
import { defaultGateway } from '../policy/gateway-policy.ts';
import type { ProviderKeyRecord } from '../policy/provider-key-store.ts';
import { readAccessPolicy } from '../policy/read-access-policy.ts';
import { Secret } from '../std/secret.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';

/** What is remembered of gateways is what the database has, whatever was written in between. */

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = makeDataDir();
  store = await openStore(directory, (reason) => {
    throw new Error(reason);
  });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const account = 'a';
const names = ['g', 'h'] as const;
type Name = (typeof names)[number];

function policyOf(gatewayId: Name, id: string): StoredPolicy {
  const policy = readAccessPolicy({ name: id, action: 'allow' });
  if (isRefusal(policy)) throw new Error(policy.detail);
  return { account, gatewayId, id: `${gatewayId}-${id}`, policy, createdAtMs: 1, modifiedAtMs: 1 };
}

const keyed = (gatewayId: Name): ProviderKeyRecord => ({
  account,
  gatewayId,
  id: `key-${gatewayId}`,
  provider: 'anthropic',
  alias: 'default',
  isDefault: true,
  preview: '…',
  createdAtMs: 1,
  modifiedAtMs: 1,
});

/** What there should be of one gateway. */
interface Expected {
  readonly ttl: number;
  readonly policies: ReadonlySet<string>;
  readonly hasKey: boolean;
}
type World = Map<Name, Expected>;

const gatewayOf = (id: Name, ttl: number): Parameters<Store['gateways']['insert']>[0] => ({
  ...defaultGateway(account, 1),
  id,
  cacheTtlSeconds: ttl,
});

/** Each write, in the database and in the world that it should make. */
const writes: Readonly<Record<string, (name: Name, ttl: number, world: World) => Promise<void>>> = {
  make: async (name, ttl, world) => {
    const isMade = await store.gateways.insert(gatewayOf(name, ttl));
    expect(isMade).toBe(!world.has(name));
    if (isMade) world.set(name, { ttl, policies: new Set(), hasKey: false });
  },
  replace: async (name, ttl, world) => {
    const isThere = await store.gateways.replace(gatewayOf(name, ttl));
    const before = world.get(name);
    expect(isThere).toBe(before !== undefined);
    if (before !== undefined) world.set(name, { ...before, ttl });
  },
  remove: async (name, _ttl, world) => {
    expect(await store.gateways.remove(account, name)).toBe(world.delete(name));
  },
  allow: async (name, ttl, world) => {
    const before = world.get(name);
    const id = `${name}-${String(ttl)}`;
    if (before === undefined || before.policies.has(id)) return;
    await store.accessPolicies.insert(policyOf(name, String(ttl)));
    world.set(name, { ...before, policies: new Set([...before.policies, id]) });
  },
  disallow: async (name, ttl, world) => {
    const before = world.get(name);
    if (before === undefined) return;
    const id = `${name}-${String(ttl)}`;
    await store.accessPolicies.remove({ account, gatewayId: name }, id);
    const policies = new Set([...before.policies].filter((kept) => kept !== id));
    world.set(name, { ...before, policies });
  },
  key: async (name, _ttl, world) => {
    const before = world.get(name);
    if (before === undefined || before.hasKey) return;
    await store.providerKeys.insert(keyed(name), new Secret('sk-1'));
    world.set(name, { ...before, hasKey: true });
  },
  unkey: async (name, _ttl, world) => {
    const before = world.get(name);
    if (before === undefined) return;
    await store.providerKeys.remove({ account, gatewayId: name }, `key-${name}`);
    world.set(name, { ...before, hasKey: false });
  },
};

function seen(name: Name): Expected | undefined {
  const found = store.gateways.find(account, name);
  if (found === undefined) return undefined;
  const gateway = { account, gatewayId: name };
  return {
    ttl: found.cacheTtlSeconds ?? -1,
    policies: new Set(store.accessPolicies.list(gateway).map(({ id }) => id)),
    hasKey: store.providerKeys.reveal({ ...gateway, provider: 'anthropic' }) !== undefined,
  };
}

test('every read after a write sees it', async () => {
  const step = fc.tuple(
    fc.constantFrom(...Object.keys(writes)),
    fc.constantFrom(...names),
    fc.nat(3),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const world: World = new Map();
      for (const name of names) await store.gateways.remove(account, name);
      for (const [kind, name, ttl] of steps) {
        await writes[kind]?.(name, ttl, world);
        for (const each of names) expect(seen(each)).toEqual(world.get(each));
      }
    }),
    { numRuns: 40 },
  );
});

test('a gateway that was read is not read from the database again', async () => {
  await store.gateways.insert(gatewayOf('g', 60));
  const first = store.gateways.find(account, 'g');
  expect(store.gateways.find(account, 'g')).toBe(first);
  const policies = store.accessPolicies.list({ account, gatewayId: 'g' });
  expect(store.accessPolicies.list({ account, gatewayId: 'g' })).toBe(policies);
});
