import type { FormEvent, ReactElement, ReactNode } from 'react';
import { useEffect } from 'react';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/states.tsx';
import styles from './entrance.module.css';

/** What stands before the console: a form, and why it is there. */
export function Entrance(props: {
  readonly title: string;
  readonly lead: ReactNode;
  readonly submitText: string;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { title, lead, submitText, isBusy, error, onSubmit, children } = props;
  useEffect(() => {
    document.title = `${title} · Quatrain`;
  }, [title]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isBusy) onSubmit();
  };
  return (
    <main className={styles['entrance']}>
      <div className={styles['head']}>
        <h1>{title}</h1>
        <p>{lead}</p>
      </div>
      <form className={styles['card']} onSubmit={submit} noValidate>
        {children}
        {error === null ? null : <ErrorNote error={error} />}
        <Button type="submit" look="primary" busy={isBusy} className={styles['submit']}>
          {submitText}
        </Button>
      </form>
    </main>
  );
}
