import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { useMemo } from 'react';
import type { FigureAnswer } from '../../../../src/admin/contract.ts';
import { useNamed } from '../../api/use-named.ts';
import { countText, durationText, shareText } from '../../format/figures.ts';
import { localTimeOf } from '../../format/times.ts';
import { DataTable } from '../../ui/data-table.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import { EmptyState } from '../../ui/states.tsx';
import styles from './overview.module.css';
import { ShareBar } from './share-bar.tsx';

/** By what requests are told apart here; names of the address and of the API. */
export type Dimension = 'model' | 'key' | 'upstream' | 'account';

export const dimensionOptions: readonly { readonly value: Dimension; readonly text: string }[] = [
  { value: 'model', text: 'Model' },
  { value: 'key', text: 'Key' },
  { value: 'upstream', text: 'Upstream' },
  { value: 'account', text: 'Account' },
];

/** What the figures call models that were not found, and all beyond so many of an hour. */
const OTHER = 'other';

/** What the ids of keys and accounts are called. */
function useNames(by: Dimension): ReadonlyMap<string, string> {
  const named = useNamed(namedPaths[by]);
  return useMemo(() => new Map(named.map(({ id, name }) => [id, name])), [named]);
}

const namedPaths: Readonly<Partial<Record<Dimension, '/admin/v1/keys' | '/admin/v1/accounts'>>> = {
  key: '/admin/v1/keys',
  account: '/admin/v1/accounts',
};

/** Who asked and who answered, and how much of everything each is. */
export function BreakdownTable(props: {
  readonly by: Dimension;
  readonly rows: readonly FigureAnswer[];
  /** When what they count begins. */
  readonly from: string;
}): ReactElement {
  const { by, rows, from } = props;
  const names = useNames(by);
  const columns = useMemo(() => columnsOf({ by, rows, names, from }), [by, rows, names, from]);
  const sorted = useMemo(() => rows.toSorted((a, b) => b.requests - a.requests), [rows]);
  return (
    <DataTable
      label={`Figures by ${by}`}
      columns={columns}
      rows={sorted}
      idOf={(row) => row.by[by] ?? ''}
      empty={<EmptyState title="No requests in this time" />}
    />
  );
}

function number(
  name: string,
  cell: (row: FigureAnswer) => ReactNode,
  sortBy: (row: FigureAnswer) => number | bigint,
): TableColumn<FigureAnswer> {
  return { id: name, name, width: 'minmax(104px, 1.04fr)', isNumber: true, cell, sortBy };
}

function count(
  name: string,
  of: (row: FigureAnswer) => string | number,
): TableColumn<FigureAnswer> {
  return number(
    name,
    (row) => countText(of(row)),
    (row) => Number(of(row)),
  );
}

const figureColumns: readonly TableColumn<FigureAnswer>[] = [
  count('Requests', ({ requests }) => requests),
  number(
    'Failed',
    ({ failed, requests }) => `${countText(failed)} · ${shareText(failed, requests)}`,
    ({ failed }) => failed,
  ),
  count('Input', (row) => row.input_tokens),
  count('Output', (row) => row.output_tokens),
  count('Cache read', (row) => row.cache_read_input_tokens),
  number(
    'Cost',
    ({ cost_nano: nano }) => <MoneyText nano={nano} />,
    ({ cost_nano: nano }) => BigInt(nano),
  ),
  number(
    'p50',
    ({ total_ms: ms }) => durationText(ms.p50),
    ({ total_ms: ms }) => ms.p50 ?? -1,
  ),
  number(
    'p95',
    ({ total_ms: ms }) => durationText(ms.p95),
    ({ total_ms: ms }) => ms.p95 ?? -1,
  ),
];

function columnsOf({
  by,
  rows,
  names,
  from,
}: {
  readonly by: Dimension;
  readonly rows: readonly FigureAnswer[];
  readonly names: ReadonlyMap<string, string>;
  readonly from: string;
}): readonly TableColumn<FigureAnswer>[] {
  const total = rows.reduce((sum, { requests }) => sum + requests, 0);
  const nameOf = (row: FigureAnswer): string => names.get(row.by[by] ?? '') ?? row.by[by] ?? '';
  return [
    {
      id: 'name',
      name: dimensionOptions.find(({ value }) => value === by)?.text ?? by,
      width: 'minmax(180px, 2.6fr)',
      cell: (row) => <NameCell by={by} id={row.by[by] ?? null} name={nameOf(row)} from={from} />,
      sortBy: nameOf,
    },
    {
      id: 'share',
      name: 'Share',
      width: 'minmax(120px, 1fr)',
      cell: ({ requests }) => <ShareBar part={requests} whole={total} />,
      sortBy: ({ requests }) => requests,
    },
    ...figureColumns,
  ];
}

/** Leads to the requests behind the figures: those of the same time. */
function NameCell(props: {
  readonly by: Dimension;
  readonly id: string | null;
  readonly name: string;
  readonly from: string;
}): ReactElement {
  const { by, id, name, from } = props;
  if (id === null) return <span className={styles['none']}>None</span>;
  if (id === OTHER && by !== 'upstream') {
    return <span className={styles['none']}>{by === 'model' ? 'Not found' : 'Others'}</span>;
  }
  return (
    <Link to="/requests" search={{ [by]: id, from: localTimeOf(from) }} title={id}>
      {name}
    </Link>
  );
}
