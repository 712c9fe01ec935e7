import type { ReactElement, ReactNode } from 'react';
import styles from './stack.module.css';

interface Parts {
  readonly children: ReactNode;
}

/** Parts below each other. */
export function Stack({ children }: Parts): ReactElement {
  return <div className={styles['stack']}>{children}</div>;
}

/** Small parts beside each other, as buttons. */
export function Row({ children }: Parts): ReactElement {
  return <div className={styles['row']}>{children}</div>;
}

/** Parts beside each other where there is room. */
export function Columns({ children }: Parts): ReactElement {
  return <div className={styles['columns']}>{children}</div>;
}
