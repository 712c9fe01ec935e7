import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import { useNamedIds } from '../../api/use-named.ts';
import { usePages } from '../../api/use-pages.ts';
import { isNarrowing } from '../../app/search-text.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { Button } from '../../ui/button.tsx';
import type { Filter } from '../../ui/filter-bar.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { keyColumns } from './key-columns.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';

const filtersWith = (accounts: NonNullable<Filter['suggestions']>): readonly Filter[] => [
  { name: 'name', label: 'Name', placeholder: 'Part of it' },
  { name: 'account', label: 'Account', placeholder: 'Any id', suggestions: accounts },
  {
    name: 'kind',
    label: 'Kind',
    options: [
      { value: 'inference', text: 'Inference' },
      { value: 'management', text: 'Management' },
      { value: 'admin', text: 'Admin' },
    ],
  },
  {
    name: 'status',
    label: 'Status',
    options: [
      { value: 'active', text: 'Active' },
      { value: 'disabled', text: 'Disabled' },
      { value: 'expired', text: 'Expired' },
      { value: 'revoked', text: 'Revoked' },
    ],
  },
];
const names = filtersWith([]).map(({ name }) => name);

/** Who may call, and what for. */
export function KeysPage(): ReactElement {
  const { search, setSearch } = useSearchText();
  const [isMaking, setMaking] = useState(false);
  const accounts = useNamedIds('/admin/v1/accounts');
  const query = Object.fromEntries(names.map((name) => [name, search[name]]));
  const list = usePages<KeyAnswer>('/admin/v1/keys', query);
  const make = (
    <Button
      look="primary"
      onClick={() => {
        setMaking(true);
      }}
    >
      <Plus size={15} aria-hidden /> New key
    </Button>
  );
  return (
    <Page
      title="Keys"
      lead="Keys of applications, of accounts that look after themselves, and of this gateway's administration."
      actions={make}
    >
      <FilterBar filters={filtersWith(accounts)} />
      <PagedTable
        label="Keys"
        list={list}
        columns={keyColumns}
        idOf={({ id }) => id}
        onOpen={({ id }) => {
          setSearch({ key: id });
        }}
        empty={
          isNarrowing(query) ? (
            <EmptyState title="No key is like that">Take a filter away.</EmptyState>
          ) : (
            <EmptyState title="There are no keys here" action={make}>
              A key is what an application shows to be answered. It is shown once, when it is made.
            </EmptyState>
          )
        }
      />
      {isMaking ? (
        <NewKeyDialog
          account={search['account'] ?? ''}
          onClose={() => {
            setMaking(false);
          }}
        />
      ) : null}
      {search['key'] === undefined ? null : (
        <KeyDialog
          id={search['key']}
          onClose={() => {
            setSearch({ key: '' }, 'replace');
          }}
        />
      )}
    </Page>
  );
}
