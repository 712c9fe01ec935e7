import { RefreshCw } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Fragment, useRef } from 'react';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/states.tsx';
import type { PaneProps } from './pane-view.tsx';
import type { Turn } from './part.ts';
import { callsIn } from './part.ts';
import { PartList } from './part-view.tsx';
import styles from './playground.module.css';
import { RunFigures } from './run-figures.tsx';
import type { RunState } from './run-state.ts';
import { isOver } from './run-state.ts';
import { ToolResults } from './tool-results.tsx';
import { TurnCard } from './turn-card.tsx';
import { newTurn } from './pane.ts';
import { useFollowing } from './use-following.ts';
import { useKeptFocus } from './use-kept-focus.ts';
import type { TextLook } from './use-text-look.ts';

const examples = [
  'What is the capital of Portugal?',
  'Write a haiku about money that is counted exactly.',
  'Explain prompt caching to a new colleague in three sentences.',
] as const;

/** The turns, the answer that arrives, and what it came to. */
export function Conversation(props: PaneProps): ReactElement {
  const { at, pane, control, transport, look, onExample } = props;
  const { turns, run, answerId, problems } = pane;
  const isRunning = run !== undefined && !isOver(run);
  const box = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  useFollowing({ box, end }, isRunning);
  useKeptFocus(box);
  const figures =
    run === undefined ? null : <RunFigures key={run.requestId} run={run} transport={transport} />;
  const side = control.isCompared ? ` on the ${at === 0 ? 'left' : 'right'}` : '';
  const hasPlace = turns.some(({ id }) => id === answerId);
  return (
    <div ref={box} className={styles['conversation']} tabIndex={-1}>
      {turns.length === 0 && !isRunning ? <Beginning onExample={onExample} /> : null}
      <Turns {...props} isLocked={isRunning} figures={figures} />
      {isRunning ? <Arriving run={run} look={look} /> : null}
      <p role="status" className="visually-hidden">
        {isRunning ? `An answer is on its way${side}.` : saidAt(run, side)}
      </p>
      {hasPlace ? null : figures}
      <Problems run={isRunning ? undefined : run} problems={problems} />
      {isRunning ? null : <WhatNext {...props} />}
      <div ref={end} className={styles['end']} />
    </div>
  );
}

/** What the conversation waits for, besides what is written next. */
function WhatNext({ at, pane: { turns }, control }: PaneProps): ReactElement | null {
  const last = turns.at(-1);
  const calls = callsIn(last);
  if (calls.length > 0) {
    return (
      <ToolResults
        key={last?.id}
        calls={calls}
        onSend={(results) => {
          control.ask(at, [...turns, newTurn('user', results)]);
        }}
      />
    );
  }
  if (last?.role !== 'user') return null;
  return (
    <div>
      <Button
        small
        onClick={() => {
          control.ask(at, turns);
        }}
      >
        <RefreshCw size={14} aria-hidden />
        Send these turns
      </Button>
    </div>
  );
}

/** The turns one by one; below the answer to the last request what it came to. */
function Turns(
  props: PaneProps & { readonly isLocked: boolean; readonly figures: ReactNode },
): ReactNode {
  const { at, pane, control, look, isLocked, figures } = props;
  const { turns, answerId } = pane;
  const set = (next: readonly Turn[]): void => {
    control.setTurns(at, next);
  };
  return turns.map((turn, index) => (
    <Fragment key={turn.id}>
      <TurnCard
        turn={turn}
        position={{ isFirst: index === 0, isLast: index === turns.length - 1 }}
        isLocked={isLocked}
        look={look}
        onChange={(changed) => {
          set(turns.with(index, changed));
        }}
        onMove={(by) => {
          set(moved(turns, index, by));
        }}
        onRemove={() => {
          set(turns.toSpliced(index, 1));
        }}
        onAsk={(changed) => {
          const kept = turns.slice(0, index);
          control.ask(at, changed.role === 'user' ? [...kept, changed] : kept);
        }}
      />
      {turn.id === answerId ? figures : null}
    </Fragment>
  ));
}

function moved(turns: readonly Turn[], index: number, by: -1 | 1): readonly Turn[] {
  const turn = turns[index];
  const other = turns[index + by];
  if (turn === undefined || other === undefined) return turns;
  return turns.with(index, other).with(index + by, turn);
}

function Beginning({ onExample }: { readonly onExample: (text: string) => void }): ReactElement {
  return (
    <EmptyState
      title="Ask something"
      action={
        <ul className={styles['examples']}>
          {examples.map((text) => (
            <li key={text}>
              <Button
                small
                onClick={() => {
                  onExample(text);
                }}
              >
                {text}
              </Button>
            </li>
          ))}
        </ul>
      }
    >
      Write below, or begin with one of these.
    </EmptyState>
  );
}

/** For those who hear the page: letters that come one by one are not read out to them. */
function saidAt(run: RunState | undefined, side: string): string {
  if (run?.phase === 'stopped') return `The answer${side} was cut short.`;
  return run?.phase === 'done' ? `The answer${side} is there.` : '';
}

/** The answer as far as it is there. */
function Arriving(props: { readonly run: RunState; readonly look: TextLook }): ReactElement {
  const { run, look } = props;
  const { parts } = run.answer;
  return (
    <article className={styles['turn']} aria-label="Answer, arriving" aria-busy>
      <div className={styles['turnHead']}>
        <span className={styles['role']}>Assistant</span>
        <span className={styles['pulse']}>{run.phase === 'waiting' ? 'Waiting' : 'Arriving'}</span>
      </div>
      <PartList parts={parts} isArriving look={look} />
    </article>
  );
}

/** What was wrong: with what was entered, or with the request. */
function Problems(props: {
  readonly run: RunState | undefined;
  readonly problems: readonly string[];
}): ReactElement | null {
  const { run, problems } = props;
  const { error } = run ?? {};
  if (problems.length > 0) {
    return (
      <div className={styles['problem']} role="alert">
        <strong>This cannot be sent.</strong>
        <ul>
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      </div>
    );
  }
  if (run?.phase === 'stopped') {
    return <p className={styles['stopped']}>Stopped. What had come by then is kept.</p>;
  }
  if (run === undefined || error === undefined) return null;
  const status = run.status === undefined || run.status < 400 ? '' : String(run.status);
  const wait = run.retryAfter === '' ? '' : `retry after ${run.retryAfter} s`;
  const details = [status, error.type, error.code, error.param, wait, run.requestId];
  return (
    <div className={styles['problem']} role="alert">
      <strong>{error.message}</strong>
      <small>{details.filter((detail) => detail !== '').join(' · ')}</small>
    </div>
  );
}
