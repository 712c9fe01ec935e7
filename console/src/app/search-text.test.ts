import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNarrowing, parseSearchText, writeSearchText } from './search-text.ts';

describe('the query of an address', () => {
  test.each([
    ['', {}],
    ['?status=429', { status: '429' }],
    ['?a=1&a=2', { a: '2' }],
    ['?from=2026-11-21T18%3A22&model=claude-*', { from: '2026-11-21T18:22', model: 'claude-*' }],
    ['?q=a+b%26c', { q: 'a b&c' }],
  ])('%s is read as text', (query, search) => {
    expect(parseSearchText(query)).toEqual(search);
  });

  test.each([
    [{}, ''],
    [{ status: '429' }, '?status=429'],
    [{ status: '', key: undefined, page: 2 }, ''],
    [{ q: 'a b&c=d' }, '?q=a+b%26c%3Dd'],
  ])('%j is written as %s', (search, query) => {
    expect(writeSearchText(search)).toBe(query);
  });

  test('what is written is read again', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(fc.dictionary(texts, texts), (search) => {
        const whole = Object.fromEntries(
          Object.entries(search).filter(([name, text]) => (name + text).isWellFormed()),
        );
        expect({ ...parseSearchText(writeSearchText(whole)) }).toEqual({ ...whole });
      }),
    );
  });
});

test.each([
  [{}, false],
  [{ status: undefined, key: '' }, false],
  [{ status: undefined, key: 'a' }, true],
  [{ limit: 0 }, true],
])('%j narrows a list: %s', (query, isSo) => {
  expect(isNarrowing(query)).toBe(isSo);
});
