import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogStore } from '../../test/support/open-log-store.ts';
import {
  START_MS,
  idsIn,
  listing,
  openLogStore,
  record,
} from '../../test/support/open-log-store.ts';
import type { LogFilter } from '../policy/gateway-log.ts';

let at: LogStore;
beforeEach(async () => {
  at = await openLogStore();
});
afterEach(async () => {
  await at.close();
});

describe('filters', () => {
  const filter = (
    key: LogFilter['key'],
    operator: LogFilter['operator'],
    ...values: LogFilter['values']
  ): LogFilter => ({ key, operator, values });

  test.each<[string, readonly LogFilter[], string]>([
    ['none', [], 'abc'],
    ['one of several values', [filter('model', 'eq', 'x/one', 'x/two')], 'ab'],
    ['none of several values', [filter('model', 'neq', 'x/one', 'x/two')], 'c'],
    ['what contains, in any case', [filter('model', 'contains', 'T')], 'bc'],
    ['no value', [filter('cost', 'eq', null)], 'c'],
    ['any value', [filter('cost', 'neq', null)], 'ab'],
    ['more', [filter('cost', 'gt', 1)], 'b'],
    ['less', [filter('cost', 'lt', 2)], 'a'],
    ['at least and at most', [filter('cost', 'gte', 1), filter('cost', 'lte', 2)], 'ab'],
    ['tokens of both kinds', [filter('tokens', 'gt', 10)], 'b'],
    ['truth', [filter('success', 'eq', 0)], 'c'],
    ['a time', [filter('created_at', 'gt', START_MS)], 'bc'],
    ['a text of any letters', [filter('id', 'eq', "' OR 1=1 --")], ''],
    ['a key of metadata', [filter('metadata.key', 'eq', 'user')], 'ab'],
    ['no such key', [filter('metadata.key', 'neq', 'user')], 'c'],
    ['a value of any key', [filter('metadata.value', 'eq', 'u2')], 'ab'],
    [
      'the value of a key',
      [filter('metadata.key', 'eq', 'user'), filter('metadata.value', 'eq', 'u2')],
      'b',
    ],
    ['a truth in metadata', [filter('metadata.value', 'eq', 'true')], 'c'],
    [
      'an amount in metadata',
      [filter('metadata.key', 'eq', 'seats'), filter('metadata.value', 'gt', 9)],
      'c',
    ],
    ['a finding', [filter('dlp_action', 'eq', 'BLOCK')], ''],
    ['no finding', [filter('dlp_action', 'eq', null)], 'abc'],
    ['all of them', [filter('model', 'contains', 'x/'), filter('cost', 'gt', 1)], 'b'],
  ])('%s', async (_name, filters, expected) => {
    const logs = at.open();
    const named = [
      record(logs, {
        model: 'x/one',
        cost: 1,
        tokensIn: 2,
        metadata: { user: 'u1', friend: 'u2' },
      }),
      record(logs, {
        model: 'x/two',
        cost: 2,
        tokensIn: 20,
        createdAtMs: START_MS + 1,
        metadata: { user: 'u2' },
      }),
      record(logs, {
        model: 'x/three',
        cost: undefined,
        tokensIn: undefined,
        createdAtMs: START_MS + 2,
        isSuccess: false,
        metadata: { pro: true, seats: 10 },
      }),
    ].map(({ id }) => id);
    const found = idsIn(await logs.list({ ...listing, filters }));
    expect(found.map((id) => 'abc'[named.indexOf(id)]).join('')).toBe(expected);
  });

  test('a search looks at the texts of a row, letter by letter', async () => {
    const logs = at.open();
    record(logs, { path: 'v1/100%' });
    const { id } = record(logs, { metadata: { note: 'Find Me_' } });
    const search = async (text: string): Promise<readonly string[]> =>
      idsIn(await logs.list({ ...listing, search: text }));
    expect(await search('find me_')).toEqual([id]);
    expect(await search('find me%')).toEqual([]);
    expect(await search('')).toHaveLength(2);
  });
});
