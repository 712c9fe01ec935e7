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

async function pagesWith(rows: readonly StoredPrice[], publicUrl?: string): Promise<ModelsPages> {
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
  const code = createCodeApi(clock);
  const where = publicUrl === undefined ? {} : { publicUrl: () => publicUrl };
  return new ModelsPages({ prices, assets: noWebAssets, code, ...where });
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
  const request = {
    path,
    query: '',
    asked: {},
    settings,
    atMs: START_MS,
    requestId: 'req_test',
    ...more,
  };
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
  const request = {
    query: '',
    asked: {},
    settings: { ...settings, plan },
    atMs: START_MS,
    requestId: 'req_test',
  };
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
      requestId: 'req_test',
    });
    expect(reply?.status).toBe(404);
    expect(Buffer.from(reply?.body ?? []).toString()).toContain('There is no such page');
  },
);

/** What is asked for where nothing is, and what of it is answered. */
test.each<[path: string, type: string, said: string]>([
  ['anthropic/claude-sonet-4.6/', 'text/html; charset=utf-8', 'Claude Sonnet 4.6</a>'],
  [
    'anthropic/claude-sonet-4.6/index.md',
    'text/markdown; charset=utf-8',
    '# There is no such page',
  ],
  ['anthropic/claude-sonet-4.6/schema-input.json', 'application/json', '"not_found_error"'],
  ['anthropic/claude-sonnet-4.6/completions/', 'text/html; charset=utf-8', 'Claude Sonnet 4.6</a>'],
  [
    'anthropic/claude-sonnet-4.6/messages/more/',
    'text/html; charset=utf-8',
    'Claude Sonnet 4.6</a>',
  ],
  [
    'anthropic/claude-3-opus-20240229/workers-ai/index.md',
    'text/markdown; charset=utf-8',
    '- [Claude Opus 3]',
  ],
  ['a/b/c/d/e/', 'text/html; charset=utf-8', 'There is no such page'],
  [
    'anthropic/claude-sonnet-4.6/nothing/playground/',
    'text/html; charset=utf-8',
    'Claude Sonnet 4.6</a>',
  ],
])('%s is not there, and that is said as %s', async (place, type, said) => {
  const pages = await pagesWith([]);
  const request = { query: '', asked: {}, settings, atMs: START_MS, requestId: 'req_test' };
  const reply = pages.answer({ ...request, path: `/models/${place}` });
  expect(reply?.status).toBe(404);
  expect(reply?.headers).toContain(type);
  expect(Buffer.from(reply?.body ?? []).toString()).toContain(said);
});

test('code of pages asks the gateway where it is reached', async () => {
  const pages = await pagesWith([], 'https://ai.example.com/');
  const text = textAt(pages, {});
  expect(text).toContain('${QUATRAIN_BASE_URL:-https://ai.example.com}/client/v4/');
  expect(text).toContain('The code asks `https://ai.example.com`;');
  expect(text).not.toContain('127.0.0.1');
  expect(textAt(await pagesWith([]), {})).toContain('http://127.0.0.1:4114');
});
