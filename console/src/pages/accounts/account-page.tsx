import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { AccountAnswer, KeyAnswer } from '../../../../src/admin/contract.ts';
import { hasCode } from '../../api/api-error.ts';
import { callApi } from '../../api/call-api.ts';
import { usePages } from '../../api/use-pages.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { keyColumns } from '../keys/key-columns.tsx';
import { EditAccountDialog } from './account-dialogs.tsx';
import { Holds } from './holds.tsx';
import { Invoice } from './invoice.tsx';
import { Transactions } from './transactions.tsx';
import { Wallet } from './wallet.tsx';

/** One account: its wallet, what moved in it, its keys, its invoices. */
export function AccountPage(): ReactElement {
  const { account = '' }: { readonly account?: string } = useParams({ strict: false });
  const [isEditing, setEditing] = useState(false);
  const query = useQuery({
    queryKey: [`/admin/v1/accounts/${encodeURIComponent(account)}`],
    queryFn: ({ signal }) =>
      callApi<AccountAnswer>(`/admin/v1/accounts/${encodeURIComponent(account)}`, { signal }),
  });
  return (
    <Page
      title={query.data?.name ?? account}
      actions={
        <>
          <Link to="/requests" search={{ account }} className={buttonClass({})}>
            Requests
          </Link>
          <Button
            disabled={query.data === undefined}
            onClick={() => {
              setEditing(true);
            }}
          >
            Edit
          </Button>
        </>
      }
    >
      {hasCode(query.error, 'account_not_found') ? (
        <NoRecord account={account} />
      ) : (
        <Loaded query={query} lines={4}>
          {(answer) => (
            <Card>
              <AccountFacts account={answer} />
            </Card>
          )}
        </Loaded>
      )}
      <Wallet account={account} />
      <AccountTabs account={account} />
      {isEditing && query.data !== undefined ? (
        <EditAccountDialog
          account={query.data}
          onClose={() => {
            setEditing(false);
          }}
        />
      ) : null}
    </Page>
  );
}

/** Keys that were made without an account are accounts of their own: those have no record, and may have a wallet. */
function NoRecord({ account }: { readonly account: string }): ReactElement {
  return (
    <Card>
      <p>
        There is no record of an account <code>{account}</code>: no name, no plan, no status. A key
        that was made without an account is one of its own, and may have a wallet all the same.
      </p>
    </Card>
  );
}

function AccountFacts({ account }: { readonly account: AccountAnswer }): ReactElement {
  const { id, plan, status, created_at } = account;
  return (
    <Facts
      facts={[
        [
          'Id',
          <span key="id">
            <code>{id}</code>
            <CopyButton text={id} label="the id" />
          </span>,
        ],
        [
          'Status',
          <Badge key="status" tone={status === 'open' ? 'good' : 'bad'}>
            {status}
          </Badge>,
        ],
        ['Plan', plan ?? 'as configured'],
        ['Created', <TimeText key="created" instant={created_at} />],
      ]}
    />
  );
}

function AccountTabs({ account }: { readonly account: string }): ReactElement {
  const { search, setSearch } = useSearchText();
  return (
    <Tabs
      label="Parts of the account"
      value={search['tab'] ?? 'ledger'}
      onChange={(tab) => {
        setSearch({ tab });
      }}
      tabs={[
        { value: 'ledger', name: 'Ledger', content: <Transactions account={account} /> },
        { value: 'holds', name: 'Holds', content: <Holds account={account} /> },
        { value: 'keys', name: 'Keys', content: <AccountKeys account={account} /> },
        { value: 'invoices', name: 'Invoices', content: <Invoice account={account} /> },
      ]}
    />
  );
}

function AccountKeys({ account }: { readonly account: string }): ReactElement {
  const list = usePages<KeyAnswer>('/admin/v1/keys', { account });
  return (
    <PagedTable
      label="Keys of the account"
      list={list}
      columns={keyColumns}
      idOf={({ id }) => id}
      empty={
        <EmptyState
          title="The account has no keys"
          action={
            <Link to="/keys" search={{ account }} className={buttonClass({})}>
              To the keys
            </Link>
          }
        />
      }
    />
  );
}
