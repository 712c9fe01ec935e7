import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyRecord } from '../../test/support/key-record.ts';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import type { KeyRecord } from '../access/key-store.ts';
import { grantableScopes } from '../access/scopes.ts';
import type { StoredPlan } from '../catalog/plan-store.ts';
import { plans } from '../catalog/plans.ts';
import { migrations } from './migrations.ts';
import { migrate, openDatabase } from './open-database.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';

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
  rmSync(directory, { recursive: true, force: true });
});

/** Everything that a key may have, the budget larger than a number holds. */
const full: KeyRecord = keyRecord('full', {
  accountId: 'acme',
  kind: 'management',
  scopes: ['keys:write', 'chat'],
  modelIds: ['claude-sonnet-4-6'],
  allowedCidrs: [],
  budget: { limitNanoUsd: 2n ** 63n - 1n, period: 'month' },
  rate: { requestsPerMinute: 1, concurrency: 2 },
  createdBy: 'maker',
  expiresAtMs: 9,
  lastUsedAtMs: 7,
});

describe('keys', () => {
  test('come back as they were stored', async () => {
    await store.keys.insert(full);
    await store.keys.insert(keyRecord('plain'));
    expect(store.keys.find('full')).toEqual(full);
    expect(store.keys.find('plain')).toEqual(keyRecord('plain'));
    expect(store.keys.list({ accountId: 'acme' })).toEqual([full]);
    expect(store.keys.list()).toHaveLength(2);
  });

  test('are changed as a whole, and lose what the change does not have', async () => {
    await store.keys.insert(full);
    const { scopes, modelIds, allowedCidrs, budget, rate } = keyRecord('any');
    const change = { scopes, modelIds, allowedCidrs, budget, rate, name: 'other' };
    expect(await store.keys.update('full', change)).toBe(true);
    const { expiresAtMs: _gone, ...kept } = full;
    expect(store.keys.find('full')).toEqual({ ...kept, ...change });
    expect(await store.keys.update('nobody', change)).toBe(false);
  });

  test('K07 get another secret, and keep the one before, their id and their rights', async () => {
    await store.keys.insert(full);
    const rotation = {
      digest: new Uint8Array(32).fill(9),
      lastLetters: 'newl',
      graceUntilMs: 60_000,
    };
    expect(await store.keys.rotate('full', rotation)).toBe(true);
    expect(store.keys.find('full')).toEqual({
      ...full,
      digest: rotation.digest,
      lastLetters: 'newl',
      rotated: { digest: full.digest, graceUntilMs: 60_000 },
    });
  });

  test('are disabled and enabled, and once they are revoked nothing changes them', async () => {
    const { keys } = store;
    await keys.insert(full);
    expect(await keys.setStatus('full', 'disabled')).toBe(true);
    expect(await keys.setStatus('full', 'disabled')).toBe(false);
    expect(await keys.setStatus('full', 'active')).toBe(true);
    expect(await keys.revoke('full', 5)).toBe(true);
    const after = { ...full, status: 'revoked', revokedAtMs: 5 };
    expect(keys.find('full')).toEqual(after);
    const rotation = { digest: new Uint8Array(32), lastLetters: '', graceUntilMs: 1 };
    const changes = [
      await keys.revoke('full', 6),
      await keys.setStatus('full', 'active'),
      await keys.rotate('full', rotation),
      await keys.update('full', full),
    ];
    expect(changes).toEqual([false, false, false, false]);
    expect(keys.find('full')).toEqual(after);
  });

  test('the note of their last use never goes back', async () => {
    await store.keys.insert(full);
    await store.keys.touch('full', 100);
    await store.keys.touch('full', 50);
    expect(store.keys.find('full')?.lastUsedAtMs).toBe(100);
  });
});

test('accounts come back as they were stored, and change', async () => {
  const { accounts } = store;
  const acme = { id: 'acme', name: 'Acme', status: 'open', createdAtMs: 1 } as const;
  const other = { ...acme, id: 'other', planName: 'gold', createdAtMs: 2 } as const;
  expect([await accounts.insert(acme), await accounts.insert(other)]).toEqual([true, true]);
  expect(await accounts.insert({ ...acme, name: 'again' })).toBe(false);
  expect(accounts.list()).toEqual([other, acme]);
  const change = { name: 'Acme 2', planName: 'gold', status: 'closed' } as const;
  expect(await accounts.update('acme', change)).toBe(true);
  expect(accounts.find('acme')).toEqual({ ...acme, ...change });
  expect(await accounts.update('nobody', change)).toBe(false);
});

describe('plans', () => {
  const gold: StoredPlan = {
    ...plans.prepaid,
    name: 'gold',
    modelIds: new Set(['claude-sonnet-4-6']),
    markupBasisPoints: 3000,
    onExhausted: 'stop',
    createdAtMs: 1,
    modifiedAtMs: 2,
  };
  const { outputTokensMax: _max, modelIds: _ids, ...unbounded } = gold;

  test('come back as they were stored, and change', async () => {
    expect(await store.plans.insert(gold)).toBe(true);
    expect(await store.plans.insert(gold)).toBe(false);
    expect(store.plans.list()).toEqual([gold]);
    const change = { ...unbounded, isPrepaid: false, modifiedAtMs: 3 };
    expect(await store.plans.replace(change)).toBe(true);
    expect(store.plans.find('gold')).toEqual(change);
    expect(await store.plans.replace({ ...gold, name: 'nothing' })).toBe(false);
  });

  test('stay while an account has them', async () => {
    await store.plans.insert(gold);
    const account = { id: 'a', name: 'a', status: 'open', createdAtMs: 1 } as const;
    await store.accounts.insert({ ...account, planName: 'gold' });
    expect(await store.plans.remove('gold')).toBe(false);
    await store.accounts.update('a', account);
    expect(await store.plans.remove('gold')).toBe(true);
    expect(store.plans.find('gold')).toBeUndefined();
  });
});

test('keys of before accounts work as they did: each is an account with every scope of its kind', async () => {
  const path = join(directory, 'older.db');
  const older = new DatabaseSync(path);
  const before = migrations.findIndex((step) => step.includes('api_keys_before'));
  for (const step of migrations.slice(0, before)) older.exec(step);
  older.exec(`INSERT INTO api_keys VALUES
    ('one', x'07', 'inference', 'live', 'One', 1, 5, NULL),
    ('two', x'07', 'admin', 'dev', 'Two', 2, NULL, 6);
    PRAGMA user_version = ${String(before)}`);
  older.close();
  const database = openDatabase(path);
  migrate(database);
  const rows = database.prepare('SELECT * FROM api_keys ORDER BY public_id').all();
  database.close();
  expect(rows).toEqual([
    expect.objectContaining({
      public_id: 'one',
      account: 'one',
      status: 'active',
      scopes: JSON.stringify(grantableScopes.inference),
      allowed_cidrs: null,
      expires_at_ms: 5,
    }),
    expect.objectContaining({
      public_id: 'two',
      status: 'revoked',
      scopes: '[]',
      revoked_at_ms: 6,
    }),
  ]);
});
