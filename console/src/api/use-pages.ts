import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Page } from '../../../src/admin/contract.ts';
import type { ApiAsk } from './call-api.ts';
import { callApi } from './call-api.ts';

const PAGE_ITEMS = 100;

/** A list of the admin API, as far as it was read. */
export interface PagedList<Item> {
  readonly items: readonly Item[];
  readonly query: UseInfiniteQueryResult;
}

/** Reads a list page by page: more of it is asked for when its end comes in sight. */
export function usePages<Item>(
  path: string,
  asked: NonNullable<ApiAsk['query']> = {},
  options: { readonly refetchMs?: number } = {},
): PagedList<Item> {
  const query = useInfiniteQuery({
    queryKey: [path, asked],
    queryFn: ({ pageParam, signal }) =>
      callApi<Page<Item>>(path, {
        query: { limit: PAGE_ITEMS, ...asked, cursor: pageParam ?? undefined },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    ...(options.refetchMs === undefined ? {} : { refetchInterval: options.refetchMs }),
  });
  const { data } = query;
  const items = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  return { items, query };
}
