import type { ReactElement } from 'react';
import type { Said, SaidRun } from './read-delta.ts';
import styles from './replay.module.css';

const names: Readonly<Record<Said['kind'], string>> = {
  text: 'Text',
  thinking: 'Thinking',
  tool: 'Tool call',
  error: 'Error',
};

/** What was said so far, as text and never as markup. */
export function SaidText(props: {
  readonly said: readonly SaidRun[];
  /** Whether nothing more comes. */
  readonly isEnd: boolean;
}): ReactElement {
  const { said, isEnd } = props;
  if (said.length === 0) {
    return (
      <p className={styles['note']}>{isEnd ? 'It said nothing.' : 'Nothing was said so far.'}</p>
    );
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is scrolled by keyboard
    <div className={styles['said']} tabIndex={0} role="region" aria-label="What was said">
      {said.map(({ kind, event, text }) => (
        <div key={event} className={styles['piece']} data-kind={kind}>
          <span className={styles['kind']}>{names[kind]}</span>
          <pre>{text}</pre>
        </div>
      ))}
    </div>
  );
}
