import { Link } from '@tanstack/react-router';
import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import type { SearchText } from '../../app/search-text.ts';
import { exactUsdText } from '../../format/money.ts';
import { Badge } from '../../ui/badge.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { KeyStatus } from './key-status.tsx';

/** A budget as people read it. */
export function budgetText({ budget }: Pick<KeyAnswer, 'budget'>): string {
  if (budget === null) return '–';
  const period = budget.period === 'none' ? 'in all' : `a ${budget.period}`;
  return `${exactUsdText(budget.limit_nano)} ${period}`;
}

/** How keys are listed. */
export const keyColumns: readonly TableColumn<KeyAnswer>[] = [
  {
    id: 'name',
    name: 'Name',
    width: 'minmax(140px, 2fr)',
    cell: ({ id, name }) => (
      <Link to="/keys" search={(before: SearchText) => ({ ...before, key: id })}>
        {name}
      </Link>
    ),
  },
  {
    id: 'key',
    name: 'Key',
    width: '200px',
    cell: ({ prefix, last4 }) => <code>{`${prefix}…${last4}`}</code>,
  },
  {
    id: 'kind',
    name: 'Kind',
    width: '104px',
    cell: ({ kind }) => <Badge tone={kind === 'admin' ? 'accent' : 'neutral'}>{kind}</Badge>,
  },
  { id: 'status', name: 'Status', width: '88px', cell: (key) => <KeyStatus {...key} /> },
  {
    id: 'account',
    name: 'Account',
    width: 'minmax(120px, 1fr)',
    cell: ({ account }) => (
      <Link to="/accounts/$account" params={{ account }}>
        {account}
      </Link>
    ),
  },
  { id: 'budget', name: 'Budget', width: 'minmax(124px, 0.9fr)', isNumber: true, cell: budgetText },
  {
    id: 'used',
    name: 'Last used',
    width: '104px',
    cell: (key) => <TimeText instant={key.last_used_at} />,
  },
  {
    id: 'created',
    name: 'Created',
    width: '104px',
    cell: (key) => <TimeText instant={key.created_at} />,
  },
  {
    id: 'expires',
    name: 'Expires',
    width: '104px',
    cell: (key) => <TimeText instant={key.expires_at} />,
  },
];
