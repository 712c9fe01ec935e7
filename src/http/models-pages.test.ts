import { expect, test } from 'vitest';
import type { StoredPrice } from '../catalog/price-store.ts';
import { plans } from '../catalog/plans.ts';
import { resolveModel } from '../catalog/resolve-model.ts';
import { PriceTable } from '../metering/price-table.ts';
import { noWebAssets } from '../pages/web-assets.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { createCodeApi } from './answer-code.ts';
import type { ModelsRequest } from './models-pages.ts';
import { ModelsPages } from './models-pages.ts';

const START_MS = Date.parse('2026-11-01T00:00:00Z');
const path = '/models/anthropic/claude-sonnet-4.6/index.md';

function stored(more: Partial<StoredPrice>): StoredPrice {
  return {
    id: 'p1',
    modelId: 'claude-sonnet-4-6',
    priceClass: 'input',
    nanoUsdPerMillion: 2_500_000_000n,
    tierFromInputTokens: 0,
    planName: undefined,
    effectiveFromMs: START_MS + 60_000,
    effectiveToMs: undefined,
    source: 'test',
    createdBy: 'test',
    createdAtMs: START_MS,
    ...more,
  };
}

async function pagesWith(rows: readonly StoredPrice[]): Promise<ModelsPages> {
  const unused = (): never => {
    throw new Error('prices are only read');
  };
  const clock = new ManualClock(START_MS);
  const prices = new PriceTable({
    clock,
    store: { list: () => Promise.resolve(rows), insert: unused, close: unused },
    listPrices: (modelId) => resolveModel(modelId)?.prices ?? [],
  });
  await prices.load();
  return new ModelsPages({ prices, assets: noWebAssets, code: createCodeApi(clock) });
}

const settings: ModelsRequest['settings'] = {
  bodyBytesMax: 1024 * 1024,
  chatCompletions: { flavour: 'aimlapi' },
  jsonBounds: { depthMax: 100, keysMax: 1000 },
  plan: plans.standard,
  profile: 'launch',
  workersAi: { content: 'relaxed' },
};

function textAt(pages: ModelsPages, more: Partial<ModelsRequest>): string {
  const request = { path, query: '', asked: {}, settings, atMs: START_MS, ...more };
  return Buffer.from(pages.answer(request)?.body ?? []).toString();
}

test('a price that an operator set is on the page from when it holds', async () => {
  const pages = await pagesWith([stored({})]);
  const before = textAt(pages, {});
  expect(before).toContain('| Input, per 1M tokens | $3.00 | $6.00 |');
  expect(before).toContain('In force since 2026-02-17.');
  const after = textAt(pages, { atMs: START_MS + 61_000 });
  expect(after).toContain('| Input, per 1M tokens | $2.50 | $6.00 |');
  expect(after).toContain('In force since 2026-11-01.');
  expect(after).toContain('$2.50 input, $15.00 output per 1M tokens, since 2026-11-01');
});

test('prices of another plan are not shown, and the markup of the configured one is in its prices', async () => {
  const pages = await pagesWith([stored({ planName: 'gold', effectiveFromMs: START_MS })]);
  expect(textAt(pages, {})).toContain('| Input, per 1M tokens | $3.00 |');
  const plan = { ...plans.standard, name: 'gold', markupBasisPoints: 1000 };
  const shown = textAt(pages, { settings: { ...settings, plan } });
  expect(shown).toContain('| Input, per 1M tokens | $2.75 | $6.60 |');
});

test('what a plan does not sell has no page', async () => {
  const pages = await pagesWith([]);
  const plan = { ...plans.standard, modelIds: new Set(['claude-opus-4-8']) };
  const request = { query: '', asked: {}, settings: { ...settings, plan }, atMs: START_MS };
  expect(pages.answer({ ...request, path })?.status).toBe(404);
  expect(pages.answer({ ...request, path: '/models/claude-opus-4-8/' })?.status).toBe(308);
  const list = pages.answer({ ...request, path: '/models/models.json' });
  const { models } = JSON.parse(Buffer.from(list?.body ?? []).toString()) as {
    readonly models: readonly { readonly id: string }[];
  };
  expect(models.map(({ id }) => id)).toEqual(['claude-opus-4-8']);
});

test('a page is written once for many who ask, and anew for other settings', async () => {
  const pages = await pagesWith([]);
  const [one, same] = [textAt(pages, {}), textAt(pages, { atMs: START_MS + 5000 })];
  expect(same).toBe(one);
  const other = { ...settings, bodyBytesMax: 2 * 1024 * 1024 };
  expect(textAt(pages, { settings: other })).toContain('| Request body | 2 MiB |');
});

test.each(['anthropic/constructor', 'toString', '__proto__', 'a'.repeat(128)])(
  'nothing is called %s',
  async (name) => {
    const pages = await pagesWith([]);
    const reply = pages.answer({
      path: `/models/${name}`,
      query: '',
      asked: { accept: 'text/html' },
      settings,
      atMs: START_MS,
    });
    expect(reply?.status).toBe(404);
    expect(Buffer.from(reply?.body ?? []).toString()).toContain('There is no such page');
  },
);
