import type { ReactElement } from 'react';
import type { RegistryModelAnswer } from '../../../../src/admin/contract-operations.ts';
import { useRegistry } from '../../api/use-registry.ts';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { priceClasses } from './price-classes.ts';

const THOUSANDS_IN_A_MILLION = 1000;

/** About as many as the registry has models: what stands below stays where it is. */
const LINES = 18;

/** Searches are priced for a thousand, as everybody does; tokens for a million. */
function countOf(priceClass: string): number {
  return priceClass === 'web_search' ? THOUSANDS_IN_A_MILLION : 1;
}

/** What so many cost in one class, for prompts of any length. */
function rateOf({ price }: RegistryModelAnswer, priceClass: string): string | null {
  const rate = price?.rates.find(
    (one) => one.class === priceClass && one.tier_from_input_tokens === 0,
  );
  if (rate === undefined) return null;
  return String(BigInt(rate.nano_per_mtok) / BigInt(countOf(priceClass)));
}

const columns: readonly TableColumn<RegistryModelAnswer>[] = [
  {
    id: 'model',
    name: 'USD for a million',
    width: 'minmax(232px, 1.6fr)',
    cell: ({ id }) => <code>{id}</code>,
    sortBy: ({ id }) => id,
  },
  ...priceClasses.map(({ value, text }): TableColumn<RegistryModelAnswer> => ({
    id: value,
    name: value === 'web_search' ? 'Searches, 1,000' : text,
    width: 'minmax(118px, 1fr)',
    isNumber: true,
    cell: (model) => <MoneyText nano={rateOf(model, value)} />,
    sortBy: (model) => Number(rateOf(model, value) ?? -1),
  })),
  {
    id: 'next',
    name: 'Changes',
    width: '104px',
    cell: ({ price }) => <TimeText instant={price?.next_change_at ?? null} />,
  },
];

/** What every model costs now at the configured plan. */
export function ListedPrices(): ReactElement {
  const query = useRegistry();
  return (
    <Loaded query={query} lines={LINES}>
      {({ data }) => (
        <DataTable
          label="Prices in force"
          rows={data.filter(({ retired_at }) => retired_at === null)}
          columns={columns}
          idOf={({ id }) => id}
          empty={<EmptyState title="The registry has no models" />}
        />
      )}
    </Loaded>
  );
}
