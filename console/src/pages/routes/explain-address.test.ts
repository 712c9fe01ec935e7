import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSearchText, writeSearchText } from '../../app/search-text.ts';
import { QUERY_LETTERS_MAX, addressOf, leftOutIn, questionIn, textsIn } from './explain-address.ts';
import type { ExplainTexts } from './explain-question.ts';
import { noTexts } from './explain-question.ts';

function asked(texts: Partial<ExplainTexts>): ExplainTexts {
  return { ...noTexts, ...texts };
}

function queryOf(texts: Partial<ExplainTexts>): string {
  return writeSearchText(addressOf(asked(texts)).search);
}

const all: ExplainTexts = {
  form: 'workers-ai',
  model: 'anthropic/claude-sonnet-4.6',
  account: 'team',
  key: 'abcdefghij',
  upstream: 'west',
  address: '10.0.0.1',
  idempotencyKey: 'order-7',
  gateway: 'shop',
  cache: 'skip',
  cacheSeconds: '60',
  cacheName: 'menu',
  headers: 'x-team: red\nx-time: 12:30',
  body: '{ "max_tokens": 5, "messages": [] }',
};

describe('the address of a question', () => {
  test.each<[string, Partial<ExplainTexts>]>([
    ['the first one', {}],
    ['without a model', { model: '' }],
    ['of all that can be said', all],
  ])('says the same when it is read again: %s', (_what, texts) => {
    const query = queryOf(texts);
    expect(textsIn(parseSearchText(query))).toEqual(asked(texts));
    expect(questionIn(parseSearchText(query))).toBe(query);
    expect(leftOutIn(parseSearchText(query))).toEqual([]);
  });

  test('asks nothing where it has nothing of one', () => {
    expect(textsIn({})).toBeUndefined();
    expect(textsIn({ form: '', tab: 'x', left_out: 'body' })).toBeUndefined();
    expect(textsIn({ model: 'm' })).toEqual({ ...noTexts, model: 'm' });
  });

  test.each<[string, Partial<ExplainTexts>, readonly string[]]>([
    ['a header by its name', { headers: 'Authorization: hunter2' }, ['headers.authorization']],
    [
      'a header without a name for it',
      { headers: 'x-team: sk-hunter2-hunter2' },
      ['headers.x-team'],
    ],
    [
      'two of a name',
      { headers: 'x-api-key: hunter2\nX-API-Key: hunter22' },
      ['headers.x-api-key'],
    ],
    ['a line that is no header', { headers: 'hunter2' }, []],
    ['a key in the place of its id', { key: 'qtn_live_hunter2hunter2' }, ['key']],
    ['a body with one', { body: '{"mcp_servers":[{"authorization_token":"hunter2"}]}' }, ['body']],
  ])('has no secret: %s', (_what, texts, leftOut) => {
    const address = addressOf(asked({ ...texts, account: 'team' }));
    const query = writeSearchText(address.search);
    expect(query).not.toContain('hunter2');
    expect(query).toContain('account=team');
    expect(address.leftOut).toEqual(leftOut.map((what) => ({ what, why: 'secret' })));
    expect(leftOutIn(parseSearchText(query))).toEqual(leftOut);
  });

  test('keeps the other headers beside a secret one', () => {
    const { search } = addressOf(asked({ headers: 'x-team: red\ncookie: a=b\nx-zone: eu' }));
    expect(search['headers']).toBe('x-team: red\nx-zone: eu');
  });

  test('has no body that makes it too long, and as many of the rest as it can', () => {
    const body = JSON.stringify({ messages: 'x'.repeat(QUERY_LETTERS_MAX) });
    const address = addressOf(asked({ ...all, body }));
    expect(address.search).toMatchObject({ headers: all.headers, body: '', left_out: 'body' });
    expect(address.leftOut).toEqual([{ what: 'body', why: 'long' }]);
    const headers = `x-team: ${'red '.repeat(QUERY_LETTERS_MAX)}`;
    const both = addressOf(asked({ ...all, headers }));
    expect(both.leftOut).toEqual([{ what: 'headers', why: 'long' }]);
    expect(both.search['body']).toBe(all.body);
  });

  test('has a bound, whatever is typed', () => {
    const long = (letter: string): string => letter.repeat(QUERY_LETTERS_MAX - 50);
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('a', '%', 'ä').map(long),
    );
    const secrets = Array.from({ length: 100 }, (_, at) => `x-${long('a')}-${String(at)}-token: 1`);
    const fields = Object.keys(all).map((name) => [name, text] as const);
    const texts = fc.record(Object.fromEntries(fields) as Record<keyof ExplainTexts, typeof text>);
    fc.assert(
      fc.property(texts, fc.boolean(), (typed, hasSecrets) => {
        const headers = hasSecrets ? secrets.join('\n') : typed.headers;
        const query = queryOf({ ...typed, headers });
        expect(query.length).toBeLessThanOrEqual(QUERY_LETTERS_MAX + 1200);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['body,headers.x-team', ['body', 'headers.x-team']],
    ['nothing,headers.<b>,headers.,constructor', []],
    ['', []],
  ])('says what it lacks only of what there is: %s', (said, known) => {
    expect(leftOutIn({ left_out: said })).toEqual(known);
  });
});
