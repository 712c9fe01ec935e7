import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { BatchAnswer } from '../../../../src/admin/contract-exchanges.ts';
import type { SearchText } from '../../app/search-text.ts';
import { countText } from '../../format/figures.ts';
import type { Tone } from '../../ui/badge.tsx';
import { Badge } from '../../ui/badge.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { BatchProgress } from './batch-progress.tsx';

/** What a list of batches says of each. */
export const batchColumns: readonly TableColumn<BatchAnswer>[] = [
  {
    id: 'id',
    name: 'Batch',
    width: 'minmax(220px, 2.2fr)',
    cell: ({ id }) => (
      <Link to="." search={(before: SearchText) => ({ ...before, batch: id })} title={id}>
        <code>{id}</code>
      </Link>
    ),
  },
  {
    id: 'status',
    name: 'State',
    width: 'minmax(108px, 1.08fr)',
    cell: ({ status }) => <BatchStatus status={status} />,
  },
  {
    id: 'progress',
    name: 'Progress',
    width: 'minmax(206px, 2.06fr)',
    cell: (batch) => <BatchProgress batch={batch} />,
  },
  count('Succeeded', ({ counts }) => counts.succeeded),
  count('Errored', ({ counts }) => counts.errored),
  count('Canceled', ({ counts }) => counts.canceled),
  count('Expired', ({ counts }) => counts.expired),
  {
    id: 'account',
    name: 'Account',
    width: 'minmax(150px, 1.5fr)',
    cell: ({ account }) => (
      <Link to="/accounts/$account" params={{ account }} title={account}>
        <code>{account}</code>
      </Link>
    ),
  },
  {
    id: 'created',
    name: 'Made',
    width: 'minmax(104px, 1.04fr)',
    cell: ({ created_at: at }) => <TimeText instant={at} />,
  },
];

function count(name: string, of: (batch: BatchAnswer) => number): TableColumn<BatchAnswer> {
  return {
    id: name,
    name,
    width: 'minmax(92px, 0.92fr)',
    isNumber: true,
    cell: (batch) => countText(of(batch)),
  };
}

const states: Readonly<Record<BatchAnswer['status'], readonly [string, Tone]>> = {
  in_progress: ['In progress', 'info'],
  canceling: ['Canceling', 'warn'],
  ended: ['Ended', 'good'],
};

/** Where a batch stands, in a word. */
export function BatchStatus({ status }: Pick<BatchAnswer, 'status'>): ReactElement {
  const [text, tone] = states[status];
  return <Badge tone={tone}>{text}</Badge>;
}
