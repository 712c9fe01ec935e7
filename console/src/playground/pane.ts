import type { ListedModel } from '../../../src/pages/models-json.ts';
import type { Form } from './forms.ts';
import type { Part, Turn } from './part.ts';
import type { RunState } from './run-state.ts';
import type { Setup } from './setup.ts';
import { firstSetup, withModel } from './setup.ts';

/** One conversation with one model. */
export interface Pane {
  readonly id: 'left' | 'right';
  readonly setup: Setup;
  readonly turns: readonly Turn[];
  /** The last request, under way or over. */
  readonly run: RunState | undefined;
  /** The turn that the last request became. */
  readonly answerId: string | undefined;
  readonly problems: readonly string[];
}

/** The model and form to begin with. */
export interface InitialChoice {
  readonly modelId?: string | undefined;
  readonly form?: Form | undefined;
}

let turnsMade = 0;

/** A turn that was not there before. */
export function newTurn(role: Turn['role'], parts: readonly Part[]): Turn {
  turnsMade += 1;
  return { id: `turn ${String(turnsMade)}`, role, parts };
}

/** Two panes that nobody has touched; the second has another model, to compare with. */
export function firstPanes(
  models: readonly ListedModel[],
  { modelId, form }: InitialChoice,
): readonly Pane[] {
  const model = models.find(({ id }) => id === modelId) ?? models[0];
  if (model === undefined) throw new Error('the catalog has no model');
  const setup = firstSetup(model, form);
  const other = models.find(({ id }) => id !== model.id) ?? model;
  const left: Pane = { id: 'left', setup, ...untouched };
  return [left, { ...left, id: 'right', setup: withModel(setup, other) }];
}

const untouched: Omit<Pane, 'id' | 'setup'> = {
  turns: [],
  run: undefined,
  answerId: undefined,
  problems: [],
};

/** The same pane before its conversation. */
export function clearedPane(pane: Pane): Pane {
  return { ...pane, ...untouched };
}

/** What the left pane asks, on both sides: each has one of the upstreams to answer it. */
export function withTwoUpstreams(
  panes: readonly Pane[],
  names: readonly string[],
): readonly Pane[] {
  const [left, right] = panes;
  if (left === undefined || right === undefined) return panes;
  const { setup, turns } = left;
  const first = names.includes(setup.upstream) ? setup.upstream : (names[0] ?? '');
  const second = names.find((name) => name !== first) ?? first;
  return [
    { ...left, setup: { ...setup, upstream: first } },
    { ...right, ...untouched, setup: { ...setup, upstream: second }, turns },
  ];
}

/** A pane whose request is over: what came stands behind the turns that asked for it. */
export function withAnswer(pane: Pane, run: RunState): Pane {
  const { parts } = run.answer;
  if (parts.length === 0) return { ...pane, run };
  // Named after the request, so that it is one turn however often this is worked out.
  const turn: Turn = { id: `answer ${run.sentAt}`, role: 'assistant', parts };
  return { ...pane, run, turns: [...pane.turns, turn], answerId: turn.id };
}
