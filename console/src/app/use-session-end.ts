import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { hasCode } from '../api/api-error.ts';

/** Why nobody is signed in any more: it ran out while they were away, or they left. */
export type SessionEnd = 'ran-out' | 'left';

/** What a refusal says about the session; nothing where it is about something else. */
export function sessionEndOf(error: unknown): SessionEnd | undefined {
  if (hasCode(error, 'session_ended')) return 'ran-out';
  return hasCode(error, 'not_signed_in') || hasCode(error, 'unauthenticated') ? 'left' : undefined;
}

/** Hears from any read and any order of the page that the session is over. */
export function useSessionEnd(onEnd: (end: SessionEnd) => void): void {
  const queries = useQueryClient();
  useEffect(() => {
    const hear = (error: unknown): void => {
      const end = sessionEndOf(error);
      if (end !== undefined) onEnd(end);
    };
    const stopReads = queries.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'error') hear(event.action.error);
    });
    const stopOrders = queries.getMutationCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'error') hear(event.action.error);
    });
    return () => {
      stopReads();
      stopOrders();
    };
  }, [queries, onEnd]);
}
