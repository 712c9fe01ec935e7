import type { ReactElement } from 'react';
import { shareText } from '../../format/figures.ts';
import styles from './overview.module.css';

/** How much of a whole something is: drawn, and as text. */
export function ShareBar(props: { readonly part: number; readonly whole: number }): ReactElement {
  const { part, whole } = props;
  const percent = whole === 0 ? 0 : (part / whole) * 100;
  return (
    <span className={styles['share']}>
      <span className={styles['track']} aria-hidden>
        <span style={{ width: `${String(percent)}%` }} />
      </span>
      {shareText(part, whole)}
    </span>
  );
}
