import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import { Button } from './button.tsx';
import styles from './states.module.css';

/** There is nothing here, and what to do about it. */
export function EmptyState(props: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}): ReactElement {
  return (
    <div className={styles['empty']}>
      <strong>{props.title}</strong>
      {props.children === undefined ? null : <p>{props.children}</p>}
      {props.action}
    </div>
  );
}

/** What went wrong, in the gateway's words. */
export function ErrorNote(props: {
  readonly error: Error;
  readonly onRetry?: () => void;
}): ReactElement {
  const { error, onRetry } = props;
  const detail =
    error instanceof ApiError
      ? [error.param, error.code, error.requestId].filter((part) => part !== undefined).join(' · ')
      : '';
  return (
    <div className={styles['note']} role="alert">
      <strong>{error.message}</strong>
      {detail === '' ? null : <small>{detail}</small>}
      {onRetry === undefined ? null : (
        <Button small onClick={onRetry} className={styles['retry']}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Room for what is on its way. */
export function Loading({ lines = 6 }: { readonly lines?: number }): ReactElement {
  return (
    <div className={styles['loading']} role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, at) => (
        <div key={at} className={styles['bar']} aria-hidden />
      ))}
    </div>
  );
}

/** The one way in which a page shows what it asked for: on its way, refused, or there. */
export function Loaded<Data>(props: {
  readonly query: UseQueryResult<Data>;
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}): ReactNode {
  const { query, lines, children } = props;
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) {
    return (
      <ErrorNote
        error={query.error}
        onRetry={() => {
          void query.refetch();
        }}
      />
    );
  }
  return <Loading {...(lines === undefined ? {} : { lines })} />;
}
