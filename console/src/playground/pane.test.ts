import { expect, test } from 'vitest';
import type { ListedModel } from '../../../src/pages/models-json.ts';
import { firstPanes, newTurn, withTwoUpstreams } from './pane.ts';
import { textPart } from './part.ts';

const forms = [{ form: 'messages' }];
const models = [
  { id: 'one', forms },
  { id: 'two', forms },
] as unknown as readonly ListedModel[];
const panes = firstPanes(models, {});

test('two panes have two models, and the upstreams that routes say', () => {
  expect(panes.map(({ setup }) => [setup.modelId, setup.upstream])).toEqual([
    ['one', ''],
    ['two', ''],
  ]);
});

test.each([
  ['nobody is chosen yet', '', ['a', 'b', 'c'], ['a', 'b']],
  ['one is chosen, which stays', 'b', ['a', 'b', 'c'], ['b', 'a']],
  ['one is chosen that is there no more', 'gone', ['a', 'b'], ['a', 'b']],
  ['there is one', '', ['a'], ['a', 'a']],
])(
  'what is asked on the left is asked of two upstreams, where %s',
  (_what, upstream, names, chosen) => {
    const turns = [newTurn('user', [textPart('Hello')])];
    const asked = panes.map((pane, at) => ({
      ...pane,
      ...(at === 0 ? { turns, setup: { ...pane.setup, upstream, othersText: '{"a":1}' } } : {}),
    }));
    const both = withTwoUpstreams(asked, names);
    expect(both.map(({ setup }) => setup.upstream)).toEqual(chosen);
    expect(both.map(({ setup }) => [setup.modelId, setup.othersText])).toEqual([
      ['one', '{"a":1}'],
      ['one', '{"a":1}'],
    ]);
    expect(both.map((pane) => pane.turns)).toEqual([turns, turns]);
  },
);
