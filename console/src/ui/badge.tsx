import type { ReactElement, ReactNode } from 'react';
import styles from './badge.module.css';
import { classNames } from './class-names.ts';

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info' | 'accent';

/** A word about the state of something; the word says it, the colour only helps. */
export function Badge(props: { readonly tone?: Tone; readonly children: ReactNode }): ReactElement {
  const { tone = 'neutral', children } = props;
  return (
    <span className={classNames(styles['badge'], tone !== 'neutral' && styles[tone])}>
      {children}
    </span>
  );
}

/** The tone of an HTTP status. */
export function toneOfStatus(status: number | null): Tone {
  if (status === null) return 'neutral';
  if (status < 400) return 'good';
  return status < 500 ? 'warn' : 'bad';
}
