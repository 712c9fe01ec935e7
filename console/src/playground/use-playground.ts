import { useState } from 'react';
import type { ListedModel } from '../../../src/pages/models-json.ts';
import type { JsonObject } from '../format/json-value.ts';
import type { PlaygroundState } from './kept-playground.ts';
import type { InitialChoice, Pane } from './pane.ts';
import { clearedPane, firstPanes, newTurn, withAnswer, withTwoUpstreams } from './pane.ts';
import type { Part, Turn } from './part.ts';
import { isOver } from './run-state.ts';
import type { Setup, SharedSetup } from './setup.ts';
import { listedForm, prepareRequest } from './setup.ts';
import type { Transport } from './transport.ts';
import { useRuns } from './use-runs.ts';
import { useSchema } from './use-schema.ts';

interface Options {
  readonly transport: Transport;
  readonly models: readonly ListedModel[];
  /** What was there before, if anything. */
  readonly kept: PlaygroundState | undefined;
  /** Where there was nothing. */
  readonly initial: InitialChoice;
  /** Hears which model and form the left side has. */
  readonly onChoice: (choice: InitialChoice) => void;
}

/** All that the playground's parts read and do. */
export interface PlaygroundControl {
  readonly shared: SharedSetup;
  readonly isCompared: boolean;
  /** Both, whether they are shown or not. */
  readonly both: readonly Pane[];
  /** Those that are shown: one, or two side by side. */
  readonly panes: readonly Pane[];
  /** Of the inputs of each pane's form; undefined until it is there. */
  readonly schemas: readonly (JsonObject | undefined)[];
  readonly isRunning: boolean;
  readonly setShared: (changes: Partial<SharedSetup>) => void;
  readonly setCompared: (isCompared: boolean) => void;
  /** Puts what the left pane asks on the right too, for another upstream to answer. */
  readonly compareUpstreams: (names: readonly string[]) => void;
  readonly setSetup: (at: number, setup: Setup) => void;
  readonly setTurns: (at: number, turns: readonly Turn[]) => void;
  /** Sends these turns, and puts the answer behind them. */
  readonly ask: (at: number, turns: readonly Turn[]) => void;
  /** Says something in every pane. */
  readonly say: (parts: readonly Part[]) => void;
  readonly stop: () => void;
  readonly clear: () => void;
}

const firstShared: SharedSetup = { system: '', toolsText: '', isStreamed: true };

/** The state of a playground. */
export function usePlayground(options: Options): PlaygroundControl {
  const { transport, models, kept, initial, onChoice } = options;
  const [shared, changeShared] = useState(kept?.shared ?? firstShared);
  const [isCompared, setCompared] = useState(kept?.isCompared ?? false);
  const [both, setBoth] = useState(() => kept?.panes ?? firstPanes(models, initial));
  const schemas = usePaneSchemas(models, both);
  const runs = useRuns(transport);
  const panes = isCompared ? both : both.slice(0, 1);
  const changePane = (at: number, change: (pane: Pane) => Pane): void => {
    setBoth((before) => before.map((pane, index) => (index === at ? change(pane) : pane)));
  };
  const ask = (at: number, turns: readonly Turn[]): void => {
    const setup = both[at]?.setup;
    if (setup === undefined) throw new RangeError(`there is no pane ${String(at)}`);
    const prepared = prepareRequest({ models, setup, shared, turns, schema: schemas[at] });
    const problems = prepared.kind === 'problems' ? prepared.problems : [];
    changePane(at, (pane) => ({ ...pane, turns, problems, run: undefined, answerId: undefined }));
    if (prepared.kind === 'problems') return;
    void runs.start(at, prepared.request, (state) => {
      changePane(at, (pane) => (isOver(state) ? withAnswer(pane, state) : { ...pane, run: state }));
    });
  };
  return {
    shared,
    isCompared,
    both,
    panes,
    schemas,
    isRunning: panes.some(({ run }) => run !== undefined && !isOver(run)),
    setShared: (changes) => {
      changeShared((before) => ({ ...before, ...changes }));
    },
    setCompared: (isWanted) => {
      if (!isWanted) runs.stop(1);
      setCompared(isWanted);
    },
    compareUpstreams: (names) => {
      setBoth((before) => withTwoUpstreams(before, names));
      setCompared(true);
    },
    setSetup: (at, setup) => {
      changePane(at, (pane) => ({ ...pane, setup, problems: [] }));
      const { modelId, form } = setup;
      if (at === 0) onChoice({ modelId, form });
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
    stop: () => {
      runs.stop();
    },
    clear: () => {
      runs.drop();
      setBoth((before) => before.map((pane) => clearedPane(pane)));
    },
  };
}

function usePaneSchemas(
  models: readonly ListedModel[],
  [left, right]: readonly Pane[],
): readonly (JsonObject | undefined)[] {
  const first = useSchema(schemaPath(models, left));
  const second = useSchema(schemaPath(models, right));
  return [first, second];
}

function schemaPath(models: readonly ListedModel[], pane: Pane | undefined): string | undefined {
  return pane === undefined ? undefined : listedForm(models, pane.setup)?.input_schema;
}
