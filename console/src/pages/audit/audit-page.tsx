import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { AuditAnswer } from '../../../../src/admin/contract.ts';
import { usePages } from '../../api/use-pages.ts';
import { isNarrowing } from '../../app/search-text.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { MomentText } from '../../ui/time-text.tsx';
import { AuditDialog } from './audit-dialog.tsx';
import { askedEntries, useAuditFilters } from './audit-filters.ts';
import { ChainChecks } from './chain-checks.tsx';

/** Who it was: an operator by name, a key by its id, an address. */
function whoText({ actor, key_id, address }: AuditAnswer): string {
  // An admin key is named by its id already.
  const key = key_id === null || actor.endsWith(`:${key_id}`) ? [] : [key_id];
  return [actor, ...key, ...(address === null ? [] : [address])].join(' · ');
}

function columnsWith(open: (entry: AuditAnswer) => void): readonly TableColumn<AuditAnswer>[] {
  return [
    { id: 'sequence', name: 'No.', width: '80px', isNumber: true, cell: (row) => row.sequence },
    { id: 'at', name: 'Time', width: '140px', cell: ({ at }) => <MomentText instant={at} /> },
    {
      id: 'action',
      name: 'Action',
      width: 'minmax(160px, 1fr)',
      cell: ({ action }) => <Badge>{action}</Badge>,
    },
    {
      id: 'subject',
      name: 'About',
      width: 'minmax(180px, 1.4fr)',
      cell: ({ subject }) => <code>{subject}</code>,
    },
    {
      id: 'account',
      name: 'Account',
      width: 'minmax(130px, 1fr)',
      cell: ({ account }) => account ?? '–',
    },
    { id: 'who', name: 'Who', width: 'minmax(200px, 1.6fr)', cell: whoText },
    {
      id: 'open',
      name: '',
      width: '90px',
      cell: (entry) => (
        <Button
          small
          aria-label={`Details of entry ${entry.sequence}`}
          onClick={() => {
            open(entry);
          }}
        >
          Details
        </Button>
      ),
    },
  ];
}

/** Who changed what, and whether that log and the books are sound. */
export function AuditPage(): ReactElement {
  const { search } = useSearchText();
  const [open, setOpen] = useState<AuditAnswer>();
  const filters = useAuditFilters();
  const query = useMemo(() => askedEntries(search), [search]);
  const list = usePages<AuditAnswer>('/admin/v1/audit-log', query);
  return (
    <Page
      title="Audit log"
      lead="Every change, by whom, from where. Entries are chained by hashes: one that is changed or removed breaks the chain."
    >
      <ChainChecks />
      <FilterBar filters={filters} />
      <PagedTable
        label="Audit log"
        list={list}
        columns={columnsWith(setOpen)}
        idOf={({ sequence }) => sequence}
        onOpen={setOpen}
        empty={
          isNarrowing(query) ? (
            <EmptyState title="No entry is like that">
              Take a filter away, or look at another time.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing was changed" />
          )
        }
      />
      {open === undefined ? null : (
        <AuditDialog
          entry={open}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
    </Page>
  );
}
