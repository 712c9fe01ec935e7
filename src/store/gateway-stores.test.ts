import { rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import { defaultGateway } from '../policy/gateway-policy.ts';
import { GATEWAYS_MAX } from '../policy/gateway-store.ts';
import type { ProviderKeyRecord } from '../policy/provider-key-store.ts';
import { PROVIDER_KEYS_MAX } from '../policy/provider-key-store.ts';
import { systemRandom } from '../std/random.ts';
import { Secret } from '../std/secret.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';
import { SecretSealer } from './seal-secret.ts';

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = makeDataDir();
  store = await openStore(directory, () => {});
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function gateway(id: string, more: Partial<GatewayPolicy> = {}): GatewayPolicy {
  return { ...defaultGateway('a', 1), id, isDefault: false, ...more };
}

const full = gateway('full', {
  cacheTtlSeconds: 60,
  cacheInvalidateOnUpdate: true,
  collectLogs: false,
  rateLimit: { limit: 10, intervalSeconds: 600, technique: 'sliding' },
  retry: { maxAttempts: 3, delayMs: 100, backoff: 'exponential' },
  authentication: false,
  byokOnly: true,
  logManagement: 1000,
  logManagementStrategy: 'STOP_INSERTING',
});

/** The same with rules about what is said and what it costs, as a request brings them. */
const ruled: GatewayPolicy = {
  ...full,
  content: {
    guardrails: { prompt: { S9: 'BLOCK', S1: 'FLAG' }, response: {} },
    dataLoss: { enabled: true, action: 'FLAG', profiles: ['cards'] },
  },
  spendLimits: {
    kind: 'spend-limits',
    isEnabled: true,
    rules: [
      {
        id: 'rule-1',
        isEnabled: true,
        limitUsd: 2.5,
        windowSeconds: 86_400,
        models: undefined,
        providers: ['anthropic'],
        metadata: { plan: { mode: 'filter', values: ['pro'] }, 7: { mode: 'partition' } },
      },
    ],
  },
};

describe('gateways in the store', () => {
  test.each([
    ['with everything', full],
    ['with nothing', gateway('bare', { cacheTtlSeconds: null })],
  ])('one comes back as it went in: %s', async (_name, policy) => {
    expect(await store.gateways.insert(policy)).toBe(true);
    expect(store.gateways.find('a', policy.id)).toEqual(policy);
  });

  test('a name is taken once an account', async () => {
    expect(await store.gateways.insert(gateway('g'))).toBe(true);
    expect(await store.gateways.insert(gateway('g', { byokOnly: true }))).toBe(false);
    expect(await store.gateways.insert(gateway('g', { account: 'b' }))).toBe(true);
    expect(store.gateways.find('a', 'g')?.byokOnly).toBe(false);
  });

  test('they are listed by age, each account its own', async () => {
    await store.gateways.insert(gateway('young', { createdAtMs: 9 }));
    await store.gateways.insert(gateway('old', { createdAtMs: 2 }));
    await store.gateways.insert(gateway('theirs', { account: 'b' }));
    const all = { search: '', offset: 0, limit: 100 };
    const idsOf = (wanted: object): readonly string[] =>
      store.gateways.list('a', { ...all, ...wanted }).gateways.map(({ id }) => id);
    expect(idsOf({})).toEqual(['old', 'young']);
    expect(idsOf({ offset: 1 })).toEqual(['young']);
    expect(idsOf({ search: 'OUN' })).toEqual(['young']);
    expect(store.gateways.list('a', { ...all, limit: 1 }).count).toBe(2);
  });

  test('an account has at most so many', async () => {
    const made = await Promise.all(
      Array.from({ length: GATEWAYS_MAX + 2 }, (_, index) =>
        store.gateways.insert(gateway(`g${String(index)}`)),
      ),
    );
    expect(made.filter(Boolean)).toHaveLength(GATEWAYS_MAX);
    expect(await store.gateways.insert(gateway('theirs', { account: 'b' }))).toBe(true);
  });

  test('replacing and removing say whether there was one', async () => {
    expect(await store.gateways.replace(full)).toBe(false);
    expect(await store.gateways.remove('a', 'full')).toBe(false);
    await store.gateways.insert(gateway('full'));
    expect(await store.gateways.replace(full)).toBe(true);
    expect(store.gateways.find('a', 'full')).toEqual(full);
    expect(await store.gateways.remove('b', 'full')).toBe(false);
    expect(await store.gateways.remove('a', 'full')).toBe(true);
    expect(store.gateways.find('a', 'full')).toBeUndefined();
  });
});

/** The same gateway with another value of each of its members, one at a time. */
const others: readonly (readonly [string, Partial<GatewayPolicy>])[] = [
  ['cacheTtlSeconds', { cacheTtlSeconds: null }],
  ['cacheInvalidateOnUpdate', { cacheInvalidateOnUpdate: false }],
  ['collectLogs', { collectLogs: true }],
  ['rateLimit', { rateLimit: undefined }],
  ['rateLimit.limit', { rateLimit: { limit: 11, intervalSeconds: 600, technique: 'sliding' } }],
  ['rateLimit.interval', { rateLimit: { limit: 10, intervalSeconds: 60, technique: 'sliding' } }],
  ['rateLimit.technique', { rateLimit: { limit: 10, intervalSeconds: 600, technique: 'fixed' } }],
  ['retry', { retry: undefined }],
  ['retry.maxAttempts', { retry: { maxAttempts: 2, delayMs: 100, backoff: 'exponential' } }],
  ['retry.delayMs', { retry: { maxAttempts: 3, delayMs: 101, backoff: 'exponential' } }],
  ['retry.backoff', { retry: { maxAttempts: 3, delayMs: 100, backoff: 'linear' } }],
  ['guardrails', { content: { guardrails: undefined, dataLoss: ruled.content.dataLoss } }],
  ['dataLoss', { content: { guardrails: ruled.content.guardrails, dataLoss: undefined } }],
  ['spendLimits', { spendLimits: { kind: 'spend-limits', isEnabled: false, rules: [] } }],
  ['authentication', { authentication: true }],
  ['byokOnly', { byokOnly: false }],
  ['logManagement', { logManagement: null }],
  ['logManagementStrategy', { logManagementStrategy: 'DELETE_OLDEST' }],
  ['isDefault', { isDefault: true }],
  ['createdAtMs', { createdAtMs: 2 }],
];

describe('replacing a gateway that has to be as it was read', () => {
  const next = { ...ruled, cacheTtlSeconds: 5, modifiedAtMs: 9 };

  test.each(others)('is refused where another wrote: %s', async (_member, change) => {
    const written = { ...ruled, ...change };
    await store.gateways.insert(written);
    expect(await store.gateways.replace(next, ruled)).toBe(false);
    expect(store.gateways.find('a', 'full')).toEqual(written);
    expect(await store.gateways.replace(next, written)).toBe(true);
    expect(store.gateways.find('a', 'full')).toMatchObject({ cacheTtlSeconds: 5 });
  });

  test('every member is looked at, but for its name and when it was written', () => {
    const named = new Set(others.map(([member]) => member.split('.')[0]));
    const members = Object.keys(ruled).filter((member) => member !== 'content');
    const looked = [...members, ...Object.keys(ruled.content)].filter((one) => !named.has(one));
    expect(looked).toEqual(['account', 'id', 'modifiedAtMs']);
  });

  test('takes settings that were read of the database, and the same ones sent again', async () => {
    await store.gateways.insert(ruled);
    const read = store.gateways.find('a', 'full');
    await store.gateways.replace({ ...ruled, modifiedAtMs: 4 });
    expect(await store.gateways.replace(next, read)).toBe(true);
  });

  test('of two at once takes one', async () => {
    await store.gateways.insert(ruled);
    const taken = await Promise.all(
      [7, 8].map((ttl) => store.gateways.replace({ ...ruled, cacheTtlSeconds: ttl }, ruled)),
    );
    expect(taken).toEqual([true, false]);
    expect(store.gateways.find('a', 'full')?.cacheTtlSeconds).toBe(7);
  });

  test('makes none that has gone', async () => {
    expect(await store.gateways.replace(next, ruled)).toBe(false);
    expect(store.gateways.find('a', 'full')).toBeUndefined();
  });
});

describe('removing a gateway that has to be as it was read', () => {
  test.each(others)('is refused where another wrote: %s', async (_member, change) => {
    const written = { ...ruled, ...change };
    await store.gateways.insert(written);
    expect(await store.gateways.remove('a', 'full', ruled)).toBe(false);
    expect(store.gateways.find('a', 'full')).toEqual(written);
    expect(await store.gateways.remove('a', 'full', written)).toBe(true);
    expect(store.gateways.find('a', 'full')).toBeUndefined();
  });

  test('takes one that was sent again as it was', async () => {
    await store.gateways.insert(ruled);
    await store.gateways.replace({ ...ruled, modifiedAtMs: 4 });
    expect(await store.gateways.remove('a', 'full', ruled)).toBe(true);
  });

  test('leaves what belongs to it where it is refused', async () => {
    await store.gateways.insert(gateway('g', { cacheTtlSeconds: 5 }));
    await store.providerKeys.insert(record('1'), new Secret('one'));
    expect(await store.gateways.remove('a', 'g', gateway('g'))).toBe(false);
    expect(store.providerKeys.list(named)).toHaveLength(1);
  });

  test('of two at once is done once, whether they say how it was read or not', async () => {
    for (const before of [ruled, undefined]) {
      await store.gateways.insert(ruled);
      const gone = await Promise.all([1, 2].map(() => store.gateways.remove('a', 'full', before)));
      expect(gone).toEqual([true, false]);
    }
  });
});

function record(id: string, more: Partial<ProviderKeyRecord> = {}): ProviderKeyRecord {
  return {
    id,
    account: 'a',
    gatewayId: 'g',
    provider: 'anthropic',
    alias: id,
    isDefault: false,
    preview: '…abcd',
    createdAtMs: 1,
    modifiedAtMs: 1,
    ...more,
  };
}

const named = { account: 'a', gatewayId: 'g', provider: 'anthropic' };
const revealed = (alias?: string, more: Partial<typeof named> = {}): string | undefined =>
  store.providerKeys.reveal({ ...named, ...more, alias })?.reveal();

describe('keys for providers in the store', () => {
  test('a key comes back for its gateway, its provider and its alias, and for no other', async () => {
    const { providerKeys } = store;
    expect(await providerKeys.insert(record('one'), new Secret('sk-one'))).toBe(true);
    expect(revealed('one')).toBe('sk-one');
    for (const other of [{ account: 'b' }, { gatewayId: 'h' }, { provider: 'groq' }]) {
      expect(revealed('one', other)).toBeUndefined();
    }
    expect(revealed('two')).toBeUndefined();
    expect(revealed()).toBeUndefined();
    expect(JSON.stringify(providerKeys.list(named))).not.toContain('sk-one');
  });

  test('without an alias it is the default one, else the one that is called so', async () => {
    const { providerKeys } = store;
    await providerKeys.insert(record('1', { alias: 'default' }), new Secret('called so'));
    expect(revealed()).toBe('called so');
    await providerKeys.insert(record('2', { isDefault: true }), new Secret('the default'));
    expect(revealed()).toBe('the default');
    await providerKeys.insert(record('3', { isDefault: true }), new Secret('the next'));
    expect(revealed()).toBe('the next');
    expect(providerKeys.list(named).filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  test('a key that was not stored leaves the default as it is', async () => {
    const { providerKeys } = store;
    await providerKeys.insert(record('1', { isDefault: true }), new Secret('first'));
    const again = record('2', { alias: '1', isDefault: true });
    expect(await providerKeys.insert(again, new Secret('second'))).toBe(false);
    expect(revealed()).toBe('first');
  });

  test('a gateway has at most so many', async () => {
    const stored = await Promise.all(
      Array.from({ length: PROVIDER_KEYS_MAX + 1 }, (_, index) =>
        store.providerKeys.insert(record(String(index)), new Secret('key')),
      ),
    );
    expect(stored.filter(Boolean)).toHaveLength(PROVIDER_KEYS_MAX);
  });

  test('with a gateway go its keys, and no others', async () => {
    await store.gateways.insert(gateway('g'));
    await store.providerKeys.insert(record('1'), new Secret('one'));
    await store.providerKeys.insert(record('2', { gatewayId: 'h' }), new Secret('two'));
    await store.gateways.remove('a', 'g');
    expect(store.providerKeys.list(named)).toEqual([]);
    expect(store.providerKeys.list({ ...named, gatewayId: 'h' })).toHaveLength(1);
  });

  test('another account removes nothing', async () => {
    await store.providerKeys.insert(record('1'), new Secret('one'));
    expect(await store.providerKeys.remove({ account: 'b', gatewayId: 'g' }, '1')).toBe(false);
    expect(await store.providerKeys.remove(named, '1')).toBe(true);
  });

  test('a store that lost its pepper is refused where it has keys', async () => {
    await store.providerKeys.insert(record('1'), new Secret('one'));
    unlinkSync(join(directory, 'pepper'));
    await expect(openStore(directory, () => {})).rejects.toThrow('pepper is missing');
  });
});

describe('a sealed secret', () => {
  const sealer = new SecretSealer(new Secret('p'), 'keys', systemRandom());

  test('opens where it was sealed, and its bytes never show it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), (text, place) => {
        const sealed = sealer.seal(new Secret(text), place);
        expect(sealer.open(sealed, place).reveal()).toBe(Buffer.from(text).toString('utf8'));
        expect(Buffer.from(sealed).includes(Buffer.from(text))).toBe(false);
      }),
    );
  });

  test('does not open in another place, under another pepper, or changed', () => {
    const sealed = sealer.seal(new Secret('secret'), 'here');
    const others = [
      new SecretSealer(new Secret('q'), 'keys', systemRandom()),
      new SecretSealer(new Secret('p'), 'other', systemRandom()),
    ];
    const refused = /authenticate|version that is known/;
    expect(() => sealer.open(sealed, 'there')).toThrow(refused);
    for (const other of others) expect(() => other.open(sealed, 'here')).toThrow(refused);
    for (const at of sealed.keys()) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => sealer.open(changed, 'here')).toThrow(refused);
    }
  });

  test('is never the same twice', () => {
    const [one, two] = [1, 2].map(() => sealer.seal(new Secret('secret'), 'here'));
    expect(one).not.toEqual(two);
  });
});
