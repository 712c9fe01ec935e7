import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import type { StoredPrice } from '../catalog/price-store.ts';
import { openDatabase } from './open-database.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';

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

const row: StoredPrice = {
  id: 'price_1',
  modelId: 'claude-sonnet-4-6',
  priceClass: 'input',
  nanoUsdPerMillion: 3_000_000_000n,
  tierFromInputTokens: 0,
  planName: undefined,
  effectiveFromMs: 1000,
  effectiveToMs: 2000,
  source: 'a contract',
  createdBy: 'ops',
  createdAtMs: 500,
};

test('a price comes back as it was written, however large', async () => {
  const dear = { ...row, nanoUsdPerMillion: 9_000_000_000_000_000_001n, planName: 'gold' };
  expect(await store.prices.insert(dear)).toBe('inserted');
  expect(await store.prices.list()).toEqual([dear]);
});

describe('wallet M09 prices that overlap', () => {
  test.each<[string, Partial<StoredPrice>, 'inserted' | 'overlaps']>([
    ['the same time', {}, 'overlaps'],
    ['inside of it', { effectiveFromMs: 1500, effectiveToMs: 1600 }, 'overlaps'],
    ['around it', { effectiveFromMs: 1, effectiveToMs: 9000 }, 'overlaps'],
    ['without an end, from before', { effectiveFromMs: 1, effectiveToMs: undefined }, 'overlaps'],
    ['up to it', { effectiveFromMs: 1, effectiveToMs: 1000 }, 'inserted'],
    ['from its end on', { effectiveFromMs: 2000, effectiveToMs: undefined }, 'inserted'],
    ['of another model', { modelId: 'claude-haiku-4-5' }, 'inserted'],
    ['of another class', { priceClass: 'output' }, 'inserted'],
    ['of another tier', { tierFromInputTokens: 200_000 }, 'inserted'],
    ['of a plan', { planName: 'gold' }, 'inserted'],
  ])('%s', async (_name, other, outcome) => {
    await store.prices.insert(row);
    expect(await store.prices.insert({ ...row, id: 'price_2', ...other })).toBe(outcome);
    expect(await store.prices.list()).toHaveLength(outcome === 'inserted' ? 2 : 1);
  });

  test('of two at once, one is inserted', async () => {
    const [first, second] = await Promise.all([
      store.prices.insert(row),
      store.prices.insert({ ...row, id: 'price_2' }),
    ]);
    expect([first, second]).toEqual(['inserted', 'overlaps']);
  });
});

test('a price is closed once, and not before it began', async () => {
  await store.prices.insert({ ...row, effectiveToMs: undefined });
  expect(await store.prices.close('price_1', 999)).toBe('too_early');
  expect(await store.prices.close('price_1', 5000)).toBe('closed');
  expect(await store.prices.close('price_1', 6000)).toBe('closed_before');
  expect(await store.prices.close('price_9', 6000)).toBe('not_found');
  expect((await store.prices.list())[0]?.effectiveToMs).toBe(5000);
});

test.each([
  [
    'overlaps',
    "INSERT INTO model_prices SELECT 'other', model_id, price_class, 1, tier_from_input_tokens, plan_name, effective_from_ms, effective_to_ms, '', '', 0 FROM model_prices",
  ],
  ['never edited', 'UPDATE model_prices SET nano_usd_per_million = 1'],
  ['never edited', 'UPDATE model_prices SET effective_to_ms = NULL'],
  ['never removed', 'DELETE FROM model_prices'],
])('the database itself refuses what is %s', async (why, statement) => {
  await store.prices.insert(row);
  const database = openDatabase(join(directory, 'quatrain.db'));
  try {
    expect(() => {
      database.exec(statement);
    }).toThrow(why);
  } finally {
    database.close();
  }
});
