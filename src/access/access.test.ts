import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../messages/errors.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { Random } from '../std/random.ts';
import { systemRandom } from '../std/random.ts';
import { Secret } from '../std/secret.ts';
import { keyDigest, mintKey, publicIdOf } from './api-key.ts';
import { Authenticator } from './authenticate.ts';
import { createKey } from './create-key.ts';
import type { KeyKind } from './key-store.ts';
import { KeysInMemory } from '../../test/support/keys-in-memory.ts';
import { keyRecord } from '../../test/support/key-record.ts';

const pepper = new Secret('pepper');
const random = systemRandom();

async function withKey(wanted: { kind?: KeyKind; expiresAtMs?: number } = {}) {
  const store = new KeysInMemory();
  const clock = new ManualClock();
  const made = await createKey(
    { kind: 'inference', environment: 'live', name: 'test', ...wanted },
    { store, pepper, clock, random },
  );
  const authenticator = new Authenticator({ store, pepper, clock });
  const says = (headers: Record<string, string>): string => {
    const answer = authenticator.authenticate(headers);
    return isRefusal(answer) ? (answer.detail ?? '') : answer.keyId;
  };
  return { store, clock, authenticator, says, id: made.publicId, key: made.key.reveal() };
}

describe('API keys', () => {
  test('a key carries its public id, and any change to it shows', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('0', 'A', 'a', 'z', '9', 'Z'), (at, letter) => {
        const { publicId, key } = mintKey('live', random);
        const text = key.reveal();
        expect(text).toMatch(/^qtn_live_[0-9A-Za-z]{59}$/);
        expect(publicIdOf(text)).toBe(publicId);
        const place = 9 + (at % 59);
        const changed = text.slice(0, place) + letter + text.slice(place + 1);
        expect(publicIdOf(changed)).toBe(changed === text ? publicId : undefined);
      }),
    );
  });

  test('letters are drawn without bias', () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 2000; index += 1) {
      for (const letter of mintKey('dev', random).publicId)
        counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const expected = 20_000 / 62;
    expect(counts.size).toBe(62);
    for (const count of counts.values())
      expect(Math.abs(count - expected)).toBeLessThan(expected / 2);
  });

  test('a generator that gives only unusable bytes first is asked again', () => {
    let calls = 0;
    const stubborn: Random = {
      bytes: (count) => new Uint8Array(count).fill(calls++ === 0 ? 255 : 7),
    };
    expect(mintKey('dev', stubborn).publicId).toBe('7'.repeat(10));
  });

  test('the stored digest depends on key and pepper', () => {
    const digest = (key: string, from: string): string =>
      Buffer.from(keyDigest(key, new Secret(from))).toString('hex');
    expect(digest('a', 'p')).toHaveLength(64);
    expect(new Set([digest('a', 'p'), digest('b', 'p'), digest('a', 'q')]).size).toBe(3);
  });

  test('neither key nor digest of the key shows when a record is printed', async () => {
    const { store, key } = await withKey();
    expect(JSON.stringify(store.list())).not.toContain(key.slice(20));
    expect(String(new Secret(key)) + JSON.stringify({ key: new Secret(key) })).not.toContain(key);
  });
});

