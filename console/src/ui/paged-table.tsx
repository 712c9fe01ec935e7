import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { useEffect } from 'react';
import type { PagedList } from '../api/use-pages.ts';
import { Button } from './button.tsx';
import type { TableColumn } from './data-table.tsx';
import { DataTable } from './data-table.tsx';
import { EmptyState, ErrorNote, Loading } from './states.tsx';

/** Pages that are looked through without a word from the reader. */
const PAGES_AT_ONCE = 10;

/** A list of the admin API as a table: on its way, refused, empty, or there and read on as it is scrolled. */
export function PagedTable<Row extends object>(props: {
  readonly label: string;
  readonly list: PagedList<Row>;
  readonly columns: readonly TableColumn<Row>[];
  readonly idOf: (row: Row) => string;
  readonly onOpen?: (row: Row) => void;
  readonly empty: ReactNode;
}): ReactElement {
  const { list, ...table } = props;
  const { items, query } = list;
  if (query.isPending) return <Loading />;
  if (query.error !== null && items.length === 0) {
    return (
      <ErrorNote
        error={query.error}
        onRetry={() => {
          void query.refetch();
        }}
      />
    );
  }
  if (items.length === 0 && query.hasNextPage) {
    return <LookingOn query={query} />;
  }
  const readOn = (): void => {
    void query.fetchNextPage();
  };
  const isStuck = query.isFetchNextPageError;
  return (
    <>
      <DataTable
        {...table}
        rows={items}
        more={{
          has: query.hasNextPage && !isStuck,
          isLoading: query.isFetchingNextPage,
          load: readOn,
        }}
      />
      {isStuck && query.error !== null ? <ErrorNote error={query.error} onRetry={readOn} /> : null}
    </>
  );
}

/**
 * A list looks at so many rows for each page, and of what is rare none of them may be: it goes on by
 * itself for a while, and then waits to be told.
 */
function LookingOn({ query }: { readonly query: UseInfiniteQueryResult }): ReactElement {
  const { fetchNextPage, isFetching, data } = query;
  const pages = (data as InfiniteData<unknown> | undefined)?.pages.length ?? 0;
  const goesOn = pages % PAGES_AT_ONCE !== 0;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  if (goesOn || isFetching) {
    return (
      <div role="status">
        <EmptyState title="Looking further back …">
          Among the newest there is none so far.
        </EmptyState>
      </div>
    );
  }
  return (
    <EmptyState
      title="Nothing so far"
      action={
        <Button
          onClick={() => {
            void fetchNextPage();
          }}
        >
          Look further back
        </Button>
      }
    >
      Among the newest there is none like that. Older ones were not looked at yet.
    </EmptyState>
  );
}
