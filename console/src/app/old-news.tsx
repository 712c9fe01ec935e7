import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useCallback, useSyncExternalStore } from 'react';
import { Button } from '../ui/button.tsx';
import styles from './old-news.module.css';
import { sessionEndOf } from './use-session-end.ts';

/** Why something that is shown could not be read anew; nothing where all of it is of now. */
function useReadFailure(): Error | undefined {
  const queries = useQueryClient();
  const cache = queries.getQueryCache();
  const subscribe = useCallback((listener: () => void) => cache.subscribe(listener), [cache]);
  return useSyncExternalStore(subscribe, () => {
    // An attempt that failed counts at once, although others follow.
    const failures = cache
      .getAll()
      .filter((query) => query.isActive() && query.state.data !== undefined)
      .map(({ state }) => state.error ?? state.fetchFailureReason);
    return (
      failures.find((error) => error !== null && sessionEndOf(error) === undefined) ?? undefined
    );
  });
}

/** Says that a page shows what was, where it cannot know what is. */
export function OldNews(): ReactElement {
  const queries = useQueryClient();
  const failure = useReadFailure();
  return (
    <div role="status">
      {failure === undefined ? null : (
        <div className={styles['note']}>
          <span>{failure.message} What is shown here is from before.</span>
          <Button
            small
            onClick={() => {
              void queries.refetchQueries({ type: 'active' });
            }}
          >
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}
