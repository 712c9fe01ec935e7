import type { ReactElement, ReactNode } from 'react';
import { useEffect } from 'react';
import styles from './page.module.css';

/** A page of the console: its title, what can be done on it, its parts. */
export function Page(props: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const { title, lead, actions, children } = props;
  useEffect(() => {
    document.title = `${title} · Quatrain`;
  }, [title]);
  return (
    <div className={styles['page']}>
      <header className={styles['head']}>
        <div>
          <h1 className={styles['title']}>{title}</h1>
          {lead === undefined ? null : <p className={styles['lead']}>{lead}</p>}
        </div>
        {actions === undefined ? null : <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
