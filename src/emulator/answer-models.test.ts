import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../messages/errors.ts';
import type { ModelInfo } from '../messages/model-info.ts';
import { answerModels } from './answer-models.ts';

const listed = ['e', 'd', 'c', 'b', 'a'].map((id) => ({ id }) as ModelInfo);
const directory = {
  list: () => listed,
  describe: (name: string) => listed.find(({ id }) => id === name),
};

interface Page {
  readonly data: readonly ModelInfo[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

function page(query: string): Page | string {
  const answer = answerModels({ operation: 'models.list', path: `/v1/models${query}` }, directory);
  return isRefusal(answer) ? `${answer.code} ${answer.detail ?? ''}` : (answer as Page);
}

/** `ids more first last`, or the refusal. */
function shown(query: string): string {
  const answer = page(query);
  if (typeof answer === 'string') return answer;
  const ids = answer.data.map(({ id }) => id).join('');
  return `${ids} ${String(answer.has_more)} ${String(answer.first_id)} ${String(answer.last_id)}`;
}

describe('pages', () => {
  test.each([
    ['', 'edcba false e a'],
    ['?limit=1', 'e true e e'],
    ['?limit=5', 'edcba false e a'],
    ['?limit=2&after_id=d', 'cb true c b'],
    ['?limit=2&after_id=c', 'ba false b a'],
    ['?after_id=a', ' false null null'],
    ['?limit=2&before_id=b', 'dc true d c'],
    ['?limit=9&before_id=b', 'edc false e c'],
    ['?before_id=e', ' false null null'],
    ['?beta=true', 'edcba false e a'],
    ['?limit=0', 'invalid_request limit: Input should be greater than or equal to 1'],
    ['?limit=1001', 'invalid_request limit: Input should be less than or equal to 1000'],
    ['?limit=many', 'invalid_request limit: Input should be a valid integer'],
    ['?after_id=x', 'not_found model: x'],
    [
      '?after_id=a&before_id=b',
      'invalid_request after_id: Only one of after_id and before_id may be set.',
    ],
  ])('#150 %s', (query, expected) => {
    expect(shown(query)).toBe(expected);
  });

  test.each(['after_id', 'before_id'])('walking with %s meets every model once', (cursor) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), (limit) => {
        const isForward = cursor === 'after_id';
        const met: string[] = [];
        let query = isForward ? `?limit=${String(limit)}` : `?limit=${String(limit)}&before_id=a`;
        for (;;) {
          const next = page(query);
          if (typeof next === 'string') throw new Error(next);
          const ids = next.data.map(({ id }) => id);
          if (isForward) met.push(...ids);
          else met.unshift(...ids);
          if (!next.has_more) break;
          const from = isForward ? next.last_id : next.first_id;
          query = `?limit=${String(limit)}&${cursor}=${String(from)}`;
        }
        expect(met.join('')).toBe(isForward ? 'edcba' : 'edcb');
      }),
    );
  });
});

test.each([
  ['c', 'c'],
  ['x', 'not_found model: x'],
])('#151 one model: %s', (name, expected) => {
  const answer = answerModels({ operation: 'models.get', path: `/v1/models/${name}` }, directory);
  const said = isRefusal(answer)
    ? `${answer.code} ${answer.detail ?? ''}`
    : (answer as ModelInfo).id;
  expect(said).toBe(expected);
});
