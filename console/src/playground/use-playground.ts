import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ListedModel } from '../../../src/pages/models-json.ts';
import type { Form } from './forms.ts';
import type { JsonObject } from './json-value.ts';
import type { Part, Turn } from './part.ts';
import { runRequest } from './run-request.ts';
import type { RunState } from './run-state.ts';
import { isOver } from './run-state.ts';
import type { Prepared, Setup, SharedSetup } from './setup.ts';
import { firstSetup, listedForm, prepareRequest } from './setup.ts';
import type { Transport } from './transport.ts';
import { useSchema } from './use-schema.ts';

/** One conversation with one model. */
export interface Pane {
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

interface Options {
  readonly transport: Transport;
  readonly models: readonly ListedModel[];
  readonly initial: InitialChoice;
}

/** All that the playground's parts read and do. */
export interface PlaygroundControl {
  readonly shared: SharedSetup;
  readonly isCompared: boolean;
  /** Those that are shown: one, or two side by side. */
  readonly panes: readonly Pane[];
  readonly schemas: readonly (JsonObject | undefined)[];
  readonly isRunning: boolean;
  readonly setShared: (changes: Partial<SharedSetup>) => void;
  readonly setCompared: (isCompared: boolean) => void;
  readonly setSetup: (at: number, setup: Setup) => void;
  readonly setTurns: (at: number, turns: readonly Turn[]) => void;
  /** Sends these turns, and puts the answer behind them. */
  readonly ask: (at: number, turns: readonly Turn[]) => void;
  /** Says something in every pane. */
  readonly say: (parts: readonly Part[]) => void;
  readonly stop: (at?: number) => void;
  readonly clear: () => void;
}

let turnsMade = 0;

/** A turn that was not there before. */
export function newTurn(role: Turn['role'], parts: readonly Part[]): Turn {
  turnsMade += 1;
  return { id: `turn ${String(turnsMade)}`, role, parts };
}

function firstPane(models: readonly ListedModel[], initial: InitialChoice, at: number): Pane {
  const chosen = models.findIndex(({ id }) => id === initial.modelId);
  const first = Math.max(0, chosen);
  // The second pane has another model, so that there is something to compare.
  const model = models[at === 0 ? first : first === 0 ? 1 : 0] ?? models[0];
  if (model === undefined) throw new Error('the catalog has no model');
  const setup = firstSetup(model, initial.form);
  return { setup, turns: [], run: undefined, answerId: undefined, problems: [] };
}

/** Puts the answer that has come behind the turns that asked for it. */
function withAnswer(pane: Pane): Pane {
  const parts = pane.run?.answer.parts ?? [];
  if (parts.length === 0) return pane;
  const turn = newTurn('assistant', parts);
  return { ...pane, turns: [...pane.turns, turn], answerId: turn.id };
}

/** The state of a playground. What runs is stopped when its page goes away. */
export function usePlayground({ transport, models, initial }: Options): PlaygroundControl {
  const [shared, changeShared] = useState<SharedSetup>({
    system: '',
    toolsText: '',
    isStreamed: true,
  });
  const [isCompared, setCompared] = useState(false);
  const [both, setBoth] = useState<readonly Pane[]>(() =>
    [0, 1].map((at) => firstPane(models, initial, at)),
  );
  const panes = useMemo(() => (isCompared ? both : both.slice(0, 1)), [both, isCompared]);
  const first = useSchema(schemaPath(models, both[0]));
  const second = useSchema(isCompared ? schemaPath(models, both[1]) : undefined);
  const schemas = useMemo(() => [first, second], [first, second]);
  const running = useRef<(AbortController | undefined)[]>([]);
  const changePane = useCallback((at: number, change: (pane: Pane) => Pane) => {
    setBoth((before) => before.map((pane, index) => (index === at ? change(pane) : pane)));
  }, []);
  const stop = useCallback((at?: number) => {
    for (const [index, controller] of running.current.entries()) {
      if (at === undefined || at === index) controller?.abort();
    }
  }, []);
  useEffect(() => stop, [stop]);
  const prepare = (at: number, turns: readonly Turn[]): Prepared => {
    const setup = both[at]?.setup;
    if (setup === undefined) throw new RangeError(`there is no pane ${String(at)}`);
    return prepareRequest({ models, setup, shared, turns, schema: schemas[at] });
  };
  const run = async (at: number, turns: readonly Turn[]): Promise<void> => {
    stop(at);
    const prepared = prepare(at, turns);
    if (prepared.kind === 'problems') {
      changePane(at, (pane) => ({ ...pane, turns, problems: prepared.problems }));
      return;
    }
    const controller = new AbortController();
    running.current[at] = controller;
    const { signal } = controller;
    changePane(at, (pane) => ({ ...pane, turns, problems: [], answerId: undefined }));
    const nowMs = (): number => performance.now();
    for await (const state of runRequest(prepared.request, { transport, signal, nowMs })) {
      // Another request may have taken its place in the meantime.
      if (running.current[at] !== controller) return;
      changePane(at, (pane) => {
        const next = { ...pane, run: state };
        return isOver(state) ? withAnswer(next) : next;
      });
    }
    running.current[at] = undefined;
  };
  const ask = (at: number, turns: readonly Turn[]): void => {
    void run(at, turns);
  };
  return {
    shared,
    isCompared,
    panes,
    schemas,
    isRunning: panes.some((pane) => pane.run !== undefined && !isOver(pane.run)),
    setShared: (changes) => {
      changeShared((before) => ({ ...before, ...changes }));
    },
    setCompared,
    setSetup: (at, setup) => {
      changePane(at, (pane) => ({ ...pane, setup, problems: [] }));
    },
    setTurns: (at, turns) => {
      changePane(at, (pane) => ({ ...pane, turns }));
    },
    ask,
    say: (parts) => {
      for (const [at, pane] of panes.entries()) {
        ask(at, [...pane.turns, newTurn('user', parts)]);
      }
    },
    stop,
    clear: () => {
      stop();
      running.current = [];
      setBoth((before) =>
        before.map((pane) => ({
          ...pane,
          turns: [],
          run: undefined,
          answerId: undefined,
          problems: [],
        })),
      );
    },
  };
}

function schemaPath(models: readonly ListedModel[], pane: Pane | undefined): string | undefined {
  return pane === undefined ? undefined : listedForm(models, pane.setup)?.input_schema;
}
