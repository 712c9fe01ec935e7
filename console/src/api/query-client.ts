import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';

const FRESH_MS = 5000;
const RETRIES_MAX = 2;

/** A no is final; that nobody answered may be over in a moment. */
function isWorthAnother(failures: number, error: Error): boolean {
  return failures < RETRIES_MAX && (!(error instanceof ApiError) || error.status === 0);
}

/** What was asked, kept for as long as a page needs it. */
export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: isWorthAnother,
      refetchOnWindowFocus: true,
      // A gateway on the reader's own machine is there without any network.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