describe('Authenticator', () => {
  test('takes a key by either header', async () => {
    const { says, key, id } = await withKey();
    expect(says({ 'x-api-key': key })).toBe(id);
    expect(says({ authorization: `Bearer ${key}` })).toBe(id);
  });

  test.each<[string, (key: string) => Record<string, string>, string]>([
    ['#2 no credential', () => ({}), 'x-api-key header is required'],
    ['#3 a wrong key', () => ({ 'x-api-key': 'sk-ant-nope' }), 'invalid x-api-key'],
    [
      '#3 an unknown key in the right form',
      () => ({ 'x-api-key': mintKey('live', random).key.reveal() }),
      'invalid x-api-key',
    ],
    ['#4 a bad bearer', () => ({ authorization: 'Bearer nope' }), 'Invalid bearer token'],
    ['#4 no bearer scheme', (key) => ({ authorization: `Basic ${key}` }), 'Invalid bearer token'],
    [
      '#5 both',
      (key) => ({ 'x-api-key': key, authorization: `Bearer ${key}` }),
      'send either x-api-key or authorization, not both',
    ],
    ['an empty key', () => ({ 'x-api-key': '' }), 'invalid x-api-key'],
  ])('refuses %s', async (_name, headers, text) => {
    const { says, key } = await withKey();
    expect(says(headers(key))).toBe(text);
  });

  test('a revoked key stops working within a second', async () => {
    const { says, key, id, store, clock } = await withKey();
    expect(says({ 'x-api-key': key })).toBe(id);
    await store.revoke(id, clock.wallMs());
    clock.advance(1001);
    expect(says({ 'x-api-key': key })).toBe('invalid x-api-key');
  });

  test('a key made after a failed try works within a second', async () => {
    const { says, store, clock } = await withKey();
    const late = mintKey('live', random);
    const text = late.key.reveal();
    expect(says({ 'x-api-key': text })).toBe('invalid x-api-key');
    await store.insert(keyRecord(late.publicId, { digest: keyDigest(text, pepper) }));
    clock.advance(1001);
    expect(says({ 'x-api-key': text })).toBe(late.publicId);
  });

  test('an expired key does not work', async () => {
    const clock = new ManualClock();
    const { says, key, id, clock: own } = await withKey({ expiresAtMs: clock.wallMs() + 5000 });
    expect(says({ 'x-api-key': key })).toBe(id);
    own.advance(6000);
    expect(says({ 'x-api-key': key })).toBe('invalid x-api-key');
  });

  test('an admin key cannot call models, and an inference key cannot administer', async () => {
    const admin = await withKey({ kind: 'admin' });
    expect(admin.says({ 'x-api-key': admin.key })).toBe('invalid x-api-key');
    expect(isRefusal(admin.authenticator.authenticateAdmin({ 'x-api-key': admin.key }))).toBe(
      false,
    );
    const inference = await withKey();
    expect(
      isRefusal(inference.authenticator.authenticateAdmin({ 'x-api-key': inference.key })),
    ).toBe(true);
  });

  test('the store is asked once a second for a key, not once a request', async () => {
    const { says, key, store, clock } = await withKey();
    for (let index = 0; index < 100; index += 1) says({ 'x-api-key': key });
    expect(store.lookUps).toBe(1);
    clock.advance(1001);
    says({ 'x-api-key': key });
    expect(store.lookUps).toBe(2);
  });

  test('a development key works as it is written, and no part of it does', async () => {
    const { store, clock } = await withKey();
    const developmentKey = new Secret('my-development-key');
    const authenticator = new Authenticator({ store, pepper, clock, developmentKey });
    expect(isRefusal(authenticator.authenticate({ 'x-api-key': 'my-development-key' }))).toBe(
      false,
    );
    expect(isRefusal(authenticator.authenticate({ 'x-api-key': 'my-development' }))).toBe(true);
    expect(isRefusal(authenticator.authenticateAdmin({ 'x-api-key': 'my-development-key' }))).toBe(
      true,
    );
  });

  test('work that goes on without a credential has the rights of its key at the moment', async () => {
    const { store, clock, authenticator, id } = await withKey();
    const scopes = ['batches'] as const;
    await store.update(id, { ...keyRecord(id), scopes, modelIds: ['a'] });
    await store.revoke(id, clock.wallMs());
    const principal = authenticator.principalFor(id, 'of another');
    expect([principal.account, [...principal.scopes], [...(principal.modelIds ?? [])]]).toEqual([
      id,
      ['batches'],
      ['a'],
    ]);
  });

  test('and none where its account is closed, whoever the key belongs to', async () => {
    const { store, clock, id, key } = await withKey();
    const status = 'closed' as const;
    const find = (account: string) => ({ id: account, name: 'x', status, createdAtMs: 1 });
    const developmentKey = new Secret('dev');
    const options = { store, accounts: { find }, pepper, clock, developmentKey };
    const authenticator = new Authenticator(options);
    for (const shown of [key, 'dev']) {
      expect(isRefusal(authenticator.authenticate({ 'x-api-key': shown }))).toBe(true);
    }
    for (const keyId of [id, 'development']) {
      expect([...authenticator.principalFor(keyId, keyId).scopes]).toEqual([]);
    }
  });

  test('the development key goes by the plan of its account too', async () => {
    const { store, clock } = await withKey();
    const account = { id: 'development', name: 'x', planName: 'gold', createdAtMs: 1 } as const;
    const accounts = { find: () => ({ ...account, status: 'open' as const }) };
    const developmentKey = new Secret('dev');
    const authenticator = new Authenticator({ store, accounts, pepper, clock, developmentKey });
    expect(authenticator.authenticate({ 'x-api-key': 'dev' })).toMatchObject({ planName: 'gold' });
  });

  test('two credentials are none for the admin listener either', async () => {
    const { authenticator, key } = await withKey({ kind: 'admin' });
    const both = { 'x-api-key': key, authorization: `Bearer ${key}` };
    expect(isRefusal(authenticator.authenticateAdmin(both))).toBe(true);
  });

  test('and none where nobody knows the key any more', async () => {
    const { authenticator } = await withKey();
    const nobody = authenticator.principalFor('gone', 'acme');
    expect([nobody.account, nobody.scopes.size]).toEqual(['acme', 0]);
    expect(authenticator.principalFor('development', 'development').scopes.size).toBe(0);
  });

  test('what a key may do is that of its record, and the plan that of its account', async () => {
    const { store, clock, id, key } = await withKey();
    const account = { id, name: 'Acme', planName: 'gold', status: 'open', createdAtMs: 1 } as const;
    const authenticator = new Authenticator({
      store,
      accounts: { find: (wanted) => (wanted === id ? account : undefined) },
      pepper,
      clock,
    });
    const budget = { limitNanoUsd: 5n, period: 'day' } as const;
    const change = { budget, allowedCidrs: ['10.0.0.0/8', '::1/128'] };
    await store.update(id, { ...keyRecord(id), ...change });
    expect(authenticator.authenticate({ 'x-api-key': key })).toMatchObject({
      keyId: id,
      planName: 'gold',
      budget,
      allowedCidrs: [
        { family: 4, prefixBits: 8 },
        { family: 6, prefixBits: 128 },
      ],
    });
  });

  test('that the use of a key could not be noted is heard, and lets it in', async () => {
    const { store, clock, key, id } = await withKey();
    const faults: unknown[] = [];
    const authenticator = new Authenticator({
      store: {
        find: (publicId) => store.find(publicId),
        touch: () => Promise.reject(new Error('full')),
      },
      pepper,
      clock,
      onFault: (fault) => faults.push(fault),
    });
    expect(authenticator.authenticate({ 'x-api-key': key })).toMatchObject({ keyId: id });
    await expect.poll(() => faults).toEqual([new Error('full')]);
  });
});
