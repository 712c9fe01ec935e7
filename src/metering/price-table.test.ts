import { describe, expect, test } from 'vitest';
import type { PriceRow } from '../catalog/price.ts';
import { priceRow } from '../catalog/price.ts';
import type { PriceStore, StoredPrice } from '../catalog/price-store.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { chargeOf, listTerms } from './charge-of.ts';
import { PRICE_LEAD_MS, PriceTable } from './price-table.ts';
import { listPrice, ratesFor } from './resolved-price.ts';

const clock = new ManualClock();
const now = clock.wallMs();
const listed: readonly PriceRow[] = [
  priceRow(new Date(now - 1000).toISOString(), {
    input: 10n,
    output: 20n,
    longInput: 100n,
    longOutput: 200n,
  }),
];

function stored(more: Partial<StoredPrice>): StoredPrice {
  return {
    id: 'price',
    modelId: 'model',
    priceClass: 'input',
    nanoUsdPerMillion: 7_000_000n,
    tierFromInputTokens: 0,
    planName: undefined,
    effectiveFromMs: now,
    effectiveToMs: undefined,
    source: 'test',
    createdBy: 'test',
    createdAtMs: now,
    ...more,
  };
}

/** Keeps rows in a list: what a store does about overlaps is the store's to test. */
function storeOf(rows: StoredPrice[]): PriceStore {
  return {
    list: () => Promise.resolve(rows),
    insert: (row) => {
      rows.push(row);
      return Promise.resolve('inserted');
    },
    close: (id, effectiveToMs) => {
      const at = rows.findIndex((row) => row.id === id);
      const row = rows[at];
      if (row === undefined) return Promise.resolve('not_found');
      rows[at] = { ...row, effectiveToMs };
      return Promise.resolve('closed');
    },
  };
}

async function tableOf(rows: readonly StoredPrice[], prices = listed): Promise<PriceTable> {
  const table = new PriceTable({ clock, store: storeOf([...rows]), listPrices: () => prices });
  await table.load();
  return table;
}

async function inputRate(
  rows: readonly StoredPrice[],
  { atMs = now, planName = 'prepaid', promptTokens = 1 },
): Promise<bigint | undefined> {
  const price = (await tableOf(rows)).priceOf('model', planName, atMs);
  return price === undefined ? undefined : ratesFor(price, promptTokens).input;
}

describe('which price holds', () => {
  const own = stored({ planName: 'prepaid', nanoUsdPerMillion: 5_000_000n });
  const later = stored({ effectiveFromMs: now + 10, nanoUsdPerMillion: 9_000_000n });
  test.each<[string, readonly StoredPrice[], Parameters<typeof inputRate>[1], bigint]>([
    ['the registry lists it', [], {}, 10_000_000n],
    ['an operator set it', [stored({})], {}, 7_000_000n],
    ['a plan has its own', [stored({}), own], {}, 5_000_000n],
    ['another plan has not', [stored({}), own], { planName: 'standard' }, 7_000_000n],
    ['it holds later', [later], { atMs: now + 9 }, 10_000_000n],
    ['it holds by now', [later], { atMs: now + 10 }, 9_000_000n],
    ['it has ended', [stored({ effectiveToMs: now + 5 })], { atMs: now + 5 }, 10_000_000n],
    ['the long prompt of the registry', [stored({})], { promptTokens: 200_001 }, 100_000_000n],
    ['a tier of its own', [stored({ tierFromInputTokens: 50 })], { promptTokens: 51 }, 7_000_000n],
  ])('%s', async (_name, rows, question, rate) => {
    expect(await inputRate(rows, question)).toBe(rate);
  });

  test('a tier has the prices of the one below where it has no own', async () => {
    const table = await tableOf([stored({ tierFromInputTokens: 50 })]);
    const price = table.priceOf('model', undefined, now);
    expect(price === undefined ? undefined : ratesFor(price, 51).output).toBe(20_000_000n);
  });

  test('nothing says what a model costs that nobody priced', async () => {
    expect((await tableOf([], [])).priceOf('model', undefined, now)).toBeUndefined();
    expect((await tableOf([])).priceOf('model', undefined, now - 2000)).toBeUndefined();
  });
});

test('wallet M07 a request keeps the price of its admission', async () => {
  const table = await tableOf([]);
  const held = table.priceOf('model', undefined, now);
  const effectiveFromMs = now + PRICE_LEAD_MS;
  expect(await table.add(stored({ effectiveFromMs }))).toBe('inserted');
  const later = table.priceOf('model', undefined, effectiveFromMs);
  const usage = { inputTokens: 1, outputTokens: 0 };
  expect(held === undefined ? undefined : chargeOf(usage, held, listTerms)).toBe(10n);
  expect(later === undefined ? undefined : chargeOf(usage, later, listTerms)).toBe(7n);
  expect(later?.version).not.toBe(held?.version);
});

test('equal prices have equal versions, whoever says them', async () => {
  const table = await tableOf([]);
  expect(table.priceOf('model', undefined, now)?.version).toBe(listPrice(listed, now)?.version);
});

test('a price is set and ended for times to come only', async () => {
  const table = await tableOf([stored({ id: 'old' })]);
  const soon = now + PRICE_LEAD_MS - 1;
  expect(await table.add(stored({ effectiveFromMs: soon }))).toBe('not_in_future');
  expect(await table.close('old', soon)).toBe('not_in_future');
  expect(await table.close('old', soon + 1)).toBe('closed');
  expect(table.priceOf('model', undefined, soon + 1)?.tiers[0]?.rates.input).toBe(10_000_000n);
  expect(table.stored()).toHaveLength(1);
});
