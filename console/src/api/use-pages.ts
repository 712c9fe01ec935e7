import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Page } from '../../../src/admin/contract.ts';
import type { ApiAsk } from './call-api.ts';
import { callApi } from './call-api.ts';
import { isReadAnew } from './is-read-anew.ts';

const PAGE_ITEMS = 100;
/** A list that was read further than this is not read anew by itself. */
const REFETCHED_PAGES_MAX = 5;

/** A list of the admin API, as far as it was read. */
export interface PagedList<Item> {
  readonly items: readonly Item[];
  readonly query: UseInfiniteQueryResult;
}

/** Reads a list page by page: more of it is asked for when its end comes in sight. */
export function usePages<Item>(
  path: string,
  asked: NonNullable<ApiAsk['query']> = {},
  options: {
    readonly refetchMs?: number | undefined;
    /** Whether it is still worth reading anew; always where absent. */
    readonly refetchesWhile?: (items: readonly Item[]) => boolean;
  } = {},
): PagedList<Item> {
  const { refetchMs, refetchesWhile } = options;
  const query = useInfiniteQuery({
    queryKey: [path, asked],
    queryFn: ({ pageParam, signal, client, queryKey }) =>
      callApi<Page<Item>>(path, {
        query: { limit: PAGE_ITEMS, ...asked, cursor: pageParam ?? undefined },
        signal,
        isPoll: refetchMs !== undefined && isReadAnew(client, queryKey),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      const isWanted = refetchesWhile?.(pages.flatMap((page) => page.data)) ?? true;
      return refetchMs !== undefined && isWanted && pages.length <= REFETCHED_PAGES_MAX
        ? refetchMs
        : false;
    },
  });
  const { data } = query;
  const items = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  return { items, query };
}
