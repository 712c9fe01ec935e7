import { Link, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { GatewayAnswer } from '../../../../src/admin/contract-operations.ts';
import { usePages } from '../../api/use-pages.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { Page } from '../../ui/page.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { NewGatewayDialog } from './gateway-dialogs.tsx';

const columns: readonly TableColumn<GatewayAnswer>[] = [
  {
    id: 'id',
    name: 'Gateway',
    width: 'minmax(180px, 1.4fr)',
    cell: ({ account, id }) => (
      <Link to="/gateways/$account/$gateway" params={{ account, gateway: id }}>
        {id}
      </Link>
    ),
  },
  {
    id: 'account',
    name: 'Account',
    width: 'minmax(160px, 1fr)',
    cell: ({ account }) => (
      <Link to="/accounts/$account" params={{ account }}>
        {account}
      </Link>
    ),
  },
  {
    id: 'default',
    name: '',
    width: '110px',
    cell: ({ is_default }) => (is_default ? <Badge tone="accent">default</Badge> : null),
  },
  {
    id: 'created',
    name: 'Created',
    width: '130px',
    cell: ({ created_at }) => <TimeText instant={created_at} />,
  },
  {
    id: 'modified',
    name: 'Changed',
    width: '130px',
    cell: ({ modified_at }) => <TimeText instant={modified_at} />,
  },
];

/** AI gateways of all accounts. */
export function GatewaysPage(): ReactElement {
  const navigate = useNavigate();
  const [isMaking, setMaking] = useState(false);
  const list = usePages<GatewayAnswer>('/admin/v1/gateways');
  const open = (account: string, gateway: string): void => {
    void navigate({ to: '/gateways/$account/$gateway', params: { account, gateway } });
  };
  const make = (
    <Button
      look="primary"
      onClick={() => {
        setMaking(true);
      }}
    >
      <Plus size={15} aria-hidden /> New gateway
    </Button>
  );
  return (
    <Page
      title="Gateways"
      lead="An AI gateway is a named policy of an account: caching, limits, logs, guardrails, spend limits and routes of its own."
      actions={make}
    >
      <PagedTable
        label="Gateways"
        list={list}
        columns={columns}
        idOf={({ account, id }) => `${account}/${id}`}
        onOpen={({ account, id }) => {
          open(account, id);
        }}
        empty={
          <EmptyState title="There are no gateways" action={make}>
            Requests in the Workers AI form name one; the first such request makes the default one.
          </EmptyState>
        }
      />
      {isMaking ? (
        <NewGatewayDialog
          onClose={() => {
            setMaking(false);
          }}
          onMade={open}
        />
      ) : null}
    </Page>
  );
}
