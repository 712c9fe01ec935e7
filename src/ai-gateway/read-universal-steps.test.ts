import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal, refusalText } from '../messages/errors.ts';
import { textOf } from '../std/json.ts';
import { STEPS_MAX, readUniversalSteps } from './read-universal-steps.ts';

const bounds = { depthMax: 32, keysMax: 1000 };
const step = { provider: 'anthropic', endpoint: 'v1/messages', query: { model: 'm' } };

const read = (body: string): ReturnType<typeof readUniversalSteps> =>
  readUniversalSteps(Buffer.from(body), bounds);

/** The steps of a body that has some, their bytes as text. */
function steps(body: unknown): readonly object[] {
  const found = read(typeof body === 'string' ? body : JSON.stringify(body));
  if (isRefusal(found)) throw new Error(refusalText(found));
  return found.map((one) => ({ ...one, body: textOf(one.body) }));
}

describe('what a step says', () => {
  test('a list, and one that stands alone', () => {
    const expected = {
      provider: 'anthropic',
      path: '/v1/messages',
      query: '',
      headers: {},
      body: '{"model":"m"}',
    };
    expect(steps([step, step])).toEqual([expected, expected]);
    expect(steps(step)).toEqual([expected]);
  });

  test.each<[string, string, string]>([
    ['/v1/messages', '/v1/messages', ''],
    ['//v1/messages?beta=true', '/v1/messages', 'beta=true'],
    ['@cf/meta/llama', '/@cf/meta/llama', ''],
    ['', '/', ''],
  ])('endpoint %s', (endpoint, path, query) => {
    expect(steps([{ ...step, endpoint }])).toMatchObject([{ path, query }]);
  });

  test('headers in lower case, as text; the step’s own over its config', () => {
    const headers = {
      'X-Api-Key': 'k',
      'cf-aig-max-attempts': 3,
      'cf-aig-skip-cache': true,
      'cf-aig-metadata': { a: 'b' },
      'x-nothing': null,
    };
    const config = { maxAttempts: 5, requestTimeout: 100, retryDelay: 10, backoff: 'linear' };
    expect(steps([{ ...step, authorization: 'Bearer a', headers, config }])).toMatchObject([
      {
        headers: {
          authorization: 'Bearer a',
          'x-api-key': 'k',
          'cf-aig-max-attempts': '3',
          'cf-aig-skip-cache': 'true',
          'cf-aig-metadata': '{"a":"b"}',
          'cf-aig-request-timeout': '100',
          'cf-aig-retry-delay': '10',
          'cf-aig-backoff': 'linear',
        },
      },
    ]);
  });

  test('a query keeps its bytes', () => {
    const query = '{ "n": 12345678901234567890, "s":"\\u00e9" ,"query":{"a":[1]}}';
    const body = `[ {"query":${query},"provider":"p","endpoint":"e"} , {"endpoint":"e","provider":"p","query":{}}]`;
    expect(steps(body)).toMatchObject([{ body: query }, { body: '{}' }]);
  });
});

describe('what is none', () => {
  const listOf = (count: number): readonly object[] => Array.from({ length: count }, () => step);
  test.each<[string, unknown, string]>([
    ['no JSON', '[{]', 'malformed_json'],
    ['more than one value', '[],"x":1', 'malformed_json'],
    ['a wrapping that is broken open', '[]}, {"a":', 'malformed_json'],
    ['two steps without a list', `${JSON.stringify(step)},${JSON.stringify(step)}`, 'at'],
    ['a text', '"x"', 'at the top level: expected a list of steps'],
    ['an empty list', [], 'at the top level: expected 1 to 10 steps'],
    ['one too many', listOf(STEPS_MAX + 1), 'at the top level: expected 1 to 10 steps'],
    ['a number among them', [step, 5], 'at 1: expected an object'],
    ['no provider', [{ ...step, provider: 1 }], 'at 0/provider'],
    ['no endpoint', [step, { provider: 'p', query: {} }], 'at 1/endpoint'],
    ['a query that is none', [{ ...step, query: [] }], 'at 0/query'],
    ['no query', [{ provider: 'p', endpoint: 'e' }], 'at 0/query'],
    [
      'a query twice',
      '[{"provider":"p","endpoint":"e","query":{"a":1},"query":{"b":1}}]',
      'at 0/query',
    ],
    ['headers that are none', [{ ...step, headers: [] }], 'at 0/headers: expected an object'],
    ['a config that is none', [{ ...step, config: 'x' }], 'at 0/config: expected an object'],
    ['an option that nobody knows', [{ ...step, config: { cost: 1 } }], 'at 0/config/cost'],
    ['a header that ends', [{ ...step, headers: { a: 'b\r\nc: d' } }], 'at 0/headers/a'],
    [
      'headers that no head holds',
      [{ ...step, headers: { a: 'x'.repeat(40_000) } }],
      'at 0/headers',
    ],
    ['a name that is none', [{ ...step, headers: { 'a b': 'c' } }], 'at 0/headers/a b'],
    ['letters that no header has', [{ ...step, headers: { a: '語' } }], 'at 0/headers/a'],
    ['a query that is more', [{ ...step, endpoint: 'v1/messages?a b' }], 'at 0/endpoint'],
    ['a query that ends', [{ ...step, endpoint: 'v1/messages?a\r\nb' }], 'at 0/endpoint'],
  ])('%s', (_name, body, expected) => {
    const found = read(typeof body === 'string' ? body : JSON.stringify(body));
    expect(isRefusal(found) && `${found.code} ${refusalText(found)}`).toContain(expected);
  });

  test('as many as there may be', () => {
    expect(steps(listOf(STEPS_MAX))).toHaveLength(STEPS_MAX);
  });

  test('whatever comes is read or refused', () => {
    const members = fc.record(
      { provider: fc.jsonValue(), endpoint: fc.jsonValue(), query: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(members).map((all) => JSON.stringify(all)),
    );
    fc.assert(
      fc.property(text, (body) => {
        const found = read(body);
        if (isRefusal(found)) return;
        const again = JSON.parse(body.trim().startsWith('{') ? `[${body}]` : body) as object[];
        expect(found.map((one) => JSON.parse(textOf(one.body)) as unknown)).toEqual(
          again.map((one) => (one as typeof step).query),
        );
      }),
    );
  });
});
