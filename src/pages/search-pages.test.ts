import { expect, test } from 'vitest';
import { modelsOf } from '../catalog/profiles.ts';
import { plans } from '../catalog/plans.ts';
import { modelsJson } from './list-models.ts';
import type { ListedModel } from './models-json.ts';
import type { PageSearch } from './search-pages.ts';
import { isPageFound, readPageSearch } from './search-pages.ts';

const unread = (): never => {
  throw new Error('a list of models reads no requests');
};
const { models } = modelsJson({
  listed: modelsOf('launch'),
  plan: plans.standard,
  bodyBytesMax: 1024,
  priceOf: () => undefined,
  reading: {
    chatCompletions: { flavour: 'aimlapi' },
    workersAi: { content: 'relaxed' },
    jsonBounds: { depthMax: 10, keysMax: 10 },
    findModel: unread,
    nearModels: unread,
  },
});

function found(query: string): readonly ListedModel[] {
  const search = readPageSearch(query);
  return models.filter((model) => isPageFound(model, search));
}

test.each<[string, PageSearch]>([
  ['', {}],
  ['q=&author=&form=&feature=', {}],
  ['q=+opus+&author=anthropic', { text: 'opus', author: 'anthropic' }],
  ['form=messages&feature=thinking', { form: 'messages', feature: 'thinking' }],
  ['form=toString&feature=telepathy', {}],
  [`q=${'a'.repeat(999)}`, { text: 'a'.repeat(200) }],
])('%s asks for %j', (query, search) => {
  expect(readPageSearch(query)).toEqual(search);
});

test('a name is found however its dots are written', () => {
  for (const query of ['q=sonnet+4.6', 'q=claude-sonnet-4-6', 'q=SONNET+4-6']) {
    expect(found(query).map(({ id }) => id)).toContain('claude-sonnet-4-6');
  }
});

test('filters narrow together', () => {
  const ids = found('q=claude&form=workers-ai&feature=effort').map(({ id }) => id);
  expect(ids).toContain('claude-opus-4-8');
  expect(ids).not.toContain('claude-sonnet-4-20250514');
  expect(found('form=workers-ai').every(({ retired_at }) => retired_at === null)).toBe(true);
});

test('who made a model is asked for by the id', () => {
  expect(found('author=anthropic')).toHaveLength(models.length);
  expect(found('author=nobody')).toEqual([]);
});
