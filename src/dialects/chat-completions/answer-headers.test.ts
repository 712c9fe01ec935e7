import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../../test/support/chat-answer.ts';
import { answerHeaders } from './answer-headers.ts';
import { replyHeaders } from './reply-headers.ts';

function pairs(headers: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: headers.length / 2 }, (_, at) => headers.slice(at * 2, at * 2 + 2));
}

describe('the head of an answer', () => {
  test('what the form is, and what had no effect', () => {
    const shape = shapeOf({ ignored: ['seed', 'tools[1].function.strict', 'a\r\nb'] });
    expect(pairs(answerHeaders([], shape))).toEqual([
      ['content-type', 'application/json'],
      ['x-ignored-params', 'seed, tools[1].function.strict'],
    ]);
    expect(pairs(answerHeaders(['cache-control', 'private'], shapeOf({ isStream: true })))).toEqual(
      [
        ['content-type', 'text/event-stream; charset=utf-8'],
        ['cache-control', 'no-cache'],
      ],
    );
  });

  test('limits have their names of this form, and last instead of ending', () => {
    const created = Date.parse('2026-01-01T00:00:00Z') / 1000;
    const answered = [
      'anthropic-ratelimit-requests-limit',
      '50',
      'anthropic-ratelimit-requests-remaining',
      '49',
      'anthropic-ratelimit-requests-reset',
      '2026-01-01T00:00:01Z',
      'anthropic-ratelimit-tokens-reset',
      '2026-01-01T00:06:00Z',
      'anthropic-ratelimit-input-tokens-reset',
      '2025-12-31T00:00:00Z',
      'anthropic-ratelimit-output-tokens-reset',
      'soon',
      'anthropic-organization-id',
      'org',
      'anthropic-priority-input-tokens-limit',
      '1',
      'request-id',
      'req_up',
      'retry-after',
      '3',
      'content-length',
      '9',
    ];
    expect(pairs(answerHeaders(answered, shapeOf({ created }))).slice(1)).toEqual([
      ['x-ratelimit-limit-requests', '50'],
      ['x-ratelimit-remaining-requests', '49'],
      ['x-ratelimit-reset-requests', '1s'],
      ['x-ratelimit-reset-tokens', '6m0s'],
      ['x-ratelimit-reset-input-tokens', '0s'],
      ['x-ratelimit-reset-output-tokens', 'soon'],
      ['x-upstream-request-id', 'req_up'],
      ['retry-after', '3'],
    ]);
  });
});

describe('the head of any reply', () => {
  test('F14 our id under each name that clients read', () => {
    const headers = new Map(pairs(replyHeaders({}, 'req_1')).map(([name, value]) => [name, value]));
    for (const name of ['x-request-id', 'request-id', 'x-inference-id']) {
      expect(headers.get(name)).toBe('req_1');
    }
    expect(headers.has('x-client-request-id')).toBe(false);
  });

  test.each<[string | readonly string[] | undefined, boolean]>([
    ['ok-1', true],
    ['A.b_c:d-9', true],
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['bad id!', false],
    ['', false],
    [['a', 'b'], false],
    [undefined, false],
  ])('F13 the caller’s id %j is given back: %s', (own, isGivenBack) => {
    const headers = replyHeaders({ 'x-client-request-id': own }, 'req_1');
    const given = pairs(headers).filter(([name]) => name === 'x-client-request-id');
    expect(given).toEqual(isGivenBack ? [['x-client-request-id', own]] : []);
  });

  test('F17 pages in browsers may read ids, limits and costs', () => {
    const headers = replyHeaders({}, 'req_1');
    const exposed = headers[headers.indexOf('access-control-expose-headers') + 1]?.split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining([
        'x-request-id',
        'x-inference-id',
        'x-client-request-id',
        'x-aimlapi-credits-used',
        'x-aimlapi-usd-spent',
        'x-ratelimit-remaining-tokens',
        'x-ignored-params',
        'retry-after',
      ]),
    );
  });
});
