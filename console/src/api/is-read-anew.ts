import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Whether something is asked that was there before. The first time somebody went to a page; after that
 * the page asks by itself, and that keeps nobody signed in.
 */
export function isReadAnew(client: QueryClient, queryKey: QueryKey): boolean {
  return client.getQueryData(queryKey) !== undefined;
}
