import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { TransactionAnswer } from '../../../../src/admin/contract.ts';
import { pathWith } from '../../api/call-api.ts';
import { usePages } from '../../api/use-pages.ts';
import { exactUsdText } from '../../format/money.ts';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { PagedTable } from '../../ui/paged-table.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { MomentText } from '../../ui/time-text.tsx';
import styles from './accounts.module.css';

const columns: readonly TableColumn<TransactionAnswer>[] = [
  {
    id: 'sequence',
    name: 'No.',
    width: '80px',
    isNumber: true,
    cell: ({ sequence }) => sequence,
  },
  {
    id: 'at',
    name: 'Time',
    width: '140px',
    cell: (row) => <MomentText instant={row.created_at} />,
  },
  { id: 'type', name: 'Type', width: '140px', cell: ({ type }) => <Badge>{type}</Badge> },
  {
    id: 'amount',
    name: 'Amount',
    width: '170px',
    isNumber: true,
    cell: ({ direction, amount_nano }) => (
      <span className={styles[direction]}>
        {direction === 'in' ? '+' : '−'}
        {exactUsdText(amount_nano)}
      </span>
    ),
  },
  {
    id: 'request',
    name: 'Request',
    width: 'minmax(200px, 1.4fr)',
    cell: ({ request_id }) =>
      request_id === null ? (
        '–'
      ) : (
        <Link to="/requests/$request" params={{ request: request_id }}>
          <code>{request_id}</code>
        </Link>
      ),
  },
  { id: 'note', name: 'Note', width: 'minmax(160px, 1fr)', cell: ({ note }) => note },
];

/** What moved in a wallet, newest first, and its statement as a file. */
export function Transactions({ account }: { readonly account: string }): ReactElement {
  const list = usePages<TransactionAnswer>(
    `/admin/v1/wallets/${encodeURIComponent(account)}/transactions`,
  );
  return (
    <div className={styles['stack']}>
      <div className={styles['actions']}>
        {(['csv', 'json'] as const).map((file) => (
          <a
            key={file}
            className={buttonClass({ small: true })}
            href={pathWith(`/admin/v1/exports/transactions/${file}`, { account })}
            download={`transactions-${account}.${file}`}
          >
            Statement as {file.toUpperCase()}
          </a>
        ))}
      </div>
      <PagedTable
        label="Ledger"
        list={list}
        columns={columns}
        idOf={({ id }) => id}
        empty={<EmptyState title="Nothing has moved in this wallet" />}
      />
    </div>
  );
}
