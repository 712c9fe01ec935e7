import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { BatchAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { usePages } from '../../api/use-pages.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import type { Filter } from '../../ui/filter-bar.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { batchColumns } from './batch-columns.tsx';
import { BatchDialog } from './batch-dialog.tsx';

const PATH = '/admin/v1/batches';
const ANEW_MS = 2000;

const filters: readonly Filter[] = [
  { name: 'account', label: 'Account', placeholder: 'Any id' },
  {
    name: 'status',
    label: 'State',
    options: [
      { value: 'in_progress', text: 'In progress' },
      { value: 'canceling', text: 'Canceling' },
      { value: 'ended', text: 'Ended' },
    ],
  },
];

/** The batches that the gateway keeps, and how far each is; read anew while one of them runs. */
export function BatchesPage(): ReactElement {
  const { search, setSearch } = useSearchText();
  const { account, status, batch } = search;
  const asked = useMemo(() => ({ account, status }), [account, status]);
  const list = usePages<BatchAnswer>(PATH, asked, {
    refetchMs: ANEW_MS,
    refetchesWhile: (items) => items.some((item) => item.status !== 'ended'),
  });
  const isNarrowed = account !== undefined || status !== undefined;
  return (
    <Page title="Batches" lead="Batches that the gateway keeps itself, of every account.">
      <FilterBar filters={filters} />
      <PagedTable
        label="Batches"
        list={list}
        columns={batchColumns}
        idOf={({ id }) => id}
        onOpen={({ id }) => {
          setSearch({ batch: id });
        }}
        empty={
          <EmptyState title={isNarrowed ? 'No batch is like that' : 'No batches yet'}>
            {isNarrowed
              ? 'Take a filter away to see the others.'
              : 'What applications send to /v1/messages/batches is listed here with its progress.'}
          </EmptyState>
        }
      />
      <BatchDialog
        id={batch}
        onClose={() => {
          setSearch({ batch: '' }, 'replace');
        }}
      />
    </Page>
  );
}
