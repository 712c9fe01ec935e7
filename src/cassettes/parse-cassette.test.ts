import { describe, expect, test } from 'vitest';
import { cassetteHeader } from './cassette-format.ts';
import { parseCassette } from './parse-cassette.ts';

const header = JSON.stringify(cassetteHeader);
const exchange = {
  operation: 'messages.create',
  recorded_at: '2026-01-01T00:00:00.000Z',
  upstream: 'up',
  request: { method: 'POST', path: '/v1/messages', headers: {}, body: {} },
  response: {
    status: 200,
    headers: {},
    head_ms: 1,
    chunks: [[1, 'a']],
    ended: { how: 'cut', at_ms: 2 },
  },
};
const file = (...lines: readonly unknown[]): string =>
  [header, ...lines.map((line) => JSON.stringify(line)), ''].join('\n');
const response = (change: object): object => ({
  ...exchange,
  response: { ...exchange.response, ...change },
});

describe('parseCassette', () => {
  test('exchanges come with their lines; a last line that is not finished is left out', () => {
    expect(parseCassette(`${file(exchange, exchange)}{"operation":"mess`)).toEqual({
      kind: 'cassette',
      lines: [
        { line: 2, exchange },
        { line: 3, exchange },
      ],
    });
  });

  test.each([
    ['an empty file', '', 1, /empty/],
    ['another file', '{"type":"message"}\n', 1, /no quatrain-cassette/],
    [
      'a later version',
      '{"format":"quatrain-cassette","version":2}\n',
      1,
      /version 2 is not known/,
    ],
    ['no JSON', `${header}\n{\n`, 2, /JSON/],
    ['no object', file(5), 2, /not an object/],
    ['an unknown operation', file(exchange, { ...exchange, operation: 'x' }), 3, /^operation: /],
    ['no status', file(response({ status: 'fine' })), 2, /^response\.status: /],
    ['an unknown ending', file(response({ ended: { how: 'well', at_ms: 1 } })), 2, /ended\.how/],
    [
      'time that runs back',
      file(
        response({
          chunks: [
            [2, 'a'],
            [1, 'b'],
          ],
        }),
      ),
      2,
      /chunks/,
    ],
    ['chunks without time', file(response({ chunks: ['a'] })), 2, /^response\.chunks: /],
    ['headers of another form', file(response({ headers: { a: 1 } })), 2, /headers/],
    ['a refusal without a code', file(response({ refused: {} })), 2, /refused\.code/],
  ])('%s is refused with its line', (_, text, line, detail) => {
    expect(parseCassette(text)).toEqual({
      kind: 'broken',
      line,
      detail: expect.stringMatching(detail) as string,
    });
  });
});
