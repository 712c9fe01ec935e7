import type { ReactElement, ReactNode } from 'react';
import { useId } from 'react';
import styles from './card.module.css';
import { classNames } from './class-names.ts';

/** A part of a page with a heading of its own. */
export function Card(props: {
  readonly title?: string;
  readonly actions?: ReactNode;
  /** Without room around its content: for tables. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const { title, actions, flush, children } = props;
  const id = useId();
  return (
    <section className={styles['card']} {...(title === undefined ? {} : { 'aria-labelledby': id })}>
      {title === undefined ? null : (
        <div className={styles['head']}>
          <h2 id={id} className={styles['title']}>
            {title}
          </h2>
          {actions}
        </div>
      )}
      <div className={classNames(styles['body'], flush === true && styles['flush'])}>
        {children}
      </div>
    </section>
  );
}

/** A figure with its name; `note` says what it is compared with, or of what. */
export interface StatParts {
  readonly name: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
}

/** A row of figures. */
export function Stats({ stats }: { readonly stats: readonly StatParts[] }): ReactElement {
  return (
    <dl className={styles['stats']}>
      {stats.map(({ name, value, note }) => (
        <div key={name} className={styles['stat']}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          {note === undefined ? null : <dd className={styles['note']}>{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** Names and what they are. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [string, ReactNode])[];
}): ReactElement {
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) => (
        <div key={name} className={styles['fact']}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
