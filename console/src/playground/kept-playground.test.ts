import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ListedModel } from '../../../src/pages/models-json.ts';
import { queryClient } from '../api/query-client.ts';
import { emptyAnswer } from './answer.ts';
import type { PlaygroundState } from './kept-playground.ts';
import { forgetInTab, keepInMemory, keepInTab, readKept } from './kept-playground.ts';
import { firstPanes, newTurn } from './pane.ts';
import { textPart } from './part.ts';
import type { RunState } from './run-state.ts';

const forms = [{ form: 'messages' }, { form: 'workers-ai' }];
const models = [
  { id: 'one', forms },
  { id: 'two', forms },
] as unknown as readonly ListedModel[];

const run: RunState = {
  phase: 'arriving',
  sentAt: '1',
  path: '/v1/messages',
  body: '{}',
  status: 200,
  requestId: 'req_1',
  answer: { ...emptyAnswer, parts: [textPart('So far')], indexes: ['0'] },
  error: undefined,
  events: [],
  eventCount: 0,
  cost: undefined,
  retryAfter: '',
  headMs: 1,
  firstContentMs: 2,
  totalMs: undefined,
};

function stateWith(changes: Partial<PlaygroundState> = {}): PlaygroundState {
  const panes = firstPanes(models, {}).map((pane) => ({
    ...pane,
    turns: [newTurn('user', [textPart('Hello')])],
  }));
  const shared = { system: 'Be brief', toolsText: '', isStreamed: true };
  return { shared, isCompared: true, panes, draft: 'A draft', ...changes };
}

let stored: Map<string, string>;
beforeEach(() => {
  stored = new Map();
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => stored.set(name, text),
    removeItem: (name: string) => stored.delete(name),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  queryClient.clear();
});

const words = (state: PlaygroundState | undefined): unknown =>
  state?.panes.map(({ turns }) => turns.map(({ role, parts }) => [role, parts]));

test('nothing was kept', () => {
  expect(readKept('ada', models, {})).toBeUndefined();
});

test('what is kept over a reload is there again for its owner, as turns that are new', () => {
  const state = stateWith();
  keepInTab('ada', state);
  expect(readKept('bob', models, {})).toBeUndefined();
  const kept = readKept('ada', models, {});
  expect(kept).toMatchObject({ shared: state.shared, isCompared: true, draft: 'A draft' });
  expect(words(kept)).toEqual(words(state));
  const ids = new Set([...state.panes, ...(kept?.panes ?? [])].map(({ turns }) => turns[0]?.id));
  expect(ids.size).toBe(4);
  forgetInTab();
  expect(stored.size).toBe(0);
});

test.each([
  ['is no JSON', '{'],
  ['is of another release', '{"version":0,"owner":"ada","state":{}}'],
])('what %s is not read', (_what, text) => {
  keepInTab('ada', stateWith());
  const [name = ''] = stored.keys();
  stored.set(name, text);
  expect(readKept('ada', models, {})).toBeUndefined();
});

test('what is too long is not kept over a reload, and nothing older in its place', () => {
  keepInTab('ada', stateWith());
  keepInTab('ada', stateWith({ draft: 'x'.repeat(2_000_000) }));
  expect(stored.size).toBe(0);
});

test('a browser without storage begins anew', () => {
  const refuse = (): never => {
    throw new Error('denied');
  };
  vi.stubGlobal('sessionStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
  keepInTab('ada', stateWith());
  expect(readKept('ada', models, {})).toBeUndefined();
});

test('within the page the last request is kept too; one that was under way is stopped', () => {
  const [left, right] = stateWith().panes;
  if (left === undefined || right === undefined) throw new Error('two panes are made');
  keepInMemory('ada', stateWith({ panes: [{ ...left, run }, right] }));
  const [kept, other] = readKept('ada', models, {})?.panes ?? [];
  expect(kept?.run).toMatchObject({ phase: 'stopped', requestId: 'req_1' });
  expect(kept?.turns.map(({ role, parts }) => [role, parts])).toEqual([
    ['user', [textPart('Hello')]],
    ['assistant', [textPart('So far')]],
  ]);
  expect(other?.turns).toEqual(right.turns);
});

test('what the address asks for holds, on the left', () => {
  keepInTab('ada', stateWith());
  const kept = readKept('ada', models, { modelId: 'two', form: 'workers-ai' });
  expect(kept?.panes.map(({ setup }) => [setup.modelId, setup.form])).toEqual([
    ['two', 'workers-ai'],
    ['two', 'messages'],
  ]);
});

test('a conversation with a model that is there no more is not kept', () => {
  keepInTab('ada', stateWith());
  expect(readKept('ada', models.slice(0, 1), {})).toBeUndefined();
});
