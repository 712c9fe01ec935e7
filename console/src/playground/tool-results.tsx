import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { CheckField, TextAreaField } from '../ui/field.tsx';
import type { CallPart, Part } from './part.ts';
import styles from './playground.module.css';

interface Given {
  readonly text: string;
  readonly isError: boolean;
}

const ROWS = 3;
/** Enough of the arguments to know which call it was. */
const ARGUMENTS_LETTERS_MAX = 120;
const nothing: Given = { text: '', isError: false };

/** The model waits for what its calls gave: each gets a result, and it goes on. */
export function ToolResults(props: {
  readonly calls: readonly CallPart[];
  readonly onSend: (results: readonly Part[]) => void;
}): ReactElement {
  const { calls, onSend } = props;
  const [given, setGiven] = useState<readonly Given[]>(() => calls.map(() => nothing));
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onSend(
      calls.map(({ id, name }, at) => ({
        kind: 'result',
        callId: id,
        name,
        ...(given[at] ?? nothing),
      })),
    );
  };
  return (
    <form className={styles['results']} onSubmit={send} aria-label="Results of tools">
      <p>The model waits for the results of its calls.</p>
      {calls.map(({ id, name, argumentsText }, at) => {
        const { text, isError } = given[at] ?? nothing;
        const change = (changes: Partial<Given>): void => {
          setGiven(given.with(at, { text, isError, ...changes }));
        };
        return (
          <div key={id} className={styles['group']}>
            <TextAreaField
              label={`Result of ${name}${calls.length === 1 ? '' : ` (${String(at + 1)} of ${String(calls.length)})`}`}
              mono
              rows={ROWS}
              hint={shortened(argumentsText)}
              value={text}
              onChange={(event) => {
                change({ text: event.target.value });
              }}
            />
            <CheckField
              label="It is an error"
              checked={isError}
              onChange={(event) => {
                change({ isError: event.target.checked });
              }}
            />
          </div>
        );
      })}
      <div>
        <Button small look="primary" type="submit">
          {calls.length === 1 ? 'Send the result' : 'Send the results'}
        </Button>
      </div>
    </form>
  );
}

function shortened(text: string): string {
  return text.length <= ARGUMENTS_LETTERS_MAX ? text : `${text.slice(0, ARGUMENTS_LETTERS_MAX)} …`;
}
