import { Link, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { AccountAnswer } from '../../../../src/admin/contract.ts';
import { usePages } from '../../api/use-pages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { NewAccountDialog } from './account-dialogs.tsx';

const columns: readonly TableColumn<AccountAnswer>[] = [
  {
    id: 'name',
    name: 'Name',
    width: 'minmax(180px, 2fr)',
    cell: ({ id, name }) => (
      <Link to="/accounts/$account" params={{ account: id }}>
        {name}
      </Link>
    ),
  },
  { id: 'id', name: 'Id', width: 'minmax(180px, 2fr)', cell: ({ id }) => <code>{id}</code> },
  { id: 'plan', name: 'Plan', width: '160px', cell: ({ plan }) => plan ?? 'as configured' },
  {
    id: 'status',
    name: 'Status',
    width: '110px',
    cell: ({ status }) => <Badge tone={status === 'open' ? 'good' : 'bad'}>{status}</Badge>,
  },
  {
    id: 'created',
    name: 'Created',
    width: '130px',
    cell: (account) => <TimeText instant={account.created_at} />,
  },
];

/** Whose requests they are, and who pays for them. */
export function AccountsPage(): ReactElement {
  const navigate = useNavigate();
  const [isMaking, setMaking] = useState(false);
  const list = usePages<AccountAnswer>('/admin/v1/accounts');
  const make = (
    <Button
      look="primary"
      onClick={() => {
        setMaking(true);
      }}
    >
      <Plus size={15} aria-hidden /> New account
    </Button>
  );
  const open = (account: string): void => {
    void navigate({ to: '/accounts/$account', params: { account } });
  };
  return (
    <Page
      title="Accounts"
      lead="An account owns keys, batches and files, and pays for its requests. A key that was made without one is an account of its own."
      actions={make}
    >
      <PagedTable
        label="Accounts"
        list={list}
        columns={columns}
        idOf={({ id }) => id}
        onOpen={({ id }) => {
          open(id);
        }}
        empty={
          <EmptyState title="No account has a record yet" action={make}>
            Make one to give it a plan, a wallet and several keys.
          </EmptyState>
        }
      />
      {isMaking ? (
        <NewAccountDialog
          onClose={() => {
            setMaking(false);
          }}
          onMade={open}
        />
      ) : null}
    </Page>
  );
}
