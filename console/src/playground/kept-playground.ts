import type { ListedModel } from '../../../src/pages/models-json.ts';
import { queryClient } from '../api/query-client.ts';
import type { JsonValue } from '../format/json-value.ts';
import { isJsonObject, parseJson } from '../format/json-value.ts';
import type { InitialChoice, Pane } from './pane.ts';
import { clearedPane, newTurn, withAnswer } from './pane.ts';
import { isOver } from './run-state.ts';
import type { SharedSetup } from './setup.ts';
import { withModel } from './setup.ts';

/** All that somebody has done in a playground. */
export interface PlaygroundState {
  readonly shared: SharedSetup;
  readonly isCompared: boolean;
  readonly panes: readonly Pane[];
  readonly draft: string;
}

/** The storage of the tab, which is gone with it. It has no key and no session. */
const STORAGE_KEY = 'quatrain-playground';
/** Of what is stored: another one is of another release, and is not read. */
const VERSION = 1;
/** Longer conversations, with their attachments, are not kept over a reload. */
const STORED_LETTERS_MAX = 2_000_000;

function memoryOf(owner: string): readonly string[] {
  return ['playground of', owner];
}

/** Keeps a state for who comes back to the page; it goes when the operator signs out. */
export function keepInMemory(owner: string, state: PlaygroundState): void {
  queryClient.setQueryDefaults(memoryOf(owner), { gcTime: Infinity });
  queryClient.setQueryData(memoryOf(owner), withoutRuns(state));
}

/** Keeps a state over a reload, without events and figures. */
export function keepInTab(owner: string, state: PlaygroundState): void {
  const { panes, ...rest } = withoutRuns(state);
  const stored = panes.map(({ id, setup, turns }) => ({ id, setup, turns }));
  const text = JSON.stringify({ version: VERSION, owner, state: { ...rest, panes: stored } });
  forgetInTab();
  if (text.length > STORED_LETTERS_MAX) return;
  try {
    sessionStorage.setItem(STORAGE_KEY, text);
  } catch {
    // A browser may give a page no storage: then the page begins anew.
  }
}

/** Once it is read there is nothing to keep in the tab. */
export function forgetInTab(): void {
  try {
    sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // There is none, and nothing in it.
  }
}

/** What was kept for somebody, as far as the models are still there; what the address asks for holds. */
export function readKept(
  owner: string,
  models: readonly ListedModel[],
  asked: InitialChoice,
): PlaygroundState | undefined {
  const kept =
    queryClient.getQueryData<PlaygroundState>(memoryOf(owner)) ?? storedState(owner, storedText());
  const [left, right] = kept?.panes ?? [];
  const first = left === undefined ? undefined : listedPane(left, models, asked);
  const second = right === undefined ? undefined : listedPane(right, models, {});
  if (kept === undefined || first === undefined || second === undefined) return undefined;
  return { ...kept, panes: [first, second] };
}

function storedText(): string {
  try {
    return sessionStorage.getItem(STORAGE_KEY) ?? '';
  } catch {
    return '';
  }
}

/** What this page wrote before it was loaded anew; nothing where it was somebody else's. */
export function storedState(owner: string, text: string): PlaygroundState | undefined {
  const stored: JsonValue | undefined = parseJson(text);
  if (!isJsonObject(stored)) return undefined;
  if (stored['owner'] !== owner || stored['version'] !== VERSION) return undefined;
  const { panes, ...rest } = stored['state'] as unknown as PlaygroundState;
  // Turns are counted anew since the page was loaded.
  const fresh = panes.map((pane) => ({
    ...clearedPane(pane),
    turns: pane.turns.map(({ role, parts }) => newTurn(role, parts)),
  }));
  return { ...rest, panes: fresh };
}

function listedPane(
  pane: Pane,
  models: readonly ListedModel[],
  { modelId, form }: InitialChoice,
): Pane | undefined {
  const { setup } = pane;
  const model =
    models.find(({ id }) => id === modelId) ?? models.find(({ id }) => id === setup.modelId);
  if (model === undefined) return undefined;
  return { ...pane, setup: withModel({ ...setup, form: form ?? setup.form }, model) };
}

/** Whoever leaves stops what is under way, and has what had come by then. */
function withoutRuns(state: PlaygroundState): PlaygroundState {
  const panes = state.panes.map((pane) =>
    pane.run === undefined || isOver(pane.run)
      ? pane
      : withAnswer(pane, { ...pane.run, phase: 'stopped' }),
  );
  return { ...state, panes };
}
