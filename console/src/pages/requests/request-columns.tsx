import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { RequestAnswer, TokensAnswer } from '../../../../src/admin/contract.ts';
import { countText, durationText } from '../../format/figures.ts';
import { instantText, momentText } from '../../format/times.ts';
import type { TableColumn } from '../../ui/data-table.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import { RequestStatus } from './request-status.tsx';

/** What a list of requests says of each. */
export const requestColumns: readonly TableColumn<RequestAnswer>[] = [
  {
    id: 'time',
    name: 'Time',
    width: 'minmax(146px, 1.46fr)',
    cell: ({ id, created_at: at }) => (
      <Link to="/requests/$request" params={{ request: id }} title={instantText(at)}>
        {momentText(at)}
      </Link>
    ),
  },
  {
    id: 'status',
    name: 'Status',
    width: 'minmax(106px, 1.06fr)',
    cell: (request) => <RequestStatus request={request} />,
  },
  {
    id: 'model',
    name: 'Model',
    width: 'minmax(168px, 1.68fr)',
    cell: ({ model, operation }) => (
      <span title={operation ?? ''}>{model ?? operation ?? '–'}</span>
    ),
  },
  {
    id: 'form',
    name: 'Form',
    width: 'minmax(138px, 1.38fr)',
    cell: ({ form }) => form ?? '–',
  },
  {
    id: 'upstream',
    name: 'Upstream',
    width: 'minmax(90px, 0.9fr)',
    cell: ({ upstream }) => upstream ?? '–',
  },
  {
    id: 'key',
    name: 'Key',
    width: 'minmax(104px, 1.04fr)',
    cell: (row) => <KeyLink id={row.key_id} />,
  },
  {
    id: 'tokens',
    name: 'In / out / cached',
    width: 'minmax(142px, 1.42fr)',
    isNumber: true,
    cell: ({ usage }) => tokensText(usage),
  },
  {
    id: 'cost',
    name: 'Cost',
    width: 'minmax(96px, 0.96fr)',
    isNumber: true,
    cell: ({ cost_nano: nano }) => <MoneyText nano={nano} />,
  },
  {
    id: 'total',
    name: 'Duration',
    width: 'minmax(82px, 0.82fr)',
    isNumber: true,
    cell: ({ total_ms: ms }) => durationText(ms),
  },
  {
    id: 'first',
    name: 'First token',
    width: 'minmax(92px, 0.92fr)',
    isNumber: true,
    cell: ({ first_content_ms: ms }) => durationText(ms),
  },
];

function tokensText(usage: TokensAnswer | null): string {
  const counts = [usage?.input_tokens, usage?.output_tokens, usage?.cache_read_input_tokens];
  return counts.every((count) => count === null || count === undefined)
    ? '–'
    : counts.map((count) => countText(count)).join(' / ');
}

/** A key, which leads to the list of keys with it. */
export function KeyLink({ id }: { readonly id: string | null }): ReactElement {
  if (id === null) return <span>–</span>;
  return (
    <Link to="/keys" search={{ key: id }} title={id}>
      <code>{id}</code>
    </Link>
  );
}

/** An account, which leads to its page. */
export function AccountLink({ id }: { readonly id: string | null }): ReactElement {
  if (id === null) return <span>–</span>;
  return (
    <Link to="/accounts/$account" params={{ account: id }} title={id}>
      <code>{id}</code>
    </Link>
  );
}
