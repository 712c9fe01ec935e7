import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRefusal } from '../messages/errors.ts';
import type { CatalogQuery } from './read-catalog-query.ts';
import { readCatalogQuery } from './read-catalog-query.ts';

const unset = { page: 1, perPage: 50, isForMarketplace: false, includesDeprecated: false };

test.each<[string, Partial<CatalogQuery>]>([
  ['', {}],
  ['page=2&per_page=1', { page: 2, perPage: 1 }],
  ['per_page=1000', { perPage: 1000 }],
  [
    'search=Claude%20Sonnet&task=Text+Generation',
    { search: 'Claude Sonnet', task: 'Text Generation' },
  ],
  ['author=anthropic&source=3', { author: 'anthropic', source: 3 }],
  ['include_deprecated=true&hide_experimental=false', { includesDeprecated: true }],
  ['format=openrouter', { isForMarketplace: true }],
  ['model=anthropic%2Fclaude-sonnet-4.6', { model: 'anthropic/claude-sonnet-4.6' }],
  ['author=&page=&format=', {}],
  ['nonsense=1', {}],
])('%j is read', (query, said) => {
  expect(readCatalogQuery(query)).toEqual({ ...unset, ...said });
});

test.each([
  ['page=0', 'page'],
  ['page=x', 'page'],
  ['page=1.5', 'page'],
  ['page=-1', 'page'],
  ['per_page=1001', 'per_page'],
  ['source=one', 'source'],
  ['include_deprecated=yes', 'include_deprecated'],
  ['hide_experimental=1', 'hide_experimental'],
  ['format=csv', 'format'],
])('%j is refused by name', (query, param) => {
  expect(readCatalogQuery(query)).toMatchObject({
    kind: 'refusal',
    code: 'invalid_request',
    param,
    detail: expect.stringMatching(new RegExp(`^${param} must be `)) as string,
  });
});

test('whatever the query, it is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (query) => {
      const read = readCatalogQuery(query);
      return isRefusal(read) || (read.page >= 1 && read.perPage >= 1 && read.perPage <= 1000);
    }),
  );
});
