import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { InvoiceAnswer, InvoiceLine } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { countText } from '../../format/figures.ts';
import { exactUsdText } from '../../format/money.ts';
import { Stats } from '../../ui/card.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { TextField } from '../../ui/field.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import styles from './accounts.module.css';

const NANO_PER_CENT = 10_000_000n;
const MONTH_LETTERS = 7;

const columns: readonly TableColumn<InvoiceLine>[] = [
  { id: 'model', name: 'Model', width: 'minmax(180px, 1.4fr)', cell: ({ model }) => model ?? '–' },
  { id: 'class', name: 'Class', width: '150px', cell: (line) => line.class },
  {
    id: 'prices',
    name: 'Prices',
    width: 'minmax(150px, 1fr)',
    cell: ({ price_version: version }) => (version === null ? '–' : <code>{version}</code>),
  },
  {
    id: 'requests',
    name: 'Requests',
    width: '110px',
    isNumber: true,
    cell: ({ requests }) => countText(requests),
  },
  {
    id: 'count',
    name: 'Count',
    width: '140px',
    isNumber: true,
    cell: (line) => countText(line.count),
  },
  {
    id: 'amount',
    name: 'Amount',
    width: '170px',
    isNumber: true,
    cell: ({ amount_nano }) => exactUsdText(amount_nano),
  },
];

/** Whole cents are amounts like others. */
function centsText(cents: string): string {
  return exactUsdText(BigInt(cents) * NANO_PER_CENT);
}

/** What an account paid for its requests in a month. */
export function Invoice({ account }: { readonly account: string }): ReactElement {
  const [month, setMonth] = useState(() => new Date().toISOString().slice(0, MONTH_LETTERS));
  const path = `/admin/v1/accounts/${encodeURIComponent(account)}/invoices/${month}`;
  const query = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => callApi<InvoiceAnswer>(path, { signal }),
    enabled: month !== '',
  });
  return (
    <div className={styles['stack']}>
      <div className={styles['month']}>
        <TextField
          label="Month, in UTC"
          type="month"
          value={month}
          onChange={(event) => {
            setMonth(event.target.value);
          }}
        />
      </div>
      <Loaded query={query}>
        {(invoice) => (
          <>
            <Stats
              stats={[
                { name: 'To pay', value: centsText(invoice.total_cents), note: 'rounded once' },
                { name: 'Sum of the lines', value: exactUsdText(invoice.total_nano) },
                { name: 'Carried in', value: exactUsdText(invoice.carried_in_nano) },
                { name: 'Carried out', value: exactUsdText(invoice.carried_out_nano) },
              ]}
            />
            <DataTable
              label="Lines"
              rows={invoice.lines}
              columns={columns}
              idOf={(line) => [line.model, line.class, line.price_version].join(' ')}
              empty={<EmptyState title="Nothing was paid for in this month" />}
            />
          </>
        )}
      </Loaded>
    </div>
  );
}
