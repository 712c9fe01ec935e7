import type { ReactElement } from 'react';
import styles from './playground.module.css';

/** A text as it is. */
export function PlainText({ text }: { readonly text: string }): ReactElement {
  return <p className={styles['text']}>{text}</p>;
}
