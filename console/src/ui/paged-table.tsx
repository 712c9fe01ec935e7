import type { ReactElement, ReactNode } from 'react';
import type { PagedList } from '../api/use-pages.ts';
import type { TableColumn } from './data-table.tsx';
import { DataTable } from './data-table.tsx';
import { ErrorNote, Loading } from './states.tsx';

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
  return (
    <DataTable
      {...table}
      rows={items}
      more={{
        has: query.hasNextPage,
        isLoading: query.isFetchingNextPage,
        load: () => {
          void query.fetchNextPage();
        },
      }}
    />
  );
}
